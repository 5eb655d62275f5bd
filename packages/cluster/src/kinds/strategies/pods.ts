/**
 * Pods: what their author left out, the status they begin with, and what a reported status need not repeat.
 * @upstream kubernetes pkg/registry/core/pod/strategy.go
 */
import type { Pod } from '@argosy/kube';

import { qualityOfService } from '../quality-of-service.ts';
import type { KindStrategy } from '../served-kind.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whether a pod only shows what a node runs by itself. */
export const isMirrorPod = ({ metadata }: Pod): boolean =>
  metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

/** Completes a new pod and whatever its kubelet reports; what a node runs by itself has no account. */
export const pods: KindStrategy = {
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

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
