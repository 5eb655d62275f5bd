/**
 * Images as containers need them: pulled by policy, once for all who wait, with Kubernetes' reasons when that fails.
 * @upstream kubernetes pkg/kubelet/images/image_manager.go#EnsureImageExists
 */
import { Failure, messageOf, type Clock, type Instant, type Logger } from '@argosy/base';

import { findCredentials, type PullCredentials } from '../../images/pull-credentials.ts';
import type { TellPod } from '../../pod-runtime.ts';
import { isEngineStatus, type Engine } from './engine.ts';
import { formatImageReference, parseImageReference, type ImageReference } from './image-reference.ts';
import { isUnreached, pullImage } from './pull-image.ts';

/** What of an image decides how a container runs. */
export interface ImageFacts {
  /** The engine's id of the content. */
  readonly id: string;
  /** `user[:group]` its programs run as; empty for root. */
  readonly user: string;
  /** Signal that asks its program to end. */
  readonly stopSignal: string | undefined;
  readonly sizeBytes: number;
}

/** An image a container wants. */
export interface ImageRequest {
  readonly image: string;
  /** imagePullPolicy of the container. */
  readonly policy: string | undefined;
  readonly podUid: string;
  /** Credentials of the pod, for whatever registries. */
  readonly credentials: readonly PullCredentials[];
  /** Tells the pod's users what is done. */
  readonly tell: TellPod;
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

interface Trouble {
  readonly backOffMs: number;
  readonly until: Instant;
  readonly message: string;
}

/** Creates the store; images others pulled are seen at once. */
export const createImageStore = (engine: Engine, deps: { readonly clock: Clock; readonly log: Logger }): ImageStore => {
  const { clock, log } = deps;
  const pulls = createPulls(engine, deps);
  let offlineUntil = 0;
  /** Deviates: upstream fails here. Without a network its own example manifests, whose tags are `latest`, would not run on
   * a machine that has the images; a registry that answers "no such image" still fails the container. */
  const goOnOffline = (present: ImageFacts, image: string, failure: Failure): ImageFacts => {
    log.warn('registry not reached, images of this machine are used', { image, error: messageOf(failure.cause) });
    offlineUntil = clock.now() + OFFLINE_MS;
    return present;
  };
  return {
    ensure: async (request) => {
      const { image, policy, tell } = request;
      const reference = referenceOf(request);
      const present = await inspectImage(engine, reference);
      const isEnough = !isAlways(policy, reference) || clock.now() < offlineUntil;
      if (present && isEnough) {
        tell('Normal', 'Pulled', `Container image ${JSON.stringify(image)} already present on machine`);
        return present;
      }
      if (policy === 'Never') throw neverPulled(request);
      try {
        return await pulls.pull(reference, request);
      } catch (thrown) {
        const mayGoOn = thrown instanceof Failure && thrown.code === 'ErrImagePull' && isUnreached(thrown.cause);
        if (!present || !mayGoOn) throw thrown;
        pulls.forgive(request);
        return goOnOffline(present, image, thrown);
      }
    },
    forget: pulls.forget,
  };
};

const referenceOf = ({ image, tell }: ImageRequest): ImageReference => {
  const reference = parseImageReference(image);
  if (reference) return reference;
  const message = `image ${JSON.stringify(image)} is no image name: use [registry/]name[:tag][@digest]`;
  tell('Warning', 'InspectFailed', message);
  throw new Failure(message, { code: 'InvalidImageName' });
};

const neverPulled = ({ image, tell }: ImageRequest): Failure => {
  const message = `image "${image}" is not present and its imagePullPolicy is Never: pull it by hand first`;
  tell('Warning', 'ErrImageNeverPull', message);
  return new Failure(message, { code: 'ErrImageNeverPull' });
};

/** Pulls that go on, and those that failed not long ago. */
const createPulls = (engine: Engine, deps: { readonly clock: Clock; readonly log: Logger }) => {
  const pulling = new Map<string, Promise<void>>();
  const troubles = new Map<string, Trouble>();
  const keyOf = ({ podUid, image }: ImageRequest): string => `${podUid}/${image}`;
  /** Who asks for the same with the same credentials waits for the same pull. */
  const pullOnce = (reference: ImageReference, credentials: readonly PullCredentials[]): Promise<void> => {
    const key = JSON.stringify([reference, credentials]);
    const known = pulling.get(key);
    if (known) return known;
    const pull = pullImage({ engine, ...deps }, reference, credentials).finally(() => pulling.delete(key));
    pulling.set(key, pull);
    return pull;
  };
  const fail = (request: ImageRequest, name: string, thrown: unknown): Failure => {
    const before = troubles.get(keyOf(request));
    const backOffMs = Math.min(LONGEST_BACK_OFF_MS, before ? before.backOffMs * 2 : FIRST_BACK_OFF_MS);
    const message = `pull image "${name}": ${messageOf(thrown)}`;
    troubles.set(keyOf(request), { backOffMs, until: deps.clock.now() + backOffMs + SLACK_MS, message });
    request.tell('Warning', 'Failed', `Failed to ${message}`);
    return new Failure(message, { code: 'ErrImagePull', retryable: true, cause: thrown });
  };
  return {
    pull: async (reference: ImageReference, request: ImageRequest): Promise<ImageFacts> => {
      const name = formatImageReference(reference);
      const trouble = troubles.get(keyOf(request));
      if (trouble && deps.clock.now() < trouble.until) {
        request.tell('Normal', 'BackOff', `Back-off pulling image "${name}"`);
        const message = `Back-off pulling image "${name}": ErrImagePull: ${trouble.message}`;
        throw new Failure(message, { code: 'ImagePullBackOff', retryable: true });
      }
      request.tell('Normal', 'Pulling', `Pulling image ${JSON.stringify(request.image)}`);
      const begun = deps.clock.now();
      await pullOnce(reference, findCredentials(request.credentials, reference.name)).catch((thrown: unknown) => {
        throw fail(request, name, thrown);
      });
      troubles.delete(keyOf(request));
      const pulled = await inspectImage(engine, reference);
      if (!pulled) throw fail(request, name, new Error('it was pulled and is not there'));
      const seconds = (deps.clock.now() - begun) / 1000;
      request.tell(
        'Normal',
        'Pulled',
        `Successfully pulled image ${JSON.stringify(request.image)} in ${seconds}s. Image size: ${pulled.sizeBytes} bytes.`,
      );
      return pulled;
    },
    forgive: (request: ImageRequest): void => void troubles.delete(keyOf(request)),
    forget: (podUid: string): void => {
      for (const key of troubles.keys()) if (key.startsWith(`${podUid}/`)) troubles.delete(key);
    },
  };
};

const isAlways = (policy: string | undefined, reference: ImageReference): boolean =>
  policy === undefined ? reference.version === 'latest' : policy === 'Always';

const inspectImage = async (engine: Engine, reference: ImageReference): Promise<ImageFacts | undefined> => {
  const path = `/images/${formatImageReference(reference)}/json`;
  try {
    const found = (await engine.call({ method: 'GET', path })) as {
      readonly Id?: string;
      readonly Size?: number;
      readonly Config?: { readonly User?: string; readonly StopSignal?: string };
    };
    const { User: user = '', StopSignal: stopSignal } = found.Config ?? {};
    return { id: found.Id ?? '', user, stopSignal: stopSignal || undefined, sizeBytes: found.Size ?? 0 };
  } catch (thrown) {
    if (isEngineStatus(thrown, 404)) return undefined;
    throw thrown;
  }
};
