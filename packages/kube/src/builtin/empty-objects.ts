/**
 * What an object of a built-in kind has before anybody says anything: members its Go type always writes. Whoever creates
 * an object does not own them for having named them, and a status is there from the beginning.
 * @upstream the `json` tags without `omitempty` of k8s.io/api, apiextensions and kube-aggregator, version 1.32
 */
import { isObject, type JsonObject } from '@argosy/base';

const NONE: JsonObject = {};
const DESIRED: JsonObject = { spec: NONE };
const DESIRED_AND_STATUS: JsonObject = { spec: NONE, status: NONE };
const POD_SPEC: JsonObject = { containers: null };
const POD_TEMPLATE: JsonObject = { metadata: NONE, spec: POD_SPEC };
const JOB_SPEC: JsonObject = { template: POD_TEMPLATE };
const SCALED_OBJECT: JsonObject = { kind: '', name: '' };

/** By `group/Kind`, or `group/version/Kind` where versions differ; kinds that are not listed have nothing but metadata. */
const EMPTY_OBJECTS: Readonly<Record<string, JsonObject>> = {
  '/Binding': { target: NONE },
  '/Event': {
    involvedObject: NONE,
    source: NONE,
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  },
  '/LimitRange': { spec: { limits: null } },
  '/Namespace': DESIRED_AND_STATUS,
  '/Node': {
    spec: NONE,
    status: {
      daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: '',
        osImage: '',
        containerRuntimeVersion: '',
        kubeletVersion: '',
        kubeProxyVersion: '',
        operatingSystem: '',
        architecture: '',
      },
    },
  },
  '/PersistentVolume': DESIRED_AND_STATUS,
  '/PersistentVolumeClaim': { spec: { resources: NONE }, status: NONE },
  '/Pod': { spec: POD_SPEC, status: NONE },
  '/PodTemplate': { template: POD_TEMPLATE },
  '/ReplicationController': { spec: NONE, status: { replicas: 0 } },
  '/ResourceQuota': DESIRED_AND_STATUS,
  '/Service': { spec: NONE, status: { loadBalancer: NONE } },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': DESIRED_AND_STATUS,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': DESIRED,
  'apiextensions.k8s.io/CustomResourceDefinition': {
    spec: { group: '', names: { plural: '', kind: '' }, scope: '', versions: null },
    status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null },
  },
  'apiregistration.k8s.io/APIService': { spec: { groupPriorityMinimum: 0, versionPriority: 0 }, status: NONE },
  'apps/ControllerRevision': { data: null, revision: 0 },
  'apps/DaemonSet': {
    spec: { selector: null, template: POD_TEMPLATE, updateStrategy: NONE },
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  },
  'apps/Deployment': { spec: { selector: null, template: POD_TEMPLATE, strategy: NONE }, status: NONE },
  'apps/ReplicaSet': { spec: { selector: null, template: POD_TEMPLATE }, status: { replicas: 0 } },
  'apps/StatefulSet': {
    spec: { selector: null, template: POD_TEMPLATE, serviceName: '', updateStrategy: NONE },
    status: { replicas: 0, availableReplicas: 0 },
  },
  'autoscaling/HorizontalPodAutoscaler': {
    spec: { scaleTargetRef: SCALED_OBJECT, maxReplicas: 0 },
    status: { desiredReplicas: 0, currentMetrics: null },
  },
  'autoscaling/v1/HorizontalPodAutoscaler': {
    spec: { scaleTargetRef: SCALED_OBJECT, maxReplicas: 0 },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  },
  'batch/CronJob': { spec: { schedule: '', jobTemplate: { metadata: NONE, spec: JOB_SPEC } }, status: NONE },
  'batch/Job': { spec: JOB_SPEC, status: NONE },
  'certificates.k8s.io/CertificateSigningRequest': { spec: { request: null, signerName: '' }, status: NONE },
  'coordination.k8s.io/Lease': DESIRED,
  'discovery.k8s.io/EndpointSlice': { addressType: '', endpoints: null, ports: null },
  'events.k8s.io/Event': {
    eventTime: null,
    regarding: NONE,
    deprecatedSource: NONE,
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
  },
  'flowcontrol.apiserver.k8s.io/FlowSchema': {
    spec: { priorityLevelConfiguration: { name: '' }, matchingPrecedence: 0 },
    status: NONE,
  },
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': { spec: { type: '' }, status: NONE },
  'networking.k8s.io/Ingress': { spec: NONE, status: { loadBalancer: NONE } },
  'networking.k8s.io/IngressClass': DESIRED,
  'networking.k8s.io/NetworkPolicy': { spec: { podSelector: NONE } },
  'node.k8s.io/RuntimeClass': { handler: '' },
  'policy/PodDisruptionBudget': {
    spec: NONE,
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  },
  'rbac.authorization.k8s.io/ClusterRole': { rules: null },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { roleRef: { apiGroup: '', kind: '', name: '' } },
  'rbac.authorization.k8s.io/Role': { rules: null },
  'rbac.authorization.k8s.io/RoleBinding': { roleRef: { apiGroup: '', kind: '', name: '' } },
  'scheduling.k8s.io/PriorityClass': { value: 0 },
  'storage.k8s.io/CSIDriver': DESIRED,
  'storage.k8s.io/CSINode': { spec: { drivers: null } },
  'storage.k8s.io/CSIStorageCapacity': { storageClassName: '' },
  'storage.k8s.io/StorageClass': { provisioner: '' },
  'storage.k8s.io/VolumeAttachment': {
    spec: { attacher: '', source: NONE, nodeName: '' },
    status: { attached: false },
  },
};

/** The members objects of a built-in kind always have, without metadata; of any other kind none. */
export const emptyObjectOf = (kind: {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}): JsonObject =>
  EMPTY_OBJECTS[`${kind.group}/${kind.version}/${kind.kind}`] ?? EMPTY_OBJECTS[`${kind.group}/${kind.kind}`] ?? NONE;

/** A value with the members an empty one has; itself when it has them all. */
export const withEmptyMembers = <T extends object>(empty: JsonObject, value: T): T => {
  let filled: Record<string, unknown> | undefined;
  const given = value as Readonly<Record<string, unknown>>;
  for (const [name, member] of Object.entries(empty)) {
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    const next = own === undefined ? member : isObject(own) && isObject(member) ? withEmptyMembers(member, own) : own;
    if (next === own) continue;
    filled ??= { ...given };
    filled[name] = next;
  }
  return (filled as T | undefined) ?? value;
};

/** Of an empty object what the API shows: that there is a spec and a status, and what the status always tells. */
export const shownWhenEmpty = ({ spec, status }: JsonObject): JsonObject => ({
  ...(isObject(spec) ? { spec: NONE } : {}),
  ...(isObject(status) ? { status: withoutNullMembers(status) } : {}),
});

const withoutNullMembers = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, member]) => member !== null));
