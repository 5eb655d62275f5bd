/**
 * What some built-in kinds do differently from the generic verbs.
 * @upstream kubernetes pkg/registry/core
 */
import { isEqual, isObject } from '@argosy/base';
import {
  forbiddenField,
  invalidField,
  type ConfigMap,
  type CoreEvent,
  type CustomResourceDefinition,
  type FieldError,
  type Job,
  type KubeObject,
  type Namespace,
  type Node,
  type DaemonSet,
  type Pod,
  type Secret,
  type Service,
} from '@argosy/kube';

import { certificateRequests } from './certificate-requests.ts';
import { qualityOfService } from './quality-of-service.ts';
import type { KindStrategy } from './served-kind.ts';
import { keepNodePorts } from './node-ports.ts';

type Fields = Readonly<Record<string, unknown>>;

const namespaces: KindStrategy = {
  prepare: (object, previous) => {
    const namespace = object as Namespace;
    const name = namespace.metadata.name ?? '';
    return {
      ...namespace,
      metadata: {
        ...namespace.metadata,
        labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': name },
      },
      // Who holds a namespace is its subresource's to say.
      spec: previous ? (previous as Namespace).spec : { finalizers: withOwnFinalizer(namespace.spec?.finalizers) },
      status: previous ? (namespace.status ?? {}) : { phase: 'Active' },
    } as Namespace;
  },
  validate: (object, previous) => [
    ...finalizerFindings(object as Namespace),
    ...phaseFindings(object as Namespace, previous as Namespace | undefined),
  ],
  selectableFields: (object) => ({ 'status.phase': (object as Namespace).status?.phase ?? '' }),
};

