/** Defaults of the built-in kinds, as kube-apiserver fills them in. @upstream k8s.io/kubernetes/pkg/apis */
import { defaultFlowSchema, defaultPriorityLevel } from '../../rules/access/flow-control-rules.ts';
import { applyDefaults } from '../../schemas/apply-defaults.ts';
import { pruneUnknown } from '../../schemas/prune-unknown.ts';
import { wholeJsonSchema } from '../schemas/json-schema.ts';
import { mapMembers } from '../../schemas/rebuild.ts';
import { fillIn, itemsAt, mapList, mapObject, objectAt, textAt, type Draft } from './draft.ts';
import { gateway, httpRoute } from '../schemas/gateway-api.ts';
import { defaultPersistentVolumeClaim } from './claim-defaults.ts';
import { without, withoutGatedClaimFields } from './gated-fields.ts';
import { defaultPod, defaultTemplate } from './pod-defaults.ts';
import { defaultAdmissionPolicy, defaultAdmissionPolicyBinding } from '../../rules/access/admission-policy-rules.ts';
import { defaultWebhooks } from '../../rules/access/webhook-rules.ts';
import {
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from './workload-defaults.ts';

const RBAC = 'rbac.authorization.k8s.io';

const defaultService = (service: Draft): Draft =>
  mapObject(service, 'spec', (spec) => {
    const type = textAt(spec, 'type') || 'ClusterIP';
    const isExternalName = type === 'ExternalName';
    const isOutside = type === 'NodePort' || type === 'LoadBalancer';
    const externalIPs = spec['externalIPs'];
    const hasExternalIPs = Array.isArray(externalIPs) && externalIPs.length > 0 && !isExternalName;
    const complete = fillIn(spec, {
      sessionAffinity: 'None',
      type,
      ...(spec['sessionAffinity'] === 'ClientIP' ? { sessionAffinityConfig: { clientIP: {} } } : {}),
      ...(isOutside || hasExternalIPs ? { externalTrafficPolicy: 'Cluster' } : {}),
      ...(isExternalName ? {} : { internalTrafficPolicy: 'Cluster' }),
      ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
    });
    const { sessionAffinityConfig: config, ...plain } = complete;
    const withAffinity = mapObject(
      config !== undefined && complete['sessionAffinity'] === 'None' ? plain : complete,
      'sessionAffinityConfig',
      (affinity) =>
        mapObject(fillIn(affinity, { clientIP: {} }), 'clientIP', (clientIP) =>
          fillIn(clientIP, { timeoutSeconds: 10_800 }),
        ),
    );
    return mapList(withAffinity, 'ports', defaultServicePort);
  });

const defaultServicePort = (port: Draft): Draft => {
  const complete = fillIn(port, { protocol: 'TCP' });
  const { targetPort } = port;
  const isMissing = targetPort === undefined || targetPort === 0 || targetPort === '';
  return isMissing && port['port'] !== undefined ? { ...complete, targetPort: port['port'] } : complete;
};

/** `stringData` is for writing only: it ends up, encoded, in `data`. */
const defaultSecret = (secret: Draft): Draft => {
  const written = Object.entries(objectAt(secret, 'stringData'));
  const typed = fillIn(secret, { type: 'Opaque' });
  if (written.some(([, value]) => typeof value !== 'string')) return typed;
  if (typed['stringData'] === undefined) return typed;
  const { stringData: _, ...rest } = typed;
  if (written.length === 0) return rest;
  const encoded = written.map(([key, value]) => [key, encodeBase64(String(value))] as const);
  return { ...rest, data: Object.fromEntries([...Object.entries(objectAt(secret, 'data')), ...encoded]) };
};

const encodeBase64 = (value: string): string =>
  btoa([...new TextEncoder().encode(value)].map((byte) => String.fromCodePoint(byte)).join(''));

const defaultNamespace = (namespace: Draft): Draft => {
  const name = textAt(objectAt(namespace, 'metadata'), 'name');
  const labelled = name === '' ? namespace : withNameLabel(namespace, name);
  return fillIn(labelled, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
};

const withNameLabel = (namespace: Draft, name: string): Draft =>
  mapObject(namespace, 'metadata', (metadata) =>
    mapMembers(fillIn(metadata, { labels: {} }), (part, member) =>
      member === 'labels' && objectAt(metadata, 'labels')['kubernetes.io/metadata.name'] !== name
        ? { ...objectAt(metadata, 'labels'), 'kubernetes.io/metadata.name': name }
        : part,
    ),
  );

const defaultEndpointSlice = (slice: Draft): Draft =>
  mapList(
    // The older version's place for what has fields of its own by now.
    mapList(slice, 'endpoints', (endpoint) => without(endpoint, ['deprecatedTopology'])),
    'ports',
    (port) => fillIn(port, { name: '', protocol: 'TCP' }),
  );

const defaultNetworkPolicy = (policy: Draft): Draft =>
  mapObject(policy, 'spec', (spec) => {
    const withPorts = ['ingress', 'egress'].reduce(
      (draft, direction) =>
        mapList(draft, direction, (rule) => mapList(rule, 'ports', (port) => fillIn(port, { protocol: 'TCP' }))),
      spec,
    );
    const hasEgress = itemsAt(spec, 'egress').length > 0;
    return fillIn(withPorts, { policyTypes: hasEgress ? ['Ingress', 'Egress'] : ['Ingress'] });
  });

const defaultBinding = (binding: Draft): Draft =>
  mapList(
    // Go's clients always write the group, and an empty one says the same as none.
    mapObject(binding, 'roleRef', (roleRef) =>
      roleRef['apiGroup'] === '' ? { ...roleRef, apiGroup: RBAC } : fillIn(roleRef, { apiGroup: RBAC }),
    ),
    'subjects',
    (subject) => fillIn(subject, subject['kind'] === 'ServiceAccount' ? {} : { apiGroup: RBAC }),
  );

/** @upstream pkg/apis/storage/v1/defaults.go */
const defaultCsiDriver = (driver: Draft): Draft =>
  mapObject(fillIn(driver, { spec: {} }), 'spec', (spec) => {
    const modes = spec['volumeLifecycleModes'];
    const hasModes = Array.isArray(modes) && modes.length > 0;
    return fillIn(hasModes ? spec : { ...spec, volumeLifecycleModes: ['Persistent'] }, {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
    });
  });

/** @upstream pkg/apis/autoscaling/v2/defaults.go */
const defaultAutoscaler = (scaler: Draft): Draft =>
  mapObject(scaler, 'spec', (spec) =>
    fillIn(spec, {
      minReplicas: 1,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    }),
  );

/** What a path of a node leads to is not looked at unless somebody says what it should be. */
const withPathType = (spec: Draft): Draft => mapObject(spec, 'hostPath', (path) => fillIn(path, { type: '' }));

/** What is limited is what is given by default, and what is given is what is asked for. */
const defaultLimit = (limit: Draft): Draft => {
  if (limit['type'] !== 'Container') return limit;
  const limits = { ...objectAt(limit, 'max'), ...objectAt(limit, 'default') };
  const requests = { ...objectAt(limit, 'min'), ...limits, ...objectAt(limit, 'defaultRequest') };
  const filled = { default: limits, defaultRequest: requests };
  const isComplete = Object.entries(filled).every(([name, amounts]) =>
    Object.keys(amounts).every((resource) => Object.hasOwn(objectAt(limit, name), resource)),
  );
  return isComplete ? limit : { ...limit, ...filled };
};

/** Words nobody knows are lost in all of a schema. */
const withKnownWords = (spec: Draft): Draft =>
  mapList(spec, 'versions', (version) =>
    mapObject(version, 'schema', (schema) =>
      mapObject(schema, 'openAPIV3Schema', (root) => pruneUnknown(SCHEMAS, { root }).root),
    ),
  );

/** The root of an object keeps members that are every object's; a schema is none. */
const SCHEMAS = { properties: { root: wholeJsonSchema } };

const defaultCustomResourceDefinition = (definition: Draft): Draft =>
  mapObject(definition, 'spec', (given) => {
    const spec = withKnownWords(given);
    return mapObject(fillIn(spec, { conversion: { strategy: 'None' } }), 'names', (names) => {
      const kind = textAt(names, 'kind');
      return kind === '' ? names : fillIn(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
    });
  });

/**
 * Completes an object of a built-in kind, by `group/Kind`; kinds that are not listed have no defaults. Each function
 * is pure and idempotent, shares what it leaves alone, and leaves parts of the wrong type to the schema's checks.
 */
export const BUILTIN_DEFAULTS: Readonly<Record<string, (object: Draft) => Draft>> = {
  '/Pod': defaultPod,
  '/Service': defaultService,
  '/Secret': defaultSecret,
  '/Namespace': defaultNamespace,
  '/ReplicationController': defaultReplicationController,
  '/PodTemplate': defaultTemplate,
  // Claims that sets make lose them when they are made.
  '/PersistentVolumeClaim': (claim) => defaultPersistentVolumeClaim(mapObject(claim, 'spec', withoutGatedClaimFields)),
  'apps/Deployment': defaultDeployment,
  'apps/ReplicaSet': defaultReplicaSet,
  'apps/StatefulSet': defaultStatefulSet,
  'apps/DaemonSet': defaultDaemonSet,
  'batch/Job': defaultJob,
  'batch/CronJob': defaultCronJob,
  'discovery.k8s.io/EndpointSlice': defaultEndpointSlice,
  '/Endpoints': (object) =>
    mapList(object, 'subsets', (subset) => mapList(subset, 'ports', (port) => fillIn(port, { protocol: 'TCP' }))),
  'networking.k8s.io/NetworkPolicy': defaultNetworkPolicy,
  'networking.k8s.io/IngressClass': (object) =>
    mapObject(object, 'spec', (spec) =>
      mapObject(spec, 'parameters', (parameters) => fillIn(parameters, { scope: 'Cluster' })),
    ),
  'storage.k8s.io/CSIDriver': defaultCsiDriver,
  // Candidates of coordinated elections are behind a gate that is off.
  'coordination.k8s.io/Lease': (object) =>
    mapObject(object, 'spec', (spec) => without(spec, ['strategy', 'preferredHolder'])),
  // An account says which secrets, nothing else of them.
  '/ServiceAccount': (object) =>
    mapList(object, 'secrets', (secret) =>
      without(
        secret,
        Object.keys(secret).filter((name) => name !== 'name'),
      ),
    ),
  // Kinds that are definitions elsewhere: their defaults are in their schemas.
  'gateway.networking.k8s.io/HTTPRoute': (object) => applyDefaults(httpRoute, object),
  'gateway.networking.k8s.io/Gateway': (object) => applyDefaults(gateway, object),
  'rbac.authorization.k8s.io/RoleBinding': defaultBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': defaultBinding,
  'scheduling.k8s.io/PriorityClass': (object) => fillIn(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  'flowcontrol.apiserver.k8s.io/FlowSchema': defaultFlowSchema,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': defaultPriorityLevel,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': defaultAdmissionPolicy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': defaultAdmissionPolicyBinding,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': defaultWebhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': defaultWebhooks,
  '/PersistentVolume': (object) =>
    mapObject(fillIn(object, { status: { phase: 'Pending' } }), 'spec', (spec) =>
      fillIn(withPathType(without(spec, ['volumeAttributesClassName'])), {
        persistentVolumeReclaimPolicy: 'Retain',
        volumeMode: 'Filesystem',
      }),
    ),
  'autoscaling/HorizontalPodAutoscaler': defaultAutoscaler,
  'autoscaling/v1/HorizontalPodAutoscaler': (object) =>
    mapObject(object, 'spec', (spec) => fillIn(spec, { minReplicas: 1 })),
  '/LimitRange': (object) => mapObject(object, 'spec', (spec) => mapList(spec, 'limits', defaultLimit)),
  'storage.k8s.io/StorageClass': (object) =>
    fillIn(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'apiextensions.k8s.io/CustomResourceDefinition': defaultCustomResourceDefinition,
};
