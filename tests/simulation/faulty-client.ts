/**
 * A client whose network is bad: calls are late, fail before or after they took effect, lose conflicts; watches end,
 * repeat themselves or expire. Everything by the seed.
 */
import { delay, Failure, type Clock, type Random } from '@argosy/base';
import type { Client, WatchEvent } from '@argosy/client';
import { ApiStatusError, type KubeObject } from '@argosy/kube';

/** How bad the network is: chances from 0 to 1, delays in milliseconds. */
export interface Faults {
  readonly lost: number;
  /** Lost after it took effect: whoever asked does not know. */
  readonly answerLost: number;
  readonly conflict: number;
  readonly watchDropped: number;
  readonly watchExpired: number;
  readonly eventRepeated: number;
  readonly longestDelayMs: number;
}

/** A network without faults. */
export const NO_FAULTS: Faults = {
  lost: 0,
  answerLost: 0,
  conflict: 0,
  watchDropped: 0,
  watchExpired: 0,
  eventRepeated: 0,
  longestDelayMs: 0,
};

/** Puts a network between a client and its cluster. `faults` is read at each call, so that it can be switched off. */
export const createFaultyClient = (
  deps: { readonly client: Client; readonly clock: Clock; readonly random: Random },
  faults: () => Faults,
): Client => {
  const { client, clock, random } = deps;
  const happens = (chance: number): boolean => chance > 0 && random.next() < chance;
  const unreachable = (): Failure => new Failure('the network lost a call', { code: 'Unreachable', retryable: true });
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    const { lost, answerLost, longestDelayMs } = faults();
    if (longestDelayMs > 0) await delay(clock, random.next() * longestDelayMs);
    if (happens(lost)) throw unreachable();
    const answer = await work();
    if (happens(answerLost)) throw unreachable();
    return answer;
  };
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    if (happens(faults().conflict))
      throw new ApiStatusError(
        'Conflict',
        'the object has been modified; please apply your changes to the latest version',
      );
    return call(work);
  };
  const watch: Client['watch'] = async function* <T extends KubeObject>(
    ...[resource, options]: Parameters<Client['watch']>
  ): AsyncGenerator<WatchEvent<T>> {
    if (happens(faults().watchExpired)) throw new ApiStatusError('Expired', 'too old resource version');
    // The parameters were the caller's own, so the objects are of its type.
    for await (const event of client.watch(resource, options) as AsyncIterable<WatchEvent<T>>) {
      yield event;
      if (happens(faults().eventRepeated)) yield event;
      if (happens(faults().watchDropped)) throw unreachable();
    }
  } as Client['watch'];
  return {
    get: (...args) => call(() => client.get(...args)),
    list: (...args) => call(() => client.list(...args)),
    watch,
    create: (...args) => write(() => client.create(...args)),
    update: (...args) => write(() => client.update(...args)),
    patch: (...args) => write(() => client.patch(...args)),
    delete: (...args) => write(() => client.delete(...args)),
    servedResources: () => client.servedResources(),
    logs: (...args) => client.logs(...args),
  };
};
