/**
 * The durable store: LMDB holds the objects, a log of writes runs ahead of it, memory serves them. A write is acknowledged
 * after its batch was flushed to the log.
 *
 * Rules that come with LMDB here (docs/dependencies.md): `overlappingSync` is off, so that a transaction's promise
 * resolves after the flush and not before; values are encoded before the transaction begins, because a callback that
 * throws inside one is not rolled back.
 */
import { chmodSync } from 'node:fs';
import path from 'node:path';

import { open, type RootDatabase } from 'lmdb';

import { Failure, messageOf, type Clock, type Random } from '@argosy/base';
import type { KubeObject, ObjectKey } from '@argosy/kube';

import { holdDataFolder } from './data-folder.ts';
import { findDatabaseDamage } from './lmdb-file.ts';
import { openLogFile, type LogFile } from './log-file.ts';
import { NONCE_BYTES, type LoggedBatch, type LoggedWrite } from './log-records.ts';
import { createLoggedChanges } from './logged-changes.ts';
import { createJournaledStore } from './journaled-store.ts';
import { createQuickDisk } from './quick-disk.ts';
import { createValueCodec, loadOrCreateKey, type ValueCodec } from './sealed-values.ts';
import { placeOf } from './storable.ts';
import type { EarlierChanges, Journal, JournalEntry, Store } from './store.ts';
import { createWriteAheadLog, findUnapplied, readLog, type WriteAheadLog } from './write-ahead-log.ts';

