/**
 * The sandboxes of pods: started before the first container, kept while containers come and go, ended when nothing of
 * the pod runs any more. Their address stays the pod's until the pod is removed.
 */
import { Failure, messageOf, type Clock, type Logger } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import { LABELS, type ListedContainer } from './container-labels.ts';
import { removeContainer } from './engine-containers.ts';
import { isEngineStatus, type Engine } from './engine.ts';
import { createPodNetwork } from './pod-network.ts';
import { createSandboxCreation, type SandboxCreation, type SandboxCreationDeps } from './sandbox-creation.ts';

/** Keeps sandboxes. */
export interface PodSandboxes {
  /** The pod's address; the same until it is removed. */
  addressOf(pod: Pod): Promise<string>;
  /** The pod's files of names that are not the engine's: texts by their paths. */
  nameFilesOf(pod: Pod): Promise<Readonly<Record<string, string>>>;
  /** Address of this machine that pods reach. */
  bridgeAddress(): Promise<string>;
  /** Name of the image sandboxes are made of, once it is there. */
  image(): Promise<string>;
  /**
   * Makes the sandbox run and returns its id. Throws a Failure CreatePodSandboxError, e.g. when a host port is taken.
   * Each call is followed by one `release`, failed ones too.
   */
  hold(pod: Pod): Promise<string>;
  /** One container less; after the last the sandbox ends, at once or after a short while in which another may start. */
  release(podUid: string, when: 'now' | 'soon'): Promise<void>;
  /** As `hold`, for a container that runs in it already. */
  adopt(podUid: string): void;
  /** Takes note of a sandbox from before a restart. */
  recover(container: ListedContainer): void;
  /** Forgets the pod; its containers are removed by the caller. */
  forget(podUid: string): void;
}

/** How long an idle sandbox stays: longer than between two init containers or before the first restart. */
const IDLE_MS = 1000;

/** Ports of the keeper. */
export interface PodSandboxesDeps extends Omit<SandboxCreationDeps, 'network'> {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Creates the keeper; nothing happens before the first pod. */
export const createPodSandboxes = (deps: PodSandboxesDeps): PodSandboxes => {
  const network = createPodNetwork(deps.engine);
  const creation = createSandboxCreation({ ...deps, network });
  const started = createStartedSandboxes(deps, creation);
  const holders = createHolders(deps.clock, started.end);
  return {
    addressOf: (pod) => creation.addressOf(pod),
    nameFilesOf: (pod) => creation.nameFilesOf(pod),
    bridgeAddress: () => network.bridge(),
    image: () => creation.image(),
    adopt: holders.add,
    hold: async (pod) => {
      holders.add(pod.metadata.uid ?? '');
      try {
        return await started.start(pod);
      } catch (thrown) {
        const message = `create the sandbox of pod ${pod.metadata.name ?? ''}: ${messageOf(thrown)}`;
        throw new Failure(message, { code: 'CreatePodSandboxError', retryable: true, cause: thrown });
      }
    },
    release: holders.remove,
    recover: ({ Id: id, Labels: labels }) => {
      const uid = labels[LABELS.podUid] ?? '';
      started.note(uid, id);
      const address = labels[LABELS.podIP];
      if (address !== undefined) network.keep(uid, address);
    },
    forget: (podUid) => {
      holders.forget(podUid);
      started.forget(podUid);
      network.release(podUid);
    },
  };
};

/** Counts a pod's containers; when the last has gone the sandbox ends. */
const createHolders = (clock: Clock, end: (podUid: string, isIdle: () => boolean) => Promise<void>) => {
  const counts = new Map<string, number>();
  const endings = new Map<string, () => void>();
  const keepAwake = (podUid: string): void => {
    endings.get(podUid)?.();
    endings.delete(podUid);
  };
  const endIfIdle = (podUid: string): Promise<void> => end(podUid, () => (counts.get(podUid) ?? 0) === 0);
  return {
    add: (podUid: string): void => {
      counts.set(podUid, (counts.get(podUid) ?? 0) + 1);
      keepAwake(podUid);
    },
    remove: async (podUid: string, when: 'now' | 'soon'): Promise<void> => {
      const left = Math.max(0, (counts.get(podUid) ?? 0) - 1);
      counts.set(podUid, left);
      if (left > 0) return;
      keepAwake(podUid);
      if (when === 'now') return endIfIdle(podUid);
      endings.set(
        podUid,
        clock.setTimer(IDLE_MS, () => void endIfIdle(podUid)),
      );
    },
    forget: (podUid: string): void => {
      keepAwake(podUid);
      counts.delete(podUid);
    },
  };
};

/** The sandboxes the engine has. One thing after the other per pod: an end and a start of the same sandbox must not cross. */
const createStartedSandboxes = ({ engine, log }: PodSandboxesDeps, creation: SandboxCreation) => {
  const ids = new Map<string, string>();
  const turns = new Map<string, Promise<unknown>>();
  const inTurn = <T>(podUid: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(podUid) ?? Promise.resolve()).then(work, work);
    turns.set(
      podUid,
      turn.catch(() => undefined),
    );
    return turn;
  };
  return {
    start: (pod: Pod): Promise<string> => {
      const uid = pod.metadata.uid ?? '';
      return inTurn(uid, async () => {
        const known = ids.get(uid);
        if (known !== undefined && (await isStarted(engine, known))) return known;
        ids.delete(uid);
        const id = await creation.create(pod);
        ids.set(uid, id);
        return id;
      });
    },
    end: (podUid: string, isIdle: () => boolean): Promise<void> =>
      inTurn(podUid, async () => {
        const id = ids.get(podUid);
        if (id === undefined || !isIdle()) return;
        ids.delete(podUid);
        await removeContainer(engine, id).catch((thrown: unknown) =>
          log.warn('sandbox not ended', { id, error: messageOf(thrown) }),
        );
      }),
    note: (podUid: string, id: string): void => void ids.set(podUid, id),
    forget: (podUid: string): void => {
      ids.delete(podUid);
      turns.delete(podUid);
    },
  };
};

/** Whether the sandbox runs, started again when it had ended. */
const isStarted = async (engine: Engine, id: string): Promise<boolean> => {
  try {
    await engine.call({ method: 'POST', path: `/containers/${id}/start` });
    return true;
  } catch (thrown) {
    if (isEngineStatus(thrown, 404)) return false;
    throw thrown;
  }
};
