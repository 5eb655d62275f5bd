/**
 * Group commit: while one batch is being made durable the next one gathers, so that a flush of the disk is shared by all
 * writes that arrived during the flush before.
 *
 *   gathering ─ flush ─▶ durable ─▶ published, all of a batch at once
 */
import { Failure, messageOf } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { Journal, JournalEntry, StoreEvent } from './store.ts';

/** A write on its way to the disk. */
export interface PendingWrite extends JournalEntry {
  /** Its resource and key in one. */
  readonly id: string;
  readonly event: StoreEvent;
  readonly resolve: (object: KubeObject) => void;
  readonly reject: (thrown: unknown) => void;
}

/** Makes writes durable in the order they come. */
export interface GroupCommit {
  /** Set once the journal has failed; every later write is refused with it. */
  readonly failure: Failure | undefined;
  commit(write: PendingWrite): void;
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>;
}

/** Creates it over a journal; without one, writes are published at once. */
export const createGroupCommit = (
  journal: Journal | undefined,
  publish: (batch: readonly PendingWrite[]) => void,
): GroupCommit => {
  let gathering: PendingWrite[] = [];
  let flushing: Promise<void> | undefined;
  let failure: Failure | undefined;
  const fail = (batch: readonly PendingWrite[], thrown: unknown): void => {
    failure = new Failure(
      `the store cannot write: ${messageOf(thrown)}; nothing that was acknowledged is lost: mend that and start again`,
      { code: 'StoreFailed', cause: thrown },
    );
    for (const write of [...batch, ...gathering]) write.reject(failure);
    gathering = [];
  };
  const flush = async (to: Journal): Promise<void> => {
    // Everything that arrives in this turn of the event loop joins the first batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (gathering.length > 0) {
      const batch = gathering;
      gathering = [];
      try {
        await to.append(batch);
      } catch (thrown) {
        return fail(batch, thrown);
      }
      publish(batch);
    }
    // At once and not in a later turn: a write that arrives in between must start the next flush.
    flushing = undefined;
  };
  return {
    get failure() {
      return failure;
    },
    commit: (write) => {
      if (!journal) return publish([write]);
      gathering.push(write);
      flushing ??= flush(journal);
    },
    settled: async () => flushing,
  };
};
