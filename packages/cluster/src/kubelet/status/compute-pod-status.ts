/**
 * What a pod's status says, from what is known of its containers. Pure.
 * @upstream kubernetes pkg/kubelet/kubelet_pods.go#getPhase, pkg/kubelet/status/generate.go
 */
import { toTimestamp, type Instant } from '@argosy/base';
import {
  withCondition,
  type Condition,
  type Container,
  type ContainerState,
  type ContainerStatus,
  type Pod,
  type PodStatus,
} from '@argosy/kube';

import { ephemeralContainersOf } from '../pod-containers.ts';

/** What is known of one container. */
export interface ContainerFacts {
  readonly state: ContainerState;
  readonly lastState?: ContainerState;
  readonly restartCount: number;
  readonly ready: boolean;
  readonly started: boolean;
  readonly containerID?: string;
}

/** What is known of a pod. */
export interface PodFacts {
  /** By container name; a container that is absent has not been looked at. */
  readonly containers: ReadonlyMap<string, ContainerFacts>;
  readonly podIP: string | undefined;
  /** Set once nothing of the pod runs and nothing will be started again. */
  readonly settled: boolean;
  /** Why the pod as a whole failed, e.g. DeadlineExceeded. */
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
}

/** Address of the node. */
export const HOST_IP = '127.0.0.1';

/** Whether an init container keeps running beside the others. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** The complete status; conditions other parties set are kept. */
export const computePodStatus = (pod: Pod, facts: PodFacts, now: Instant): PodStatus => {
  const spec = pod.spec ?? { containers: [] };
  const { initContainers = [], containers } = spec;
  const ephemeral = ephemeralContainersOf(spec);
  const phase = phaseOf(pod, facts);
  const isInitialized = initContainersDone(pod, facts);
  return {
    ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}),
    phase,
    conditions: conditionsOf(pod, facts, { phase, isInitialized }).reduce<readonly Condition[]>(
      (all, next) => withCondition(all, next, now),
      pod.status?.conditions ?? [],
    ),
    ...(facts.failure && phase === 'Failed' ? facts.failure : {}),
    hostIP: HOST_IP,
    hostIPs: [{ ip: HOST_IP }],
    ...(facts.podIP === undefined ? {} : { podIP: facts.podIP, podIPs: [{ ip: facts.podIP }] }),
    startTime: pod.status?.startTime ?? toTimestamp(now),
    ...(initContainers.length > 0 ? { initContainerStatuses: initContainers.map((one) => statusOf(one, facts)) } : {}),
    containerStatuses: containers.map((one) =>
      statusOf(one, facts, isInitialized ? 'ContainerCreating' : 'PodInitializing'),
    ),
    ...(ephemeral.length > 0
      ? { ephemeralContainerStatuses: ephemeral.map((one) => statusOf(one, facts, 'ContainerCreating')) }
      : {}),
  };
};

/** The status of a pod of which nothing is ever run. */
export const rejectedStatus = (pod: Pod, why: PodFacts['failure'], now: Instant): PodStatus => ({
  ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}),
  phase: 'Failed',
  ...(pod.status?.conditions ? { conditions: pod.status.conditions } : {}),
  ...why,
  startTime: pod.status?.startTime ?? toTimestamp(now),
});

type Unstamped = Omit<Condition, 'lastTransitionTime'>;

const conditionsOf = (
  pod: Pod,
  facts: PodFacts,
  { phase, isInitialized }: { readonly phase: PodStatus['phase']; readonly isInitialized: boolean },
): readonly Unstamped[] => {
  const hasEnded = phase === 'Succeeded' || phase === 'Failed';
  const unready = [...(pod.spec?.initContainers ?? []).filter(isSidecar), ...(pod.spec?.containers ?? [])]
    .filter(({ name }) => facts.containers.get(name)?.ready !== true)
    .map(({ name }) => name);
  const containersReady = readiness(hasEnded ? phase : undefined, unready);
  return [
    { type: 'PodScheduled', status: 'True' },
    { type: 'PodReadyToStartContainers', status: facts.podIP !== undefined && !hasEnded ? 'True' : 'False' },
    isInitialized || phase === 'Succeeded'
      ? { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) }
      : {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${incompleteInits(pod, facts).join(' ')}]`,
        },
    containersReady,
    readyCondition(pod, containersReady),
  ];
};

/** A pod is ready when its containers are, and whoever has a say in it agrees. */
const readyCondition = ({ spec, status }: Pod, containersReady: Unstamped): Unstamped => {
  const closed = (spec?.readinessGates ?? []).flatMap(({ conditionType: gate }) => {
    const found = status?.conditions?.find(({ type }) => type === gate);
    if (found?.status === 'True') return [];
    return found
      ? [`the status of pod readiness gate ${JSON.stringify(gate)} is not "True", but ${found.status}`]
      : [`corresponding condition of pod readiness gate ${JSON.stringify(gate)} does not exist.`];
  });
  if (containersReady.status !== 'True' || closed.length === 0) return { ...containersReady, type: 'Ready' };
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: closed.join(', ') };
};

const readiness = (ended: 'Succeeded' | 'Failed' | undefined, unready: readonly string[]): Unstamped => {
  const type = 'ContainersReady';
  if (ended === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (ended === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  if (unready.length === 0) return { type, status: 'True' };
  return {
    type,
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  };
};

const statusOf = (container: Container, facts: PodFacts, waiting = 'PodInitializing'): ContainerStatus => {
  const known = facts.containers.get(container.name);
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: known?.containerID ? (container.image ?? '') : '',
    ready: known?.ready ?? false,
    started: known?.started ?? false,
    restartCount: known?.restartCount ?? 0,
    state: known?.state ?? { waiting: { reason: waiting } },
    lastState: known?.lastState ?? {},
    ...(known?.containerID ? { containerID: known.containerID } : {}),
  };
};

/** Whether every init container has done its part once: what became of a sidecar after the others began takes nothing back. */
const initContainersDone = (pod: Pod, facts: PodFacts): boolean =>
  incompleteInits(pod, facts).length === 0 ||
  (pod.spec?.containers ?? []).some(({ name }) => hasBegun(facts.containers.get(name)));

const hasBegun = (known: ContainerFacts | undefined): boolean =>
  known?.state.running !== undefined ||
  known?.state.terminated !== undefined ||
  known?.lastState?.terminated !== undefined;

const incompleteInits = (pod: Pod, facts: PodFacts): readonly string[] =>
  (pod.spec?.initContainers ?? [])
    .filter((container) => {
      const known = facts.containers.get(container.name);
      return isSidecar(container) ? known?.started !== true : known?.state.terminated?.exitCode !== 0;
    })
    .map(({ name }) => name);

const phaseOf = (pod: Pod, facts: PodFacts): NonNullable<PodStatus['phase']> => {
  if (facts.failure && facts.settled) return 'Failed';
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const inits = (pod.spec?.initContainers ?? []).filter((container) => !isSidecar(container));
  const initFailed = inits.some(({ name }) => (facts.containers.get(name)?.state.terminated?.exitCode ?? 0) !== 0);
  if (initFailed && policy === 'Never' && facts.settled) return 'Failed';
  const all = (pod.spec?.containers ?? []).map(({ name }) => facts.containers.get(name));
  const ends = all.map((known) => known?.state.terminated ?? known?.lastState?.terminated);
  if (all.some((known, at) => known?.state.running === undefined && ends[at] === undefined)) return 'Pending';
  if (all.some((known) => known?.state.terminated === undefined) || !facts.settled) return 'Running';
  if (ends.every((end) => end?.exitCode === 0)) return 'Succeeded';
  return 'Failed';
};
