/**
 * The log of writes that runs ahead of the database. A batch is durable once its record is in the log, which costs one
 * write and one flush; into the database it goes later, together with others, and what was written twice goes once.
 *
 *   batch ─ record ─ flush ─▶ durable ─ … ─▶ applied to the database ─▶ its file of the log is used again
 *
 * Two files take turns: one grows while what the other holds is applied. After a crash the records that the database has not
 * seen are applied first. Design: docs/design/2026-11-28-write-ahead-log.md.
 */
import { Failure, messageOf, type Clock } from '@argosy/base';

import type { LogFile } from './log-file.ts';
import { decodeRecords, encodeBeginning, encodeRecord, type LoggedBatch, type LoggedWrite } from './log-records.ts';

/**
 * Gives a database writes, in one transaction or several; all of them are durable when it resolves. Between two transactions
 * it waits for `pause`: what is being written to the log meanwhile uses the same disk.
 */
export type ApplyWrites = (
  writes: readonly LoggedWrite[],
  revision: number,
  pause: () => Promise<void>,
) => Promise<void>;

/** The log, opened and empty: what it held is in the database. */
export interface WriteAheadLog {
  /** Resolves when the batch is on disk. One at a time; a rejection is final. */
  append(writes: readonly LoggedWrite[], revision: number): Promise<void>;
  /** Applies what is left. Rejects when that fails; then the log still has it. */
  close(): Promise<void>;
}

/** What the log is made of. */
export interface WriteAheadLogParts {
  readonly files: readonly [LogFile, LogFile];
  /** Latest revision in the database, what the log held included. */
  readonly revision: number;
  /** Random bytes, NONCE_BYTES of them, that tell the records of this log from all others. */
  readonly nonce: Uint8Array;
  readonly apply: ApplyWrites;
  readonly clock: Clock;
  /** Size at which a file gives way to the other; default 4 MiB: some thousand writes, replayed in some ten milliseconds. */
  readonly fileBytes?: number;
}

const FILE_BYTES = 4 * 1024 * 1024;
/** Longest that a write is in the log only, in milliseconds. */
const APPLY_AFTER_MS = 5_000;
/** Between two transactions, in milliseconds, while nobody waits for the end of them. */
const PAUSE_MS = 40;

/**
 * What the log has and a database of that revision does not, in order. Throws Failure StoreCorrupt when writes are missing
 * between the two: a torn record at the end was never acknowledged, one in the middle was.
 */
export const findUnapplied = (files: readonly LogFile[], revision: number): readonly LoggedBatch[] => {
  const later = files
    .flatMap((file) => decodeRecords(file.read()))
    .filter((batch) => batch.revision > revision)
    .toSorted((a, b) => a.previous - b.previous);
  let latest = revision;
  for (const batch of later) {
    if (batch.previous !== latest)
      throw new Failure(
        `the log of writes is damaged: what was written between revisions ${latest} and ${batch.previous} is missing; restore the folder from a copy`,
        { code: 'StoreCorrupt' },
      );
    latest = batch.revision;
  }
  return later;
};

/** Begins a log at the start of its files. */
export const createWriteAheadLog = ({ files, nonce, ...of }: WriteAheadLogParts): WriteAheadLog => {
  const waiting = createWaitingWrites(of.apply, of.clock, of.revision);
  /** Resolve when what each file holds is in the database. */
  const applied = [Promise.resolve(), Promise.resolve()];
  let active = 0;
  let position = 0;
  const makeRoom = async (bytes: number): Promise<void> => {
    if (position === 0 || position + bytes <= (of.fileBytes ?? FILE_BYTES)) return;
    applied[active] = waiting.applySoon();
    active = 1 - active;
    position = 0;
    await waiting.hurry(applied[active]);
  };
  return {
    append: async (writes, to) => {
      waiting.throwIfFailed();
      const record = encodeRecord(nonce, { previous: waiting.revision, revision: to, writes });
      await makeRoom(record.byteLength);
      waiting.throwIfFailed();
      const bytes = position === 0 ? Buffer.concat([encodeBeginning(nonce), record]) : record;
      const file = files[active] ?? files[0];
      await file.write(bytes, position);
      position += bytes.byteLength;
      waiting.add(writes, to);
    },
    close: async () => {
      await waiting.hurry(waiting.applySoon());
      for (const file of files) file.close();
      waiting.throwIfFailed();
    },
  };
};

interface WaitingWrites {
  readonly revision: number;
  add(writes: readonly LoggedWrite[], revision: number): void;
  /** Applies all there is; resolves when that is done or has failed. */
  applySoon(): Promise<void>;
  /** Waits for what `applySoon` gave, without pauses meanwhile. */
  hurry(applied: Promise<void> | undefined): Promise<void>;
  throwIfFailed(): void;
}

/** Writes that are in the log and not yet in the database; the newest of each place. */
const createWaitingWrites = (apply: ApplyWrites, clock: Clock, start: number): WaitingWrites => {
  let revision = start;
  let newest = new Map<string, LoggedWrite>();
  let applying = Promise.resolve();
  let cancelTimer: (() => void) | undefined;
  let failure: Failure | undefined;
  const breath = createBreath(clock);
  const applySoon = (): Promise<void> => {
    cancelTimer?.();
    cancelTimer = undefined;
    if (newest.size === 0) return applying;
    const writes = [...newest.values()];
    const to = revision;
    newest = new Map();
    applying = applying.then(async () => {
      // What failed stays in the log, and nothing after it may overtake it.
      if (failure) return;
      try {
        await apply(writes, to, breath.take);
      } catch (thrown) {
        failure = new Failure(`the database cannot be written: ${messageOf(thrown)}`, {
          code: 'StoreFailed',
          cause: thrown,
        });
      }
    });
    return applying;
  };
  return {
    get revision() {
      return revision;
    },
    add: (writes, to) => {
      for (const write of writes) newest.set(write.place, write);
      revision = to;
      cancelTimer ??= clock.setTimer(APPLY_AFTER_MS, () => void applySoon());
    },
    applySoon,
    hurry: async (applied) => {
      breath.skip(true);
      await applied;
      breath.skip(false);
    },
    throwIfFailed: () => {
      if (failure) throw failure;
    },
  };
};

interface Breath {
  readonly take: () => Promise<void>;
  /** While told to, nobody pauses; who does already goes on. */
  skip(isSkipped: boolean): void;
}

const createBreath = (clock: Clock): Breath => {
  let isSkipped = false;
  let goOn = (): void => undefined;
  return {
    take: () =>
      isSkipped
        ? Promise.resolve()
        : new Promise((resolve) => {
            const cancelTimer = clock.setTimer(PAUSE_MS, resolve);
            goOn = () => {
              cancelTimer();
              resolve();
            };
          }),
    skip: (skips) => {
      isSkipped = skips;
      if (skips) goOn();
    },
  };
};