/** @upstream kubernetes pkg/apis/core/validation/validation.go#ValidateFinalizerName */
const finalizerFindings = ({ spec }: Namespace): readonly FieldError[] => {
  const finalizers: readonly unknown[] = Array.isArray(spec?.finalizers) ? spec.finalizers : [];
  return finalizers.flatMap((name, at) =>
    typeof name !== 'string' || name.includes('/') || STANDARD_FINALIZERS.has(name)
      ? []
      : [
          invalidField(
            `spec.finalizers[${at}]`,
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );
};

/** @upstream kubernetes pkg/apis/core/validation/validation.go#ValidateNamespaceStatusUpdate */
const phaseFindings = ({ metadata, status }: Namespace, previous: Namespace | undefined): readonly FieldError[] => {
  const phase = status?.phase;
  const only = metadata.deletionTimestamp ? 'Terminating' : 'Active';
  if (!previous || phase === previous.status?.phase || phase === only) return [];
  const when = metadata.deletionTimestamp ? 'not empty' : 'empty';
  return [invalidField('status.Phase', phase, `may only be '${only}' if \`deletionTimestamp\` is ${when}`)];
};

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Authors may hold a namespace as well. @upstream kubernetes pkg/registry/core/namespace/strategy.go#PrepareForCreate */
const withOwnFinalizer = (given: readonly string[] = []): readonly string[] =>
  given.includes('kubernetes') ? given : [...given, 'kubernetes'];

/** Whether a pod only shows what a node runs by itself. */
export const isMirrorPod = ({ metadata }: Pod): boolean =>
  metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

const pods: KindStrategy = {
  default: (object) => {
    const pod = object as Pod;
    const spec = pod.spec;
    if (!spec) return pod;
    const defaulted = {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      ...spec,
      ...(isMirrorPod(pod) ? {} : { serviceAccountName: spec.serviceAccountName ?? 'default' }),
    } as Pod['spec'];
    return { ...pod, spec: defaulted } as Pod;
  },
  prepare: (object, previous) =>
    previous
      ? object
      : ({
          ...object,
          status: { phase: 'Pending', qosClass: qualityOfService(object as Pod), ...gatedStatus(object as Pod) },
        } as Pod),
  prepareStatus: (object, previous) => withCompleteStatus(object as Pod, previous as Pod),
  complete: (object) => {
    const { metadata, status } = object as Pod;
    const conditions = status?.conditions?.map((one) => ({ ...one, lastTransitionTime: metadata.creationTimestamp }));
    return conditions ? ({ ...object, status: { ...status, conditions } } as Pod) : object;
  },
  selectableFields: (object) => {
    const pod = object as Pod;
    return {
      'spec.nodeName': pod.spec?.nodeName ?? '',
      'spec.restartPolicy': pod.spec?.restartPolicy ?? '',
      'spec.serviceAccountName': pod.spec?.serviceAccountName ?? '',
      'spec.schedulerName': textOf(pod.spec?.['schedulerName']),
      'spec.hostNetwork': String(pod.spec?.['hostNetwork'] === true),
      'status.phase': pod.status?.phase ?? '',
      'status.podIP': pod.status?.podIP ?? '',
      'status.nominatedNodeName': textOf((pod.status as Fields | undefined)?.['nominatedNodeName']),
    };
  },
};

/**
 * Who writes a status need not repeat what never changes, and the one address is the first of all.
 * @upstream kubernetes pkg/registry/core/pod/strategy.go (podStatusStrategy), pkg/apis/core/v1/conversion.go
 */
const withCompleteStatus = (pod: Pod, { status: before }: Pod): Pod => {
  const status = pod.status as Fields | undefined;
  if (!status || typeof status !== 'object') return pod;
  const { podIP, podIPs } = status;
  const first = Array.isArray(podIPs) ? (podIPs[0] as Fields | undefined)?.['ip'] : undefined;
  const isOwn = typeof podIP === 'string' && podIP !== '' && podIP !== first;
  const quality = status['qosClass'] ? {} : { qosClass: before?.qosClass };
  const addresses = isOwn ? { podIPs: [{ ip: podIP }] } : typeof first === 'string' ? { podIP: first } : {};
  return { ...pod, status: { ...status, ...(quality.qosClass ? quality : {}), ...addresses } } as Pod;
};

/** Nobody looks for a node for a pod whose gates are closed; that is said at once. @upstream kubernetes pkg/registry/core/pod/strategy.go#applySchedulingGatedCondition */
const gatedStatus = ({ spec }: Pod): Fields => {
  const gates = spec?.['schedulingGates'];
  if (!Array.isArray(gates) || gates.length === 0) return {};
  const condition = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' };
  return { conditions: [{ ...condition, message: 'Scheduling is blocked due to non-empty scheduling gates' }] };
};

const services: KindStrategy = {
  // Who replaces a service without naming its address keeps it, who makes it an alias gives it up.
  // @upstream kubernetes pkg/registry/core/service/strategy.go#patchAllocatedValues, #dropTypeDependentFields
  prepare: (object, previous) => {
    const spec = (object as Service).spec;
    if (!previous || !spec || typeof spec !== 'object') return object;
    const kept = keepNodePorts(object as Service, previous as Service);
    return keepClusterIP(kept, (previous as Service).spec);
  },
  // @upstream kubernetes pkg/registry/core/service/strategy.go#SelectableFields
  selectableFields: (object) => {
    const { clusterIP, type } = (object as Service).spec ?? {};
    return { 'spec.clusterIP': clusterIP ?? '', 'spec.type': type ?? '' };
  },
};

const keepClusterIP = (service: Service, before: Service['spec']): Service => {
  const spec = service.spec;
  if (!spec || !before?.clusterIP) return service;
  if (spec.type !== 'ExternalName')
    return spec.clusterIP ? service : { ...service, spec: { ...spec, clusterIP: before.clusterIP } };
  if (before.type === 'ExternalName' || spec.clusterIP !== before.clusterIP) return service;
  const { clusterIP: _address, clusterIPs: _addresses, ipFamilies: _families, ipFamilyPolicy: _policy, ...rest } = spec;
  return { ...service, spec: rest };
};

const secrets: KindStrategy = {
  default: (object) => {
    const secret = object as Secret;
    const { stringData, ...rest } = secret;
    const encoded = Object.entries(stringData ?? {}).map(([name, text]) => [name, encodeBase64(text)] as const);
    return {
      ...rest,
      type: secret.type ?? 'Opaque',
      ...(secret.data || encoded.length > 0 ? { data: { ...secret.data, ...Object.fromEntries(encoded) } } : {}),
    } as Secret;
  },
  validate: (object, previous) => immutableData(object as Secret, previous as Secret | undefined),
  selectableFields: (object) => ({ type: (object as Secret).type ?? '' }),
};

const configMaps: KindStrategy = {
  validate: (object, previous) => immutableData(object as ConfigMap, previous as ConfigMap | undefined),
};

/** Keeps a claim while a pod uses it. */
export const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';

/** Keeps a volume while a claim is bound to it. */
export const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';

const persistentVolumeClaims: KindStrategy = {
  prepare: (object, previous) => {
    if (previous) return object;
    return { ...withFinalizer(withSameSource(object), CLAIM_PROTECTION), status: { phase: 'Pending' } };
  },
};

/** A source within the namespace is the same by both names. @upstream kubernetes pkg/api/persistentvolumeclaim/util.go#NormalizeDataSources */
const withSameSource = (object: KubeObject): KubeObject => {
  const spec = object.spec as Fields | undefined;
  const { dataSource, dataSourceRef } = spec ?? {};
  if (isObject(dataSource) && dataSourceRef === undefined)
    return { ...object, spec: { ...spec, dataSourceRef: dataSource } };
  const isLocal = isObject(dataSourceRef) && !dataSourceRef['namespace'];
  return isLocal && dataSource === undefined ? { ...object, spec: { ...spec, dataSource: dataSourceRef } } : object;
};

const persistentVolumes: KindStrategy = {
  prepare: (object, previous) => (previous ? object : withFinalizer(object, VOLUME_PROTECTION)),
  complete: (object) => ({
    ...object,
    status: { ...(object.status as Fields), lastPhaseTransitionTime: object.metadata.creationTimestamp },
  }),
};

const withFinalizer = (object: KubeObject, name: string): KubeObject => {
  const { finalizers = [] } = object.metadata;
  if (finalizers.includes(name)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, name] } };
};

