/**
 * The kinds Kubernetes itself brings, as a table. @spec https://kubernetes.io/docs/reference/kubernetes-api/
 */
import { isObject } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import { STANDARD_VERBS, type KindStrategy, type ServedKind } from './served-kind.ts';
import { OLDER_AUTOSCALER } from './older-autoscaler.ts';
import { BUILTIN_STRATEGIES } from './strategies/builtin-strategies.ts';

type Row = readonly [
  apiVersion: string,
  plural: string,
  kind: string,
  traits: string,
  shortNames?: string,
  categories?: string,
];

/**
 * Traits: `n` namespaced, `s` status subresource, `r` scale subresource, `o` an older version of a kind, `q` a question
 * or an order that is not kept, `v` only to be looked at, `l` not kept, and looked at by whoever asks.
 */
const ROWS: readonly Row[] = [
  ['v1', 'componentstatuses', 'ComponentStatus', 'l', 'cs'],
  ['v1', 'namespaces', 'Namespace', 's', 'ns'],
  ['v1', 'nodes', 'Node', 's', 'no'],
  ['v1', 'pods', 'Pod', 'ns', 'po', 'all'],
  ['v1', 'bindings', 'Binding', 'nq'],
  ['v1', 'services', 'Service', 'ns', 'svc', 'all'],
  ['v1', 'configmaps', 'ConfigMap', 'n', 'cm'],
  ['v1', 'secrets', 'Secret', 'n'],
  ['v1', 'serviceaccounts', 'ServiceAccount', 'n', 'sa'],
  ['v1', 'endpoints', 'Endpoints', 'n', 'ep'],
  ['v1', 'events', 'Event', 'n', 'ev'],
  ['v1', 'persistentvolumes', 'PersistentVolume', 's', 'pv'],
  ['v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', 'ns', 'pvc'],
  ['v1', 'replicationcontrollers', 'ReplicationController', 'nsr', 'rc', 'all'],
  ['v1', 'resourcequotas', 'ResourceQuota', 'ns', 'quota'],
  ['v1', 'limitranges', 'LimitRange', 'n', 'limits'],
  ['v1', 'podtemplates', 'PodTemplate', 'n'],
  ['events.k8s.io/v1', 'events', 'Event', 'n', 'ev'],
  ['apps/v1', 'deployments', 'Deployment', 'nsr', 'deploy', 'all'],
  ['apps/v1', 'replicasets', 'ReplicaSet', 'nsr', 'rs', 'all'],
  ['apps/v1', 'statefulsets', 'StatefulSet', 'nsr', 'sts', 'all'],
  ['apps/v1', 'daemonsets', 'DaemonSet', 'ns', 'ds', 'all'],
  ['apps/v1', 'controllerrevisions', 'ControllerRevision', 'n'],
  ['batch/v1', 'jobs', 'Job', 'ns', undefined, 'all'],
  ['batch/v1', 'cronjobs', 'CronJob', 'ns', 'cj', 'all'],
  ['autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'ns', 'hpa', 'all'],
  ['autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'nso', 'hpa', 'all'],
  ['coordination.k8s.io/v1', 'leases', 'Lease', 'n'],
  ['discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', 'n'],
  ['networking.k8s.io/v1', 'ingresses', 'Ingress', 'ns', 'ing'],
  ['networking.k8s.io/v1', 'ingressclasses', 'IngressClass', ''],
  ['networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', 'n', 'netpol'],
  ['gateway.networking.k8s.io/v1', 'httproutes', 'HTTPRoute', 'ns', undefined, 'gateway-api'],
  ['gateway.networking.k8s.io/v1', 'gateways', 'Gateway', 'ns', 'gtw', 'gateway-api'],
  ['gateway.networking.k8s.io/v1', 'gatewayclasses', 'GatewayClass', 's', 'gc', 'gateway-api'],
  ['policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', 'ns', 'pdb'],
  ['rbac.authorization.k8s.io/v1', 'roles', 'Role', 'n'],
  ['rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', 'n'],
  ['rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', ''],
  ['rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', ''],
  ['scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', '', 'pc'],
  ['node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', ''],
  ['flowcontrol.apiserver.k8s.io/v1', 'flowschemas', 'FlowSchema', 's'],
  ['flowcontrol.apiserver.k8s.io/v1', 'prioritylevelconfigurations', 'PriorityLevelConfiguration', 's'],
  ['certificates.k8s.io/v1', 'certificatesigningrequests', 'CertificateSigningRequest', 's', 'csr'],
  ['storage.k8s.io/v1', 'storageclasses', 'StorageClass', '', 'sc'],
  ['storage.k8s.io/v1', 'csidrivers', 'CSIDriver', ''],
  ['storage.k8s.io/v1', 'csinodes', 'CSINode', ''],
  ['storage.k8s.io/v1', 'csistoragecapacities', 'CSIStorageCapacity', 'n'],
  ['storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', 's'],
  [
    'admissionregistration.k8s.io/v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    '',
    undefined,
    'api-extensions',
  ],
  [
    'admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    '',
    undefined,
    'api-extensions',
  ],
  [
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
    's',
    undefined,
    'api-extensions',
  ],
  [
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
    '',
    undefined,
    'api-extensions',
  ],
  ['authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', 'q'],
  ['authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', 'q'],
  ['authorization.k8s.io/v1', 'subjectaccessreviews', 'SubjectAccessReview', 'q'],
  ['authorization.k8s.io/v1', 'localsubjectaccessreviews', 'LocalSubjectAccessReview', 'nq'],
  ['authentication.k8s.io/v1', 'selfsubjectreviews', 'SelfSubjectReview', 'q'],
  ['authentication.k8s.io/v1', 'tokenreviews', 'TokenReview', 'q'],
  [
    'apiextensions.k8s.io/v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
    's',
    'crd,crds',
    'api-extensions',
  ],
  ['apiregistration.k8s.io/v1', 'apiservices', 'APIService', 'v', undefined, 'api-extensions'],
];

/** Scale of the workloads of apps and core. */
const WORKLOAD_SCALE = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.spec.selector',
};

/** Namespaces are not removed many at a time. @upstream kubernetes pkg/registry/core/namespace/storage */
const ONE_BY_ONE: readonly string[] = STANDARD_VERBS.filter((verb) => verb !== 'deletecollection');

/** The built-in kinds. */
export const builtinKinds = (): readonly ServedKind[] =>
  ROWS.map(([apiVersion, plural, kind, traits, shortNames, categories]) => {
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    return {
      group,
      version,
      kind,
      listKind: `${kind}List`,
      plural,
      singular: kind.toLowerCase(),
      shortNames: shortNames?.split(',') ?? [],
      categories: categories?.split(',') ?? [],
      namespaced: traits.startsWith('n'),
      preferred: !traits.includes('o'),
      storage: storageOf(group, plural),
      statusSubresource: traits.includes('s'),
      ...(traits.includes('r') ? { scale: WORKLOAD_SCALE } : {}),
      custom: false,
      ...(traits.includes('q') ? { verbs: ['create'] } : {}),
      ...(traits.includes('l')
        ? { verbs: ['get', 'list'], deprecation: `${apiVersion} ${kind} is deprecated in v1.19+` }
        : {}),
      ...(traits.includes('v') ? { verbs: ['get', 'list', 'watch'] } : {}),
      ...(apiVersion === 'v1' && plural === 'namespaces' ? { verbs: ONE_BY_ONE } : {}),
      strategy: strategyOf(apiVersion, group, plural),
    };
  });

/** Events of both groups are the same objects; they are stored in the form of the core group. */
const storageOf = (group: string, plural: string): string =>
  group === 'events.k8s.io' ? '/events' : `${group}/${plural}`;

const strategyOf = (apiVersion: string, group: string, plural: string): KindStrategy => {
  if (group === 'events.k8s.io') return EVENTS_GROUP;
  if (apiVersion === 'autoscaling/v1') return OLDER_AUTOSCALER;
  return BUILTIN_STRATEGIES[`${group}/${plural}`] ?? {};
};

type Fields = Readonly<Record<string, unknown>>;

const toMicroTime = (timestamp: unknown): string | null =>
  typeof timestamp === 'string' ? timestamp.replace(/Z$/, '.000000Z') : null;

/** What of the object an event is about can be selected by. */
const REGARDING = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

/** @upstream kubernetes pkg/apis/events/v1/conversion.go */
const EVENTS_GROUP: KindStrategy = {
  selectableFields: (object) => {
    const event = object as KubeObject & Fields;
    const about = isObject(event['regarding']) ? event['regarding'] : {};
    const text = (value: unknown): string => (typeof value === 'string' ? value : '');
    return {
      ...Object.fromEntries(REGARDING.map((field) => [`regarding.${field}`, text(about[field])])),
      reason: text(event['reason']),
      reportingController: text(event['reportingController']),
      type: text(event['type']),
    };
  },
  fromStored: (stored) => {
    const { involvedObject, message, count, firstTimestamp, lastTimestamp, source, reportingComponent, ...rest } =
      stored as KubeObject & Fields;
    return {
      ...rest,
      apiVersion: 'events.k8s.io/v1',
      // Clients that check schemas want it, and older events have none.
      eventTime: rest['eventTime'] ?? toMicroTime(firstTimestamp),
      regarding: involvedObject,
      note: message,
      deprecatedCount: count,
      deprecatedFirstTimestamp: firstTimestamp,
      deprecatedLastTimestamp: lastTimestamp,
      deprecatedSource: source,
      reportingController: reportingComponent,
    } as KubeObject;
  },
  toStored: (object) => {
    const {
      regarding,
      note,
      deprecatedCount,
      deprecatedFirstTimestamp,
      deprecatedLastTimestamp,
      deprecatedSource,
      reportingController,
      ...rest
    } = object as KubeObject & Fields;
    return {
      ...rest,
      apiVersion: 'v1',
      involvedObject: regarding,
      message: note,
      count: deprecatedCount,
      firstTimestamp: deprecatedFirstTimestamp,
      lastTimestamp: deprecatedLastTimestamp,
      source: deprecatedSource,
      reportingComponent: reportingController,
    } as KubeObject;
  },
};
