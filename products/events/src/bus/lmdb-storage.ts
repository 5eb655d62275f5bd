/**
 * The durable storage: one LMDB file for all buses of a process.
 *
 * `overlappingSync` is off, so that a transaction's promise resolves after the flush and not before; values are encoded
 * before the transaction begins, because a callback that throws inside one is not rolled back.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { open, type RootDatabase } from 'lmdb';

import { Failure, messageOf } from '@argosy/base';

import type { BusChange, BusStorage, ConsumerRecord, LogEntry, StoredBuses } from './bus-storage.ts';

/** Where the storage is. */
export interface LmdbStorageOptions {
  readonly directory: string;
}

/** Opens or creates the storage. Throws Failure `StoreCorrupt` when the file cannot be read. */
export const openLmdbStorage = (options: LmdbStorageOptions): BusStorage => {
  const file = path.join(options.directory, 'events.mdb');
  try {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const database = open<string, string>({
      path: file,
      encoding: 'string',
      noSubdir: true,
      maxDbs: 2,
      overlappingSync: false,
    });
    return {
      load: () => load(database),
      commit: (changes) => commit(database, changes),
      close: () => database.close(),
    };
  } catch (thrown) {
    throw new Failure(`${file} cannot be opened: ${messageOf(thrown)}; restore it from a copy or remove it`, {
      code: 'StoreCorrupt',
      cause: thrown,
    });
  }
};

const LAST_SEQUENCE = 'last';
const ENTRY = 'event ';
const CONSUMER = 'consumer ';

/** Sequences as text in the order of their numbers. */
const entryPlace = (sequence: number): string => `${ENTRY}${String(sequence).padStart(16, '0')}`;
/** Neither namespaces nor names of objects contain spaces. */
const consumerPlace = (bus: string, name: string): string => `${CONSUMER}${bus} ${name}`;

const load = (database: RootDatabase<string, string>): StoredBuses => {
  const entries: LogEntry[] = [];
  const consumers: { readonly bus: string; readonly name: string; readonly record: ConsumerRecord }[] = [];
  let lastSequence = 0;
  for (const { key: place, value } of database.getRange()) {
    // What lies here was written by `commit`.
    if (place === LAST_SEQUENCE) lastSequence = Number(value);
    else if (place.startsWith(ENTRY)) entries.push(JSON.parse(value) as LogEntry);
    else {
      const [bus = '', ...name] = place.slice(CONSUMER.length).split(' ');
      consumers.push({ bus, name: name.join(' '), record: JSON.parse(value) as ConsumerRecord });
    }
  }
  return { entries, consumers, lastSequence };
};

const commit = async (database: RootDatabase<string, string>, changes: readonly BusChange[]): Promise<void> => {
  const writes = changes.flatMap(toWrites);
  await database.transaction(() => {
    for (const { place, text } of writes) {
      if (text === undefined) void database.remove(place);
      else void database.put(place, text);
    }
  });
};

interface Write {
  readonly place: string;
  /** Absent: remove. */
  readonly text?: string;
}

const toWrites = (change: BusChange): readonly Write[] => {
  switch (change.kind) {
    case 'append':
      return [
        { place: entryPlace(change.entry.sequence), text: JSON.stringify(change.entry) },
        { place: LAST_SEQUENCE, text: String(change.entry.sequence) },
      ];
    case 'drop':
      return [{ place: entryPlace(change.sequence) }];
    case 'putConsumer':
      return [{ place: consumerPlace(change.bus, change.name), text: JSON.stringify(change.record) }];
    case 'removeConsumer':
      return [{ place: consumerPlace(change.bus, change.name) }];
  }
};