/** @upstream kubernetes pkg/registry/apps/daemonset/strategy.go, pkg/apis/apps/v1/conversion.go */
const daemonSets: KindStrategy = {
  prepare: (object, previous) => {
    const before = Number(previous?.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    const [wanted, last] = [object, previous].map((set) => (set as DaemonSet | undefined)?.spec);
    const isSame = isEqual(wanted?.template, last?.template) && isEqual(wanted?.updateStrategy, last?.updateStrategy);
    const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(isSame ? before : before + 1) };
    return { ...object, metadata: { ...object.metadata, annotations } };
  },
};

/** Counts the templates a set has had; the API has kept it from its first version. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const events: KindStrategy = {
  selectableFields: (object) => {
    const event = object as CoreEvent;
    const about = event.involvedObject ?? {};
    return {
      'involvedObject.kind': about.kind ?? '',
      'involvedObject.namespace': about.namespace ?? '',
      'involvedObject.name': about.name ?? '',
      'involvedObject.uid': about.uid ?? '',
      'involvedObject.apiVersion': about.apiVersion ?? '',
      'involvedObject.resourceVersion': about.resourceVersion ?? '',
      'involvedObject.fieldPath': about.fieldPath ?? '',
      reason: event.reason ?? '',
      reportingComponent: event.reportingComponent ?? '',
      source: event.source?.component ?? event.reportingComponent ?? '',
      type: event.type ?? '',
    };
  },
};

/** A job selects its own pods by its uid, unless its author chose a selector. @upstream pkg/registry/batch/job/strategy.go#generateSelector */
const withJobSelector = (object: KubeObject): KubeObject => {
  const job = object as Job;
  const { uid = '', name = '' } = job.metadata;
  if (!job.spec || job.spec.manualSelector === true) return job;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const { template } = job.spec;
  const labelled = {
    ...template,
    metadata: { ...template?.metadata, labels: { ...template?.metadata?.labels, ...labels } },
  };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  return { ...job, spec: { ...job.spec, selector, template: labelled } };
};

