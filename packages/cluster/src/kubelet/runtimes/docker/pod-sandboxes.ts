/**
 * The sandboxes of pods: started before the first container, kept while containers come and go, ended when nothing of
 * the pod runs any more. Their address stays the pod's until the pod is removed.
 */
import { Failure, isObject, messageOf, type Clock, type Logger } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import { HOST_IP } from '../../status/compute-pod-status.ts';
import { LABELS, toEngineName, type InstanceLabels, type ListedContainer } from './container-labels.ts';
import { createAnew, removeContainer } from './engine-containers.ts';
import type { EngineFacts } from './engine-facts.ts';
import { isEngineStatus, type Engine } from './engine.ts';
import { buildPauseArchive, PAUSE_IMAGE, PAUSE_PROGRAM } from './pause-image.ts';
import { createPodNetwork } from './pod-network.ts';
import { toSandboxConfig, usesHostNetwork } from './sandbox-config.ts';

/** Keeps sandboxes. */
export interface PodSandboxes {
  /** The pod's address; the same until it is removed. */
  addressOf(pod: Pod): Promise<string>;
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
/** Addresses tried before the engine's complaint is taken for another. */
const MOST_TRIES = 3;

/** Creates the keeper; nothing happens before the first pod. */
export const createPodSandboxes = (deps: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly instance: InstanceLabels;
  readonly facts: () => Promise<EngineFacts>;
}): PodSandboxes => {
  const { engine, clock, log } = deps;
  const network = createPodNetwork(engine);
  const holders = new Map<string, number>();
  const endings = new Map<string, () => void>();
  const ids = new Map<string, string>();
  const turns = new Map<string, Promise<unknown>>();
  let imaging: Promise<void> | undefined;

  /** One after the other per pod: an end and a start of the same sandbox must not cross. */
  const inTurn = <T>(podUid: string, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(podUid) ?? Promise.resolve()).then(work, work);
    turns.set(
      podUid,
      turn.catch(() => undefined),
    );
    return turn;
  };
  const start = async (pod: Pod): Promise<string> => {
    const uid = pod.metadata.uid ?? '';
    const known = ids.get(uid);
    if (known !== undefined && (await isStarted(engine, known))) return known;
    ids.delete(uid);
    imaging ??= ensurePauseImage(engine, deps.facts).catch((thrown: unknown) => {
      imaging = undefined;
      throw thrown;
    });
    await imaging;
    const id = await createSandbox(pod);
    ids.set(uid, id);
    return id;
  };
  const createSandbox = async (pod: Pod): Promise<string> => {
    const uid = pod.metadata.uid ?? '';
    for (let tries = 1; ; tries += 1) {
      const podIP = await addressOf(pod);
      const body = toSandboxConfig(pod, { instance: deps.instance, podIP });
      const id = await createAnew(engine, toEngineName(pod, 'POD'), body);
      try {
        await engine.call({ method: 'POST', path: `/containers/${id}/start` });
        return id;
      } catch (thrown) {
        await removeContainer(engine, id);
        if (tries === MOST_TRIES || usesHostNetwork(pod)) throw thrown;
        await network.replace(uid);
      }
    }
  };
  const addressOf = async (pod: Pod): Promise<string> =>
    usesHostNetwork(pod) ? HOST_IP : network.take(pod.metadata.uid ?? '');
  const end = (podUid: string): Promise<void> =>
    inTurn(podUid, async () => {
      const id = ids.get(podUid);
      if (id === undefined || (holders.get(podUid) ?? 0) > 0) return;
      ids.delete(podUid);
      await removeContainer(engine, id).catch((thrown: unknown) =>
        log.warn('sandbox not ended', { id, error: messageOf(thrown) }),
      );
    });
  const keepAwake = (podUid: string): void => {
    endings.get(podUid)?.();
    endings.delete(podUid);
  };
  const adopt = (podUid: string): void => {
    holders.set(podUid, (holders.get(podUid) ?? 0) + 1);
    keepAwake(podUid);
  };
  return {
    addressOf,
    adopt,
    hold: async (pod) => {
      const uid = pod.metadata.uid ?? '';
      adopt(uid);
      try {
        return await inTurn(uid, () => start(pod));
      } catch (thrown) {
        const message = `create the sandbox of pod ${pod.metadata.name ?? ''}: ${messageOf(thrown)}`;
        throw new Failure(message, { code: 'CreatePodSandboxError', retryable: true, cause: thrown });
      }
    },
    release: async (podUid, when) => {
      const left = Math.max(0, (holders.get(podUid) ?? 0) - 1);
      holders.set(podUid, left);
      if (left > 0) return;
      keepAwake(podUid);
      if (when === 'now') return end(podUid);
      endings.set(
        podUid,
        clock.setTimer(IDLE_MS, () => void end(podUid)),
      );
    },
    recover: ({ Id: id, Labels: labels }) => {
      const uid = labels[LABELS.podUid] ?? '';
      ids.set(uid, id);
      const address = labels[LABELS.podIP];
      if (address !== undefined) network.keep(uid, address);
    },
    forget: (podUid) => {
      keepAwake(podUid);
      holders.delete(podUid);
      ids.delete(podUid);
      turns.delete(podUid);
      network.release(podUid);
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

const ensurePauseImage = async (engine: Engine, facts: () => Promise<EngineFacts>): Promise<void> => {
  try {
    await engine.call({ method: 'GET', path: `/images/${PAUSE_IMAGE}/json` });
    return;
  } catch (thrown) {
    if (!isEngineStatus(thrown, 404)) throw thrown;
  }
  const { architecture } = await facts();
  const [repo, tag] = PAUSE_IMAGE.split(':');
  const changes = `ENTRYPOINT ["${PAUSE_PROGRAM}"]`;
  const answer = await engine.call({
    method: 'POST',
    path: '/images/create',
    query: { fromSrc: '-', repo, tag, changes },
    body: buildPauseArchive(architecture),
  });
  // Podman gives the image no tag by itself.
  const id = isObject(answer) ? answer['status'] : undefined;
  if (typeof id === 'string') await engine.call({ method: 'POST', path: `/images/${id}/tag`, query: { repo, tag } });
};
