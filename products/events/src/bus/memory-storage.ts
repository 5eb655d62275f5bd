/**
 * Storage that keeps everything in memory: for `--in-memory` platforms and tests. It may be opened again after a close,
 * which is what a restart looks like.
 */
import type { BusStorage, ConsumerRecord, LogEntry } from './bus-storage.ts';

/** Creates an empty storage. */
export const createMemoryStorage = (): BusStorage => {
  const entries = new Map<number, LogEntry>();
  const consumers = new Map<string, { readonly bus: string; readonly name: string; readonly record: ConsumerRecord }>();
  let lastSequence = 0;
  const place = (of: { readonly bus: string; readonly name: string }): string => JSON.stringify([of.bus, of.name]);
  return {
    load: () => ({
      entries: [...entries.values()].sort((left, right) => left.sequence - right.sequence),
      consumers: [...consumers.values()],
      lastSequence,
    }),
    commit: (changes) => {
      for (const change of changes) {
        switch (change.kind) {
          case 'append':
            entries.set(change.entry.sequence, change.entry);
            lastSequence = Math.max(lastSequence, change.entry.sequence);
            break;
          case 'drop':
            entries.delete(change.sequence);
            break;
          case 'putConsumer':
            consumers.set(place(change), { bus: change.bus, name: change.name, record: change.record });
            break;
          case 'removeConsumer':
            consumers.delete(place(change));
            break;
        }
      }
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
};