const jobs: KindStrategy = {
  complete: withJobSelector,
  selectableFields: (object) => ({
    'status.successful': String((object.status as { readonly succeeded?: number } | undefined)?.succeeded ?? 0),
  }),
};

/** Holds a definition until its objects are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

const customResourceDefinitions: KindStrategy = {
  default: (object) => {
    const crd = object as CustomResourceDefinition;
    const names = crd.spec?.names;
    if (!crd.spec || !names) return crd;
    return {
      ...crd,
      spec: {
        conversion: { strategy: 'None' },
        ...crd.spec,
        names: {
          ...names,
          singular: names.singular ?? textOf(names.kind).toLowerCase(),
          listKind: names.listKind ?? (names.kind ? `${names.kind}List` : ''),
        },
      },
    };
  },
  prepare: (object, previous) => {
    const crd = object as CustomResourceDefinition;
    // Who replaces a definition without naming the finalizer does not take it away.
    if (previous) return withStoredVersion(previous.metadata.deletionTimestamp ? crd : withCleanup(crd));
    if (!crd.spec) return crd;
    const stored = crd.spec.versions?.find((version) => version.storage)?.name;
    return {
      ...withCleanup(crd),
      status: {
        // Served from this very write on, so clients that wait for Established need not wait.
        conditions: [
          { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
          {
            type: 'Established',
            status: 'True',
            reason: 'InitialNamesAccepted',
            message: 'the initial names have been accepted',
          },
        ],
        acceptedNames: crd.spec.names,
        storedVersions: stored ? [stored] : [],
      },
    } as CustomResourceDefinition;
  },
};

/** A version objects are stored in stays among those of which there may be some, until somebody has rewritten them. */
const withStoredVersion = (crd: CustomResourceDefinition): CustomResourceDefinition => {
  const stored = crd.spec?.versions?.find((version) => version.storage)?.name;
  const known = crd.status?.storedVersions ?? [];
  if (stored === undefined || known.includes(stored)) return crd;
  return { ...crd, status: { ...crd.status, storedVersions: [...known, stored] } };
};

const withCleanup = (crd: CustomResourceDefinition): CustomResourceDefinition => {
  const finalizers = crd.metadata.finalizers ?? [];
  if (finalizers.includes(CLEANUP_FINALIZER)) return crd;
  return { ...crd, metadata: { ...crd.metadata, finalizers: [...finalizers, CLEANUP_FINALIZER] } };
};

const nodes: KindStrategy = {
  selectableFields: (object) => ({ 'spec.unschedulable': String((object as Node).spec?.unschedulable === true) }),
};

const replicationControllers: KindStrategy = {
  selectableFields: (object) => ({
    'status.replicas': String((object.status as { readonly replicas?: number } | undefined)?.replicas ?? 0),
  }),
};

/** Strategies by storage name; a kind without one has only the generic behaviour. */
export const CORE_STRATEGIES: Readonly<Record<string, KindStrategy>> = {
  '/namespaces': namespaces,
  '/nodes': nodes,
  '/pods': pods,
  '/replicationcontrollers': replicationControllers,
  '/services': services,
  '/secrets': secrets,
  '/configmaps': configMaps,
  '/persistentvolumeclaims': persistentVolumeClaims,
  '/persistentvolumes': persistentVolumes,
  '/events': events,
  'apps/daemonsets': daemonSets,
  'batch/jobs': jobs,
  'certificates.k8s.io/certificatesigningrequests': certificateRequests,
  'apiextensions.k8s.io/customresourcedefinitions': customResourceDefinitions,
};

const immutableData = (
  object: (ConfigMap | Secret) & KubeObject,
  previous: (ConfigMap | Secret) | undefined,
): readonly FieldError[] => {
  if (previous?.immutable !== true) return [];
  const unchanged =
    object.immutable === true &&
    isEqual(object.data ?? {}, previous.data ?? {}) &&
    isEqual((object as ConfigMap).binaryData ?? {}, (previous as ConfigMap).binaryData ?? {});
  return unchanged ? [] : [forbiddenField('data', 'field is immutable when `immutable` is set')];
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const encodeBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
