/**
 * What a pod says about its node. @spec WF-POD-14, WF-POD-15, WF-SIDE-01, WF-SIDE-02
 * @upstream argo-workflows workflow/controller/operator.go#assessNodeStatus, inferFailedReason
 */
import type { ContainerStatus, Pod } from '@argosy/kube';

import type { NodePhase, NodeStatus } from '../api/kinds.ts';

/** The verdict; `isDaemoned`: the daemon is up. */
export interface PodVerdict {
  readonly phase: NodePhase;
  readonly message: string;
  readonly isDaemoned: boolean;
}

/** Exit code the kubelet gives a container whose inputs or outputs could not be handled; an Argo-level error. */
const SUPERVISOR_EXIT_CODE = 64;
const KILLED = new Set([137, 143]);

/** Assesses. Pure. */
export const assessPod = (
  pod: Pod,
  isDaemon: boolean,
  node: Pick<NodeStatus, 'phase' | 'daemoned'> | undefined,
): PodVerdict => {
  const verdict = (phase: NodePhase, message = '', isDaemoned = false): PodVerdict => ({ phase, message, isDaemoned });
  switch (pod.status?.phase) {
    case 'Succeeded':
      // A daemon that ends by itself has failed its purpose.
      return isDaemon ? verdict('Failed', 'daemon exited before it was stopped') : verdict('Succeeded');
    case 'Failed': {
      const [phase, message] = inferFailure(pod, isDaemon);
      return verdict(phase, message);
    }
    case 'Running':
      if (isDaemon && node?.phase === 'Succeeded') return verdict('Succeeded');
      return verdict('Running', '', isDaemon && areContainersReady(pod));
    case 'Pending':
    case undefined:
      // A pod nobody has looked at yet has no status; one with a status and no phase is broken.
      return pod.status === undefined || pod.status.phase === 'Pending'
        ? verdict('Pending', pendingMessage(pod))
        : verdict('Error', 'pod has no phase');
    default:
      return verdict('Error', `unexpected pod phase: ${pod.status?.phase ?? ''}`);
  }
};

const areContainersReady = (pod: Pod): boolean => {
  const statuses = pod.status?.containerStatuses ?? [];
  return statuses.length > 0 && statuses.every((status) => status.ready);
};

const pendingMessage = (pod: Pod): string => {
  for (const status of [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]) {
    const waiting = status.state?.waiting;
    if (waiting?.reason !== undefined)
      return waiting.message === undefined ? waiting.reason : `${waiting.reason}: ${waiting.message}`;
  }
  return '';
};

const inferFailure = (pod: Pod, isDaemon: boolean): readonly [NodePhase, string] => {
  if (pod.status?.message) return ['Failed', pod.status.message];
  const sidecars = new Set(
    pod.spec?.initContainers?.filter((one) => one.restartPolicy === 'Always').map((one) => one.name),
  );
  // A sidecar is ended when main is over: how it takes that says nothing.
  const inits = (pod.status?.initContainerStatuses ?? []).filter((status) => !sidecars.has(status.name));
  const containers = pod.status?.containerStatuses ?? [];
  const main = containers.filter((status) => status.name === 'main');
  const rest = containers.filter((status) => status.name !== 'main');
  for (const status of [...inits, ...main, ...rest]) {
    const failure = failureOf(status);
    if (failure) return failure;
  }
  const code = main[0]?.state?.terminated?.exitCode;
  if (code === 0 && !isDaemon) return ['Succeeded', ''];
  return [
    'Failed',
    code === undefined ? 'pod failed for an unknown reason' : 'pod failed although its main container exited with 0',
  ];
};

const failureOf = (status: ContainerStatus): readonly [NodePhase, string] | undefined => {
  if (status.state?.waiting)
    return [
      'Error',
      `${status.name}: ${status.state.waiting.reason ?? 'still waiting'}${status.state.waiting.message ? `: ${status.state.waiting.message}` : ''}`,
    ];
  const ended = status.state?.terminated;
  if (!ended || ended.exitCode === 0) return undefined;
  const message = `${status.name}: ${ended.reason ?? 'Error'} (exit code ${ended.exitCode})${ended.message ? `: ${ended.message}` : ''}`;
  if (status.name === 'init' || status.name === 'wait' || status.name === 'supervisor') return ['Error', message];
  if (status.name === 'main')
    return [ended.exitCode === SUPERVISOR_EXIT_CODE && ended.message !== undefined ? 'Error' : 'Failed', message];
  return KILLED.has(ended.exitCode) ? undefined : ['Failed', message];
};
