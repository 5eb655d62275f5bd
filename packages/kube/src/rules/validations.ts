/** Rules of the built-in kinds beyond their schemas. @upstream k8s.io/kubernetes/pkg/apis */
import { isEqual, isObject } from '@argosy/base';

import { validateDns1123Label } from '../names/dns-names.ts';
import { forbiddenField, invalidField, requiredField, type FieldError } from '../objects/field-error.ts';
import { validateBinding, validateRole } from './access/access-rules.ts';
import { validateCertificateSigningRequest } from './access/certificate-rules.ts';
import { validateDefinition } from './definitions/definition-rules.ts';
import { validateEndpoints, validateEndpointSlice } from './network/endpoint-rules.ts';
import { validateEvent, validateNewEvent } from './event-rules.ts';
import { validateControllerRevision, validateLease } from './lease-rules.ts';
import {
  validateCsiDriver,
  validateCsiNode,
  validateCsiStorageCapacity,
  validateVolumeAttachment,
} from './storage/driver-rules.ts';
import { validateFlowSchema, validatePriorityLevel } from './access/flow-control-rules.ts';
import { validateRuntimeClass } from './runtime-class-rules.ts';
import { validateConfigKey } from './config-keys.ts';
import { objectAt, textAt, type Draft } from '../builtin/defaults/draft.ts';
import { validateCronJob } from './workloads/cron-job-rules.ts';
import { validateHorizontalPodAutoscaler } from './workloads/autoscaler-rules.ts';
import { validateIngress, validateIngressClass } from './network/ingress-validation.ts';
import { validateJob } from './workloads/job-rules.ts';
import { validatePod } from './workloads/pod-validation.ts';
import { validateNetworkPolicy } from './network/network-policy-rules.ts';
import { validateNode } from './node-rules.ts';
import { validateService } from './network/service-rules.ts';
import { validatePodDisruptionBudget, validatePriorityClass } from './workloads/policy-validation.ts';
import { validateLimitRange } from './resources/limit-range-rules.ts';
import { validateResourceQuota } from './resources/quota-rules.ts';
import { STATUS_RULES, withStatusRules } from './status/status-rules.ts';
import { validateAdmissionPolicy, validateAdmissionPolicyBinding } from './access/admission-policy-rules.ts';
import { validatePersistentVolumeClaim } from './storage/claim-rules.ts';
import { validateStorageClass } from './storage/storage-class-rules.ts';
import { validatePersistentVolume } from './storage/volume-rules.ts';
import { validateWebhooks } from './access/webhook-rules.ts';
import {
  validateDaemonSet,
  validateDeployment,
  validatePodTemplateObject,
  validateReplicaSet,
  validateReplicationController,
  validateStatefulSet,
} from './workloads/workload-validation.ts';

const MAX_DATA_BYTES = 1024 * 1024;

const nameFindings = (object: Draft, problems: (name: string) => readonly string[]): readonly FieldError[] => {
  const name = textAt(objectAt(object, 'metadata'), 'name');
  return name === '' ? [] : problems(name).map((problem) => invalidField('metadata.name', name, problem));
};

const sizeOf = (values: Draft): number =>
  Object.values(values).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);