/** Where the store is. */
export interface LmdbStoreOptions {
  readonly directory: string;
  readonly historyCapacity?: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** LMDB has its own words for what the system says. */
const NO_SPACE = /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/;

/** Key of the latest revision; keys of objects contain spaces. */
const REVISION_KEY = 'revision';

/** Opens or creates a store. Throws Failure: StoreUnwritable, StoreInUse, StoreCorrupt. */
export const openLmdbStore = (options: LmdbStoreOptions): Store => {
  const folder = holdDataFolder(options.directory);
  try {
    const codec = createValueCodec(loadOrCreateKey(path.join(options.directory, 'secrets.key')));
    const database = openDatabase(options.directory);
    const files = openLogFiles(options);
    const found = readLog(files);
    const earlier = recover(database, found.batches, codec);
    const { objects, revision } = load(database, codec);
    const log = createWriteAheadLog({
      files,
      first: found.older,
      revision,
      nonce: Buffer.from(options.random.uuid().replaceAll('-', ''), 'hex').subarray(0, NONCE_BYTES),
      apply: (writes, to, pause) => applyInSlices(database, { writes, revision: to, pause }),
      clock: options.clock,
    });
    const journal = createJournal({ database, log, codec, release: () => folder.release() });
    return createJournaledStore(journal, { objects, revision, historyCapacity: options.historyCapacity, earlier });
  } catch (thrown) {
    folder.release();
    if (thrown instanceof Failure) throw thrown;
    if (NO_SPACE.test(messageOf(thrown)))
      throw new Failure(
        `${options.directory} cannot be written: ${messageOf(thrown)}; make room on its disk and start again`,
        {
          code: 'StoreUnwritable',
          cause: thrown,
        },
      );
    throw new Failure(
      `${options.directory} cannot be read: ${messageOf(thrown)}; restore it from a copy or choose another folder with --data`,
      { code: 'StoreCorrupt', cause: thrown },
    );
  }
};

const openDatabase = (directory: string): RootDatabase<Uint8Array, string> => {
  const file = path.join(directory, 'objects.mdb');
  const damage = findDatabaseDamage(file);
  if (damage !== undefined) throw new Error(`${file} is damaged: ${damage}`);
  const database = open<Uint8Array, string>({
    path: file,
    encoding: 'binary',
    noSubdir: true,
    maxDbs: 2,
    overlappingSync: false,
  });
  chmodSync(file, 0o600);
  return database;
};

const openLogFiles = ({ directory, clock }: LmdbStoreOptions): readonly [LogFile, LogFile] => {
  const disk = createQuickDisk(clock);
  return [
    openLogFile(path.join(directory, 'writes.0.log'), disk),
    openLogFile(path.join(directory, 'writes.1.log'), disk),
  ];
};

/**
 * Gives the database what the log has of before a crash; returns the changes that the log remembers. Throws Failure
 * StoreCorrupt.
 */
const recover = (
  database: RootDatabase<Uint8Array, string>,
  batches: readonly LoggedBatch[],
  codec: ValueCodec,
): ((resource: string) => EarlierChanges) => {
  const revision = revisionOf(database);
  const unapplied = findUnapplied(batches, revision);
  const places = new Set(unapplied.flatMap(({ writes }) => writes.map(({ place }) => place)));
  const replaced = new Map([...places].map((place) => [place, database.get(place)]));
  const last = unapplied.at(-1);
  if (last)
    database.transactionSync(() => {
      for (const { writes } of unapplied) putAll(database, writes);
      putRevision(database, last.revision);
    });
  return createLoggedChanges({
    batches,
    revision: last?.revision ?? revision,
    replaced,
    // What lies in the store was validated when it was written.
    decode: (place, bytes) => codec.decode(place, bytes) as KubeObject,
  });
};

const revisionOf = (database: RootDatabase<Uint8Array, string>): number => {
  const value = database.get(REVISION_KEY);
  return value ? Number(Buffer.from(value).toString('utf8')) : 0;
};

const putAll = (database: RootDatabase<Uint8Array, string>, writes: readonly LoggedWrite[]): void => {
  for (const { place, bytes } of writes) {
    if (bytes) void database.put(place, bytes);
    else void database.remove(place);
  }
};

const putRevision = (database: RootDatabase<Uint8Array, string>, revision: number): void => {
  void database.put(REVISION_KEY, Buffer.from(String(revision), 'utf8'));
};

/** Writes of one transaction: handing them over takes the time of requests, so it is done in pieces. */
const SLICE = 200;

/**
 * The revision goes last: after a crash between two slices the log still has everything from the revision before, and
 * applying it again ends at the same.
 */
const applyInSlices = async (
  database: RootDatabase<Uint8Array, string>,
  {
    writes,
    revision,
    pause,
  }: {
    readonly writes: readonly LoggedWrite[];
    readonly revision: number;
    readonly pause: () => Promise<void>;
  },
): Promise<void> => {
  for (let at = 0; at < writes.length; at += SLICE) {
    if (at > 0) await pause();
    const isLast = at + SLICE >= writes.length;
    await database.transaction(() => {
      putAll(database, writes.slice(at, at + SLICE));
      if (isLast) putRevision(database, revision);
    });
  }
};

const load = (database: RootDatabase<Uint8Array, string>, codec: ValueCodec) => {
  let revision = 0;
  const objects: { readonly resource: string; readonly key: ObjectKey; readonly object: KubeObject }[] = [];
  for (const { key: place, value } of database.getRange()) {
    if (place === REVISION_KEY) {
      revision = Math.max(revision, Number(Buffer.from(value).toString('utf8')));
      continue;
    }
    const [resource = '', namespace = '', ...rest] = place.split(' ');
    const name = rest.join(' ');
    // What lies in the store was validated when it was written.
    const object = codec.decode(place, value) as KubeObject;
    revision = Math.max(revision, Number(object.metadata.resourceVersion ?? 0));
    objects.push({ resource, key: namespace === '' ? { name } : { namespace, name }, object });
  }
  if (!Number.isSafeInteger(revision))
    throw new Failure('the revision of the store is damaged; restore the folder from a copy', { code: 'StoreCorrupt' });
  return { objects, revision };
};

const createJournal = (of: {
  readonly database: RootDatabase<Uint8Array, string>;
  readonly log: WriteAheadLog;
  readonly codec: ValueCodec;
  readonly release: () => void;
}): Journal => ({
  append: (batch) =>
    of.log.append(
      batch.map((entry) => encodeEntry(of.codec, entry)),
      batch.at(-1)?.revision ?? 0,
    ),
  close: async () => {
    try {
      await of.log.close();
      await of.database.close();
    } finally {
      of.release();
    }
  },
});

const encodeEntry = (codec: ValueCodec, entry: JournalEntry): LoggedWrite => {
  const place = placeOf(entry.resource, entry.key);
  const bytes = entry.object && codec.encode(entry.resource, place, entry.object);
  return { place, bytes, isNew: entry.isNew };
};
