/**
 * Pulls one image through the engine, with each of the credentials that fit until one is let in.
 */
import { Failure, isObject, type Clock, type Logger } from '@argosy/base';

import type { PullCredentials } from '../../images/pull-credentials.ts';
import { isEngineStatus, type Engine } from './engine.ts';
import type { ImageReference } from './image-reference.ts';

/** Ports of a pull. */
export interface PullDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often progress of a pull is told, in milliseconds. */
const PROGRESS_MS = 2000;

/** Pulls; throws the registry's last refusal. Without credentials the registry is asked as anybody. */
export const pullImage = async (
  deps: PullDeps,
  reference: ImageReference,
  credentials: readonly PullCredentials[],
): Promise<void> => {
  const tries = credentials.length > 0 ? credentials : [undefined];
  for (const [at, one] of tries.entries()) {
    try {
      return await pullAs(deps, reference, one);
    } catch (thrown) {
      if (at === tries.length - 1 || isUnreached(thrown)) throw thrown;
    }
  }
};

/** Whether the engine got no word from the registry: refusals have statuses of their own. */
export const isUnreached = (thrown: unknown): boolean => !isEngineStatus(thrown, 400, 401, 403, 404);

/** Pulls, telling how far it is. Errors arrive as a status or as a line of the answer. */
const pullAs = async (
  { engine, clock, log }: PullDeps,
  { name, version }: ImageReference,
  credentials: PullCredentials | undefined,
): Promise<void> => {
  const query = { fromImage: name, tag: version };
  const image = `${name}:${version}`;
  const begun = clock.now();
  log.info('pulling image', { image });
  const lines = await engine.stream({
    method: 'POST',
    path: '/images/create',
    query,
    timeoutMs: 0,
    ...(credentials ? { headers: { 'x-registry-auth': toHeader(credentials) } } : {}),
  });
  let toldAt = begun;
  for await (const line of readJsonLines(lines)) {
    if (typeof line['error'] === 'string') throw new Failure(line['error'], { code: 'ErrImagePull', retryable: true });
    if (clock.now() - toldAt < PROGRESS_MS) continue;
    toldAt = clock.now();
    log.info('pulling image', { image, layer: line['id'], status: line['status'], progress: line['progress'] });
  }
  log.info('image pulled', { image, seconds: Math.round((clock.now() - begun) / 1000) });
};

/** @spec https://docs.docker.com/reference/api/engine/#section/Authentication */
const toHeader = ({ place, ...credentials }: PullCredentials): string =>
  Buffer.from(JSON.stringify({ ...credentials, serveraddress: place })).toString('base64url');

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
