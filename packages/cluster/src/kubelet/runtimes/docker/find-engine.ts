/**
 * Finds an engine that answers.
 */
import { resolveEngineAddresses } from './engine-address.ts';
import { createEngine, type Engine } from './engine.ts';

/** Longest wait for all candidates together, in milliseconds: half of what a start of the platform may take. */
export const ENGINE_TIMEOUT_MS = 500;

/**
 * The first engine, in the order of addresses, that answers a ping within the time; `undefined` when none does. All are
 * asked at once. Throws a Failure InvalidEngineAddress for a DOCKER_HOST that cannot work.
 */
export const findDockerEngine = async (
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs: number = ENGINE_TIMEOUT_MS,
): Promise<Engine | undefined> => {
  const engines = resolveEngineAddresses(env).map(createEngine);
  const signal = AbortSignal.timeout(timeoutMs);
  const answers = await Promise.all(engines.map((engine) => doesAnswer(engine, signal)));
  return engines[answers.indexOf(true)];
};

const doesAnswer = async (engine: Engine, signal: AbortSignal): Promise<boolean> => {
  try {
    await engine.call({ method: 'GET', path: '/_ping', signal });
    return true;
  } catch {
    // Absent, not permitted, or not answering: each means that this one cannot run pods.
    return false;
  }
};
