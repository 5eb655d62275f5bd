/**
 * A store that keeps nothing: for tests, the simulator and `--in-memory`.
 */
import { createJournaledStore } from './journaled-store.ts';
import type { Store } from './store.ts';

/** Creates an empty store in memory; a write is published before its promise resolves. */
export const createMemoryStore = (options: { readonly historyCapacity?: number } = {}): Store =>
  createJournaledStore(undefined, options);
