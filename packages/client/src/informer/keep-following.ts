/**
 * List, watch, and again whenever the watch is lost.
 */
import { delay, messageOf, type Clock, type Logger, type Random } from '@argosy/base';
import { isApiError } from '@argosy/kube';

/** What is done again and again. */
export interface Following {
  /** Lists everything; resolves with the version of the list. */
  readonly relist: () => Promise<string>;
  /** Follows from a version; resolves when the server ends the watch. Tells each version it has come to. */
  readonly follow: (from: string, signal: AbortSignal, onProgress: (version: string) => void) => Promise<void>;
}

/** Waits between attempts after failures: 0.2 s doubling to 30 s, so that a restarting server is met soon and not hammered. */
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 30_000;

/** Follows until the signal aborts. A version that is too old is forgotten, and everything listed anew. */
export const keepFollowing = async (
  deps: { readonly clock: Clock; readonly random: Random; readonly log: Logger },
  { relist, follow }: Following,
  signal: AbortSignal,
): Promise<void> => {
  let version: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      version ??= await relist();
      await follow(version, signal, (next) => {
        version = next;
        failures = 0;
      });
    } catch (thrown) {
      if (signal.aborted) return;
      if (isApiError(thrown, 'Expired', 'Gone')) {
        version = undefined;
        continue;
      }
      failures += 1;
      deps.log.warn('watch interrupted', { error: messageOf(thrown), failures });
      await delay(deps.clock, retryDelay(failures, deps.random), signal);
      continue;
    }
    // A server may end a watch politely; a short pause keeps a broken one from spinning us.
    if (!signal.aborted) await delay(deps.clock, FIRST_RETRY_MS * deps.random.next(), signal);
  }
};

const retryDelay = (failures: number, random: Random): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10)) * (0.75 + random.next() / 2);
