/**
 * Images as containers need them: pulled by policy, once for all who wait, with Kubernetes' reasons when that fails.
 * @upstream kubernetes pkg/kubelet/images/image_manager.go#EnsureImageExists
 */
import { Failure, isObject, messageOf, type Clock, type Instant, type Logger } from '@argosy/base';

import { isEngineStatus, type Engine } from './engine.ts';
import { formatImageReference, parseImageReference, type ImageReference } from './image-reference.ts';

/** What of an image decides how a container runs. */
export interface ImageFacts {
  /** The engine's id of the content. */
  readonly id: string;
  /** `user[:group]` its programs run as; empty for root. */
  readonly user: string;
  /** Signal that asks its program to end. */
  readonly stopSignal: string | undefined;
}

/** An image a container wants. */
export interface ImageRequest {
  readonly image: string;
  /** imagePullPolicy of the container. */
  readonly policy: string | undefined;
  readonly podUid: string;
  /** Whether the pod names secrets for its registry. */
  readonly hasPullSecrets: boolean;
}

/** Gives images. */
export interface ImageStore {
  /**
   * Makes an image present. Throws a Failure InvalidImageName, ErrImageNeverPull, ErrImagePull, or ImagePullBackOff
   * while an earlier failure for the same pod is too recent to try again.
   */
  ensure(request: ImageRequest): Promise<ImageFacts>;
  /** Forgets the troubles of a pod. */
  forget(podUid: string): void;
}

/** @upstream kubernetes pkg/kubelet/kubelet.go#backOffPeriod, MaxImageBackOff */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;
/** Workers come back every ten seconds; without this they would never see the first back-off. */
const SLACK_MS = 1000;
/** How long a registry that was not reached is left alone by those who have the image. */
const OFFLINE_MS = 60_000;
/** How often progress of a pull is told. */
const PROGRESS_MS = 2000;

interface Trouble {
  readonly backOffMs: number;
  readonly until: Instant;
}

/** Creates the store; images others pulled are seen at once. */
export const createImageStore = (engine: Engine, deps: { readonly clock: Clock; readonly log: Logger }): ImageStore => {
  const pulling = new Map<string, Promise<void>>();
  const troubles = new Map<string, Trouble>();
  let offlineUntil = 0;
  const pullOnce = (reference: ImageReference): Promise<void> => {
    const name = formatImageReference(reference);
    const known = pulling.get(name);
    if (known) return known;
    const pull = pullImage(engine, deps, reference).finally(() => pulling.delete(name));
    pulling.set(name, pull);
    return pull;
  };
  const pullOrFail = async (reference: ImageReference, key: string, hasPullSecrets: boolean): Promise<void> => {
    const name = formatImageReference(reference);
    const trouble = troubles.get(key);
    if (trouble && deps.clock.now() < trouble.until)
      throw new Failure(`Back-off pulling image "${name}"`, { code: 'ImagePullBackOff', retryable: true });
    try {
      await pullOnce(reference);
      troubles.delete(key);
    } catch (thrown) {
      const backOffMs = Math.min(LONGEST_BACK_OFF_MS, trouble ? trouble.backOffMs * 2 : FIRST_BACK_OFF_MS);
      troubles.set(key, { backOffMs, until: deps.clock.now() + backOffMs + SLACK_MS });
      const remedy = hasPullSecrets
        ? '; imagePullSecrets are not supported yet by the docker runtime: pull the image by hand first'
        : '';
      const message = `pull image "${name}": ${messageOf(thrown)}${remedy}`;
      throw new Failure(message, { code: 'ErrImagePull', retryable: true, cause: thrown });
    }
  };
  return {
    ensure: async ({ image, policy, podUid, hasPullSecrets }) => {
      const reference = parseImageReference(image);
      if (!reference)
        throw new Failure(`image ${JSON.stringify(image)} is no image name: use [registry/]name[:tag][@digest]`, {
          code: 'InvalidImageName',
        });
      const present = await inspectImage(engine, reference);
      if (present && !isAlways(policy, reference)) return present;
      if (policy === 'Never')
        throw new Failure(`image "${image}" is not present and its imagePullPolicy is Never: pull it by hand first`, {
          code: 'ErrImageNeverPull',
        });
      if (present && deps.clock.now() < offlineUntil) return present;
      try {
        await pullOrFail(reference, `${podUid}/${image}`, hasPullSecrets);
      } catch (thrown) {
        if (!present || !(thrown instanceof Failure) || !isUnreached(thrown)) throw thrown;
        // Deviates: upstream fails here. Without a network its own example manifests, whose tags are `latest`, would
        // not run on a machine that has the images; a registry that answers "no such image" still fails the container.
        deps.log.warn('registry not reached, images of this machine are used', {
          image,
          error: messageOf(thrown.cause),
        });
        offlineUntil = deps.clock.now() + OFFLINE_MS;
        troubles.delete(`${podUid}/${image}`);
        return present;
      }
      const pulled = await inspectImage(engine, reference);
      if (pulled) return pulled;
      throw new Failure(`image "${image}" was pulled and is not there`, { code: 'ErrImagePull', retryable: true });
    },
    forget: (podUid) => {
      for (const key of troubles.keys()) if (key.startsWith(`${podUid}/`)) troubles.delete(key);
    },
  };
};

const isAlways = (policy: string | undefined, reference: ImageReference): boolean =>
  policy === undefined ? reference.version === 'latest' : policy === 'Always';

/** Whether the engine got no word from the registry: refusals have statuses of their own. */
const isUnreached = ({ code, cause }: Failure): boolean =>
  code === 'ErrImagePull' && !isEngineStatus(cause, 400, 401, 403, 404);

const inspectImage = async (engine: Engine, reference: ImageReference): Promise<ImageFacts | undefined> => {
  const path = `/images/${formatImageReference(reference)}/json`;
  try {
    const found = (await engine.call({ method: 'GET', path })) as {
      readonly Id?: string;
      readonly Config?: {
        readonly User?: string;
        readonly StopSignal?: string;
      };
    };
    const { User: user = '', StopSignal: stopSignal } = found.Config ?? {};
    return { id: found.Id ?? '', user, stopSignal: stopSignal || undefined };
  } catch (thrown) {
    if (isEngineStatus(thrown, 404)) return undefined;
    throw thrown;
  }
};

/** Pulls, telling how far it is. Errors arrive as a status or as a line of the answer. */
const pullImage = async (
  engine: Engine,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  { name, version }: ImageReference,
): Promise<void> => {
  const query = { fromImage: name, tag: version };
  const image = `${name}:${version}`;
  const begun = clock.now();
  log.info('pulling image', { image });
  const lines = await engine.stream({ method: 'POST', path: '/images/create', query, timeoutMs: 0 });
  let toldAt = begun;
  for await (const line of readJsonLines(lines)) {
    if (typeof line['error'] === 'string') throw new Failure(line['error'], { code: 'ErrImagePull', retryable: true });
    if (clock.now() - toldAt < PROGRESS_MS) continue;
    toldAt = clock.now();
    log.info('pulling image', { image, layer: line['id'], status: line['status'], progress: line['progress'] });
  }
  log.info('image pulled', { image, seconds: Math.round((clock.now() - begun) / 1000) });
};

async function* readJsonLines(chunks: AsyncIterable<Buffer>): AsyncIterable<Readonly<Record<string, unknown>>> {
  let pending = '';
  for await (const chunk of chunks) {
    const lines = (pending + chunk.toString('utf8')).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() === '') continue;
      const parsed = JSON.parse(line) as unknown;
      if (isObject(parsed)) yield parsed;
    }
  }
}
