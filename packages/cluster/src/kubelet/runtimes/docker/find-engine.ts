/**
 * Finds an engine that answers.
 */
import { messageOf } from '@argosy/base';

import { resolveEngineAddresses } from './engine-address.ts';
import { createEngine, type Engine } from './engine.ts';

/** What was found; `why` names every address that was tried and what came of it. */
export type FoundEngine =
  | { readonly kind: 'found'; readonly engine: Engine }
  | { readonly kind: 'absent'; readonly why: string };

/** Longest wait for all candidates together, in milliseconds: half of what a start of the platform may take. */
const ENGINE_TIMEOUT_MS = 500;

/**
 * The first engine, in the order of addresses, that answers a ping within `timeoutMs` (500 by default). All are asked at
 * once. Throws a Failure InvalidEngineAddress for a DOCKER_HOST that cannot work.
 */
export const findDockerEngine = async (
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs: number = ENGINE_TIMEOUT_MS,
): Promise<FoundEngine> => {
  const engines = resolveEngineAddresses(env).map(createEngine);
  const signal = AbortSignal.timeout(timeoutMs);
  const troubles = await Promise.all(engines.map((engine) => askEngine(engine, signal)));
  const engine = engines[troubles.indexOf(undefined)];
  return engine ? { kind: 'found', engine } : { kind: 'absent', why: troubles.join('; ') };
};

/** What keeps an engine from being used; `undefined` when it answers. */
const askEngine = async (engine: Engine, signal: AbortSignal): Promise<string | undefined> => {
  try {
    await engine.call({ method: 'GET', path: '/_ping', signal });
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
};
