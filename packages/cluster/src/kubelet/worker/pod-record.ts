/**
 * What is known of one pod, and its way into the pod's status.
 */
import { delay, isEqual, messageOf, toTimestamp, type Instant } from '@argosy/base';
import { isApiError, keyOf, PODS, type ContainerState, type Pod, type PodStatus } from '@argosy/kube';

import { containerStatusesOf } from '../pod-containers.ts';
import { computePodStatus, rejectedStatus, type ContainerFacts } from '../status/compute-pod-status.ts';
import type { KubeletDeps } from './kubelet-deps.ts';

/** Why a pod as a whole failed. */
export interface PodFailure {
  readonly reason: string;
  readonly message: string;
}

/** Keeps what is known; each change is written, in order, until the API has it. */
export interface PodRecord {
  /** What is known of a container. */
  of(container: string): ContainerFacts | undefined;
  /** Changes what is known of a container; resolves when the status says so. */
  note(container: string, change: Partial<ContainerFacts>): Promise<void>;
  /** Begins a container anew without telling of it yet. */
  restart(container: string, facts: ContainerFacts): void;
  /** Address of the pod, once it has one. */
  readonly podIP: string | undefined;
  /** The address the runtime gave it while this program runs; what its status says anybody may have written. */
  readonly ownAddress: string | undefined;
  setAddress(podIP: string): void;
  fail(failure: PodFailure): void;
  /** Nothing of the pod is ever run; resolves when the status says so. */
  reject(why: PodFailure): Promise<void>;
  /** Nothing runs and nothing will be started; resolves when the status says so. */
  settle(): Promise<void>;
  /** Resolves when everything noted so far is written. */
  readonly written: Promise<void>;
  /** Removes the pod from the API; resolves when it is gone. */
  remove(): Promise<void>;
  /** Ends all attempts to write. */
  abandon(): void;
}

type Terminated = NonNullable<ContainerState['terminated']>;
const RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;

/** Begins the record of a pod with what an earlier run of this program wrote. */
export const createPodRecord = (deps: KubeletDeps, pod: Pod): PodRecord => {
  const containers = new Map<string, ContainerFacts>(recoverFacts(deps, pod));
  const giveUp = new AbortController();
  let podIP = pod.status?.podIP;
  let ownAddress: string | undefined;
  let settled = false;
  let failure: PodFailure | undefined;
  let rejection: PodFailure | undefined;
  let written: Promise<void> = Promise.resolve();
  const write = (): Promise<void> =>
    writeStatus(deps, pod, (current, now) => {
      // What ends because this program ends is no news of the pod: the next run goes on with what is written.
      if (giveUp.signal.aborted) return undefined;
      return rejection
        ? rejectedStatus(current, rejection, now)
        : computePodStatus(current, { containers, podIP, settled, failure }, now);
    });
  const publish = (): Promise<void> =>
    (written = written.then(() => untilDone(deps, pod, { what: 'pod status not written', work: write, giveUp })));
  return {
    of: (container) => containers.get(container),
    note: (container, change) => {
      const known = containers.get(container) ?? { state: {}, restartCount: 0, ready: false, started: false };
      containers.set(container, { ...known, ...change });
      return publish();
    },
    restart: (container, facts) => void containers.set(container, facts),
    get podIP() {
      return podIP;
    },
    get ownAddress() {
      return ownAddress;
    },
    setAddress: (address) => {
      podIP = address;
      ownAddress = address;
      void publish();
    },
    fail: (why) => {
      failure = why;
    },
    reject: (why) => {
      rejection = why;
      return publish();
    },
    settle: () => {
      settled = true;
      return publish();
    },
    get written() {
      return written;
    },
    remove: () => untilDone(deps, pod, { what: 'pod not removed', work: () => removePod(deps, pod), giveUp }),
    abandon: () => giveUp.abort(),
  };
};

const writeStatus = async (
  { client, clock }: KubeletDeps,
  pod: Pod,
  statusOf: (current: Pod, now: Instant) => PodStatus | undefined,
): Promise<void> => {
  const current = await client.get(PODS, keyOf(pod));
  if (current.metadata.uid !== pod.metadata.uid) return;
  const status = statusOf(current, clock.now());
  if (status && !isEqual(status, current.status))
    await client.update(PODS, { ...current, status }, { subresource: 'status' });
};

const removePod = async ({ client }: KubeletDeps, pod: Pod): Promise<void> => {
  try {
    const preconditions = { uid: pod.metadata.uid ?? '' };
    await client.delete(PODS, keyOf(pod), { gracePeriodSeconds: 0, preconditions });
  } catch (thrown) {
    if (!isApiError(thrown, 'Conflict')) throw thrown;
    // Ours is gone when somebody else has the name now.
    if ((await client.get(PODS, keyOf(pod))).metadata.uid === pod.metadata.uid) throw thrown;
  }
};

/** Tries until it is done: what happened to a pod must be known, however long the API is away. */
const untilDone = async (
  { clock, log }: KubeletDeps,
  pod: Pod,
  of: { readonly what: string; readonly work: () => Promise<void>; readonly giveUp: AbortController },
): Promise<void> => {
  const { signal } = of.giveUp;
  for (let waitMs = RETRY_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
    try {
      return await of.work();
    } catch (thrown) {
      if (isApiError(thrown, 'NotFound')) return;
      if (isApiError(thrown, 'Conflict')) continue;
      log.warn(`${of.what}; trying again`, { pod: pod.metadata.name, error: messageOf(thrown) });
      await delay(clock, waitMs, signal);
    }
  }
};

/** What an earlier run of this program wrote; containers it left running were taken over, or have been ended since. */
const recoverFacts = (deps: KubeletDeps, pod: Pod): readonly (readonly [string, ContainerFacts])[] =>
  containerStatusesOf(pod).flatMap((status) => {
    if (status.state?.running && deps.isTakenOver?.(pod.metadata.uid ?? '', status.name)) {
      const { state, lastState = {}, restartCount, ready, started = false, containerID = '' } = status;
      return [[status.name, { state, lastState, restartCount, ready, started, containerID }] as const];
    }
    const lost: Terminated = {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
      ...(status.state?.running?.startedAt ? { startedAt: status.state.running.startedAt } : {}),
      finishedAt: toTimestamp(deps.clock.now()),
    };
    const ended = status.state?.running ? lost : (status.state?.terminated ?? status.lastState?.terminated);
    if (!ended) return [];
    const facts: ContainerFacts = {
      state: { terminated: ended },
      ...(status.lastState ? { lastState: status.lastState } : {}),
      restartCount: status.restartCount,
      ready: false,
      started: false,
      ...(status.containerID ? { containerID: status.containerID } : {}),
    };
    return [[status.name, facts] as const];
  });
