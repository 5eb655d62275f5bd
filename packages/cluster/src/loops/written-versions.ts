/**
 * "Write, then wait to see it": a loop that creates objects under random names must not decide again from a
 * cache that has not seen them yet, or it would create them twice.
 */
import type { Informer } from '@argosy/client';
import type { KubeObject } from '@argosy/kube';

/** The newest version each key's last round wrote. */
export interface WrittenVersions {
  /** Notes what a write for this key returned. */
  note(key: string, written: KubeObject): void;
  /** Resolves when the informer has caught up with what was written for this key. */
  caughtUp(key: string, signal: AbortSignal): Promise<void>;
}

/** Creates the memory of one loop for one informer. */
export const createWrittenVersions = <T extends KubeObject>(informer: Informer<T>): WrittenVersions => {
  const versions = new Map<string, string>();
  return {
    note: (key, written) => {
      if (written.metadata.resourceVersion) versions.set(key, written.metadata.resourceVersion);
    },
    caughtUp: async (key, signal) => {
      const version = versions.get(key);
      if (version === undefined) return;
      await informer.whenSeen(version, signal);
      if (versions.get(key) === version) versions.delete(key);
    },
  };
};
