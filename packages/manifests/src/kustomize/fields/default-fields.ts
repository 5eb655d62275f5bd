/**
 * The fields Kustomize's own transformers write, before a kustomization's `configurations` add to them.
 * @upstream sigs.k8s.io/kustomize/api/internal/konfig/builtinpluginconsts
 */
import type { FieldSpec } from './field-spec.ts';
import { inPods, type PodHolder } from './pod-holders.ts';

const BATCH = 'batch';
const APPS = 'apps';

/** Labels of objects, of the pods they make, and of what pods are made from. */
export const TEMPLATE_LABELS: readonly FieldSpec[] = [
  { path: 'metadata/labels', create: true },
  { path: 'spec/template/metadata/labels', create: true, version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/template/metadata/labels', create: true, kind: 'Deployment' },
  { path: 'spec/template/metadata/labels', create: true, kind: 'ReplicaSet' },
  { path: 'spec/template/metadata/labels', create: true, kind: 'DaemonSet' },
  { path: 'spec/template/metadata/labels', create: true, group: APPS, kind: 'StatefulSet' },
  { path: 'spec/volumeClaimTemplates[]/metadata/labels', create: true, group: APPS, kind: 'StatefulSet' },
  { path: 'spec/template/metadata/labels', create: true, group: BATCH, kind: 'Job' },
  { path: 'spec/jobTemplate/metadata/labels', create: true, group: BATCH, kind: 'CronJob' },
  { path: 'spec/jobTemplate/spec/template/metadata/labels', create: true, group: BATCH, kind: 'CronJob' },
];

const SELECTORS_IN_PODS = [
  ...['podAffinity', 'podAntiAffinity'].flatMap((affinity) => [
    `affinity/${affinity}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`,
    `affinity/${affinity}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`,
  ]),
  'topologySpreadConstraints/labelSelector/matchLabels',
].map((path) => `spec/template/spec/${path}`);

/** Labels and the selectors that must match them. */
export const COMMON_LABELS: readonly FieldSpec[] = [
  { path: 'spec/selector', create: true, version: 'v1', kind: 'Service' },
  { path: 'spec/selector', create: true, version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'Deployment' },
  ...SELECTORS_IN_PODS.map((path) => ({ path, group: APPS, kind: 'Deployment' })),
  { path: 'spec/selector/matchLabels', create: true, kind: 'ReplicaSet' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'DaemonSet' },
  { path: 'spec/selector/matchLabels', create: true, group: APPS, kind: 'StatefulSet' },
  ...SELECTORS_IN_PODS.map((path) => ({ path, group: APPS, kind: 'StatefulSet' })),
  { path: 'spec/selector/matchLabels', group: BATCH, kind: 'Job' },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', group: BATCH, kind: 'CronJob' },
  { path: 'spec/selector/matchLabels', group: 'policy', kind: 'PodDisruptionBudget' },
  { path: 'spec/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { path: 'spec/ingress/from/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { path: 'spec/egress/to/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  ...TEMPLATE_LABELS,
];

/** Annotations of objects and of the pods they make. */
export const COMMON_ANNOTATIONS: readonly FieldSpec[] = [
  { path: 'metadata/annotations', create: true },
  { path: 'spec/template/metadata/annotations', create: true, version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/template/metadata/annotations', create: true, kind: 'Deployment' },
  { path: 'spec/template/metadata/annotations', create: true, kind: 'ReplicaSet' },
  { path: 'spec/template/metadata/annotations', create: true, kind: 'DaemonSet' },
  { path: 'spec/template/metadata/annotations', create: true, kind: 'StatefulSet' },
  { path: 'spec/template/metadata/annotations', create: true, group: BATCH, kind: 'Job' },
  { path: 'spec/jobTemplate/metadata/annotations', create: true, group: BATCH, kind: 'CronJob' },
  { path: 'spec/jobTemplate/spec/template/metadata/annotations', create: true, group: BATCH, kind: 'CronJob' },
];

/** Names that prefixes and suffixes go to. */
export const NAMES: readonly FieldSpec[] = [{ path: 'metadata/name' }];

/** Namespaces besides `metadata/namespace`, which has rules of its own. */
export const NAMESPACES: readonly FieldSpec[] = [
  { path: 'metadata/name', create: true, kind: 'Namespace' },
  { path: 'spec/service/namespace', create: true, group: 'apiregistration.k8s.io', kind: 'APIService' },
  {
    path: 'spec/conversion/webhook/clientConfig/service/namespace',
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
  },
];

/** Images besides those of containers anywhere, which are found by name. */
export const IMAGES: readonly FieldSpec[] = ['spec', 'spec/template/spec'].flatMap((pod) => [
  { path: `${pod}/containers[]/image`, create: true },
  { path: `${pod}/initContainers[]/image`, create: true },
]);

/** Counts of replicas. */
export const REPLICAS: readonly FieldSpec[] = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map(
  (kind) => ({ path: 'spec/replicas', create: true, kind }),
);

const HOLDERS: readonly PodHolder[] = ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'Pod', 'ReplicaSet', 'StatefulSet'];
const IN_CONTAINERS = ['args', 'command', 'env/value', 'volumeMounts/mountPath'];

/** Where `$(NAME)` stands for a var. */
export const VAR_REFERENCES: readonly FieldSpec[] = [
  ...inPods(HOLDERS, [
    ...IN_CONTAINERS.map((path) => `containers/${path}`),
    ...IN_CONTAINERS.map((path) => `initContainers/${path}`),
  ]),
  ...inPods(['DaemonSet', 'Deployment', 'Job', 'Pod', 'ReplicaSet'], ['volumes/nfs/server']),
  // Upstream's table has this path without the pod's spec.
  { path: 'spec/jobTemplate/spec/template/volumes/nfs/server', kind: 'CronJob' },
  { path: 'spec/template/metadata/annotations', kind: 'Deployment' },
  { path: 'spec/rules/host', kind: 'Ingress' },
  { path: 'spec/tls/hosts', kind: 'Ingress' },
  { path: 'spec/tls/secretName', kind: 'Ingress' },
  { path: 'spec/ports/port', kind: 'Service' },
  { path: 'spec/ports/targetPort', kind: 'Service' },
  { path: 'spec/volumeClaimTemplates/spec/nfs/server', kind: 'StatefulSet' },
  { path: 'spec/nfs/server', kind: 'PersistentVolume' },
  { path: 'metadata/labels' },
  { path: 'metadata/annotations' },
];
