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

/** What the files of a log hold when a process starts. */
export interface FoundLog {
  /** In order of revision. What the database has seen already is there too, as far as it was not written over. */
  readonly batches: readonly LoggedBatch[];
  /** The file whose records are the older ones. */
  readonly older: 0 | 1;
}

/** What the log is made of. */
export interface WriteAheadLogParts {
  readonly files: readonly [LogFile, LogFile];
  /** The file to write first; what it held is written over. */
  readonly first: 0 | 1;
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
/** Between the first write that is in the log only and the start of applying it, in milliseconds. */
const APPLY_AFTER_MS = 5_000;
/**
 * What is applied was written this long before, in milliseconds. Only while the database does not have a write it says what
 * was there before, which whoever resumes a watch after a crash is told.
 */
const SETTLED_AFTER_MS = 1_000;
/** Between two transactions, in milliseconds, while nobody waits for the end of them. */
const PAUSE_MS = 40;

/** Reads both files. */
export const readLog = ([one, other]: readonly [LogFile, LogFile]): FoundLog => {
  const [first, second] = [decodeRecords(one.read()), decodeRecords(other.read())];
  const latestOf = (batches: readonly LoggedBatch[]): number => batches.at(-1)?.revision ?? 0;
  return {
    batches: [...first, ...second].toSorted((a, b) => a.previous - b.previous),
    older: latestOf(first) <= latestOf(second) ? 0 : 1,
  };
};

/**
 * What the log has and a database of that revision does not, in order. Throws Failure StoreCorrupt when writes are missing
 * between the two: a torn record at the end was never acknowledged, one in the middle was.
 */
export const findUnapplied = (batches: readonly LoggedBatch[], revision: number): readonly LoggedBatch[] => {
  const later = batches.filter((batch) => batch.revision > revision);
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

/** Begins a log at the start of one of its files. What they held must be in the database. */
export const createWriteAheadLog = ({ files, nonce, ...of }: WriteAheadLogParts): WriteAheadLog => {
  const waiting = createWaitingWrites(of.apply, of.clock, of.revision);
  /** Resolve when what each file holds is in the database. */
  const applied = [Promise.resolve(), Promise.resolve()];
  let active: 0 | 1 = of.first;
  let position = 0;
  const makeRoom = async (bytes: number): Promise<void> => {
    if (position === 0 || position + bytes <= (of.fileBytes ?? FILE_BYTES)) return;
    applied[active] = waiting.applySoon();
    active = active === 0 ? 1 : 0;
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
      await files[active].write(bytes, position);
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
        await breath.take(SETTLED_AFTER_MS);
        await apply(writes, to, () => breath.take(PAUSE_MS));
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
  readonly take: (milliseconds: number) => Promise<void>;
  /** While told to, nobody pauses; who does already goes on. */
  skip(isSkipped: boolean): void;
}

const createBreath = (clock: Clock): Breath => {
  let isSkipped = false;
  let goOn = (): void => undefined;
  return {
    take: (milliseconds) =>
      isSkipped
        ? Promise.resolve()
        : new Promise((resolve) => {
            const cancelTimer = clock.setTimer(milliseconds, resolve);
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