const tooLong = (field: string): FieldError => ({
  reason: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${MAX_DATA_BYTES} bytes`,
});

const IMMUTABLE = 'field is immutable when `immutable` is set';

const validateConfigMap = (configMap: Draft, previous?: Draft): readonly FieldError[] => {
  const data = objectAt(configMap, 'data');
  const binary = objectAt(configMap, 'binaryData');
  return [
    ...Object.keys(data).flatMap((key) => [
      ...validateConfigKey(key).map((problem) => invalidField(`data[${key}]`, key, problem)),
      ...(Object.hasOwn(binary, key)
        ? [invalidField(`data[${key}]`, key, 'duplicate of key present in binaryData')]
        : []),
    ]),
    ...Object.keys(binary).flatMap((key) =>
      validateConfigKey(key).map((problem) => invalidField(`binaryData[${key}]`, key, problem)),
    ),
    ...(sizeOf(data) + (sizeOf(binary) / 4) * 3 > MAX_DATA_BYTES ? [tooLong('')] : []),
    ...immutableFindings(configMap, previous, ['data', 'binaryData']),
  ];
};

/** Keys that some types of secret must have. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const BASIC_AUTH_KEYS = ['username', 'password'];

/** What some types of secret hold must be readable by who uses them; what it is is not told. */
const contentFindings = (type: string, data: Draft): readonly FieldError[] => {
  if (type === 'kubernetes.io/basic-auth')
    return BASIC_AUTH_KEYS.some((key) => Object.hasOwn(data, key))
      ? []
      : BASIC_AUTH_KEYS.map((key) => requiredField(`data[${key}]`));
  const key = type === 'kubernetes.io/dockerconfigjson' ? '.dockerconfigjson' : '.dockercfg';
  if (type !== `kubernetes.io/${key.slice(1)}` || typeof data[key] !== 'string' || isJsonObject(data[key])) return [];
  return [invalidField(`data[${key}]`, '<secret contents redacted>', 'must be a JSON object')];
};

const isJsonObject = (encoded: string): boolean => {
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(encoded), (character) => character.codePointAt(0) ?? 0));
    const value: unknown = JSON.parse(text);
    return value === null || isObject(value);
  } catch {
    // Neither text nor JSON: the finding says so.
    return false;
  }
};

const validateSecret = (secret: Draft, previous?: Draft): readonly FieldError[] => {
  const data = objectAt(secret, 'data');
  const type = textAt(secret, 'type');
  const needed = Object.hasOwn(REQUIRED_KEYS, type) ? (REQUIRED_KEYS[type] ?? []) : [];
  const hasChangedType = previous !== undefined && (textAt(previous, 'type') || 'Opaque') !== (type || 'Opaque');
  return [
    ...Object.keys(data).flatMap((key) =>
      validateConfigKey(key).map((problem) => invalidField(`data[${key}]`, key, problem)),
    ),
    ...(sizeOf(data) * 0.75 > MAX_DATA_BYTES ? [tooLong('data')] : []),
    ...needed.filter((key) => !Object.hasOwn(data, key)).map((key) => requiredField(`data[${key}]`)),
    ...contentFindings(type, data),
    ...(type === 'kubernetes.io/service-account-token' &&
    textAt(objectAt(objectAt(secret, 'metadata'), 'annotations'), ACCOUNT_NAME) === ''
      ? [requiredField(`metadata.annotations[${ACCOUNT_NAME}]`)]
      : []),
    ...(hasChangedType ? [invalidField('type', type, 'field is immutable')] : []),
    ...immutableFindings(secret, previous, ['data']),
  ];
};

const immutableFindings = (
  object: Draft,
  previous: Draft | undefined,
  names: readonly string[],
): readonly FieldError[] =>
  previous?.['immutable'] === true
    ? [
        ...(object['immutable'] === true ? [] : [forbiddenField('immutable', IMMUTABLE)]),
        ...names
          .filter((name) => !isEqual(objectAt(object, name), objectAt(previous, name)))
          .map((name) => forbiddenField(name, IMMUTABLE)),
      ]
    : [];

/**
 * Findings of an object of a built-in kind beyond its schema, by `group/Kind`; with `previous` also what an update may
 * not change. Takes objects already completed by `BUILTIN_DEFAULTS`; metadata common to all kinds is not looked at.
 */
export const BUILTIN_VALIDATIONS: Readonly<Record<string, (object: Draft, previous?: Draft) => readonly FieldError[]>> =
  {
    '/Namespace': (object) => nameFindings(object, validateDns1123Label),
    '/Pod': validatePod,
    '/ReplicationController': withStatusRules(STATUS_RULES['/ReplicationController'], validateReplicationController),
    '/PodTemplate': validatePodTemplateObject,
    '/Service': withStatusRules(STATUS_RULES['/Service'], validateService),
    '/ConfigMap': validateConfigMap,
    '/Secret': validateSecret,
    'apps/Deployment': withStatusRules(STATUS_RULES['apps/Deployment'], validateDeployment),
    'apps/ReplicaSet': withStatusRules(STATUS_RULES['apps/ReplicaSet'], validateReplicaSet),
    'apps/StatefulSet': withStatusRules(STATUS_RULES['apps/StatefulSet'], validateStatefulSet),
    'apps/DaemonSet': withStatusRules(STATUS_RULES['apps/DaemonSet'], validateDaemonSet),
    'batch/Job': withStatusRules(STATUS_RULES['batch/Job'], validateJob),
    'batch/CronJob': validateCronJob,
    'networking.k8s.io/Ingress': withStatusRules(STATUS_RULES['networking.k8s.io/Ingress'], validateIngress),
    'networking.k8s.io/IngressClass': validateIngressClass,
    'networking.k8s.io/NetworkPolicy': validateNetworkPolicy,
    'storage.k8s.io/StorageClass': validateStorageClass,
    '/Node': validateNode,
    'apiextensions.k8s.io/CustomResourceDefinition': validateDefinition,
    '/Endpoints': validateEndpoints,
    '/Event': validateEvent,
    'events.k8s.io/Event': validateNewEvent,
    'discovery.k8s.io/EndpointSlice': validateEndpointSlice,
    'coordination.k8s.io/Lease': validateLease,
    'apps/ControllerRevision': validateControllerRevision,
    'storage.k8s.io/CSIDriver': validateCsiDriver,
    'storage.k8s.io/CSINode': validateCsiNode,
    'storage.k8s.io/VolumeAttachment': validateVolumeAttachment,
    'storage.k8s.io/CSIStorageCapacity': validateCsiStorageCapacity,
    'admissionregistration.k8s.io/ValidatingAdmissionPolicy': validateAdmissionPolicy,
    'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': validateAdmissionPolicyBinding,
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration': validateWebhooks,
    'admissionregistration.k8s.io/MutatingWebhookConfiguration': validateWebhooks,
    '/PersistentVolume': validatePersistentVolume,
    '/PersistentVolumeClaim': validatePersistentVolumeClaim,
    '/ResourceQuota': withStatusRules(STATUS_RULES['/ResourceQuota'], validateResourceQuota),
    '/LimitRange': validateLimitRange,
    'policy/PodDisruptionBudget': withStatusRules(
      STATUS_RULES['policy/PodDisruptionBudget'],
      validatePodDisruptionBudget,
    ),
    'scheduling.k8s.io/PriorityClass': validatePriorityClass,
    'node.k8s.io/RuntimeClass': validateRuntimeClass,
    'flowcontrol.apiserver.k8s.io/FlowSchema': validateFlowSchema,
    'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': validatePriorityLevel,
    'certificates.k8s.io/CertificateSigningRequest': validateCertificateSigningRequest,
    'autoscaling/HorizontalPodAutoscaler': withStatusRules(
      STATUS_RULES['autoscaling/HorizontalPodAutoscaler'],
      validateHorizontalPodAutoscaler,
    ),
    'autoscaling/v1/HorizontalPodAutoscaler': withStatusRules(
      STATUS_RULES['autoscaling/HorizontalPodAutoscaler'],
      validateHorizontalPodAutoscaler,
    ),
    'rbac.authorization.k8s.io/Role': validateRole,
    'rbac.authorization.k8s.io/ClusterRole': validateRole,
    'rbac.authorization.k8s.io/RoleBinding': validateBinding,
    'rbac.authorization.k8s.io/ClusterRoleBinding': validateBinding,
  };
