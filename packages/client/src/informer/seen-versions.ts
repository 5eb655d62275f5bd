/**
 * How far a cache has come, and who waits for it to come further.
 */
import { onAbort } from '@argosy/base';

/** Versions are compared as numbers, as Kubernetes permits since 1.35. */
export interface SeenVersions {
  /** Everything up to this version is in the cache. */
  progress(resourceVersion: string | undefined): void;
  hasSeen(resourceVersion: string | undefined): boolean;
  /** Resolves when `hasSeen` holds for the version, or when the signal aborts. */
  whenSeen(resourceVersion: string | undefined, signal: AbortSignal): Promise<void>;
}

/** Creates it; nothing has been seen. */
export const createSeenVersions = (): SeenVersions => {
  let seen = 0n;
  const waiters = new Set<{ readonly version: bigint; readonly resolve: () => void }>();
  const hasSeen = (resourceVersion: string | undefined): boolean => (toVersion(resourceVersion) ?? 0n) <= seen;
  return {
    hasSeen,
    progress: (resourceVersion) => {
      const version = toVersion(resourceVersion);
      if (version === undefined || version <= seen) return;
      seen = version;
      for (const waiter of waiters) {
        if (waiter.version <= seen) waiter.resolve();
      }
    },
    whenSeen: (resourceVersion, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || hasSeen(resourceVersion)) return resolve();
        const finish = (): void => {
          waiters.delete(waiter);
          stopListening();
          resolve();
        };
        const waiter = { version: toVersion(resourceVersion) ?? 0n, resolve: finish };
        waiters.add(waiter);
        const stopListening = onAbort(signal, finish);
      }),
  };
};

const toVersion = (resourceVersion: string | undefined): bigint | undefined =>
  resourceVersion !== undefined && /^\d{1,30}$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;
