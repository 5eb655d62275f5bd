/**
 * The durable store: LMDB holds the objects, memory serves them. A write is acknowledged after the flush of its batch.
 *
 * Rules that come with LMDB here (docs/dependencies.md): `overlappingSync` is off, so that a transaction's promise
 * resolves after the flush and not before; values are encoded before the transaction begins, because a callback that
 * throws inside one is not rolled back.
 */
import { chmodSync } from 'node:fs';
import path from 'node:path';

import { open, type RootDatabase } from 'lmdb';

import { Failure, messageOf } from '@argosy/base';
import type { KubeObject, ObjectKey } from '@argosy/kube';

import { holdDataFolder } from './data-folder.ts';
import { findDatabaseDamage } from './lmdb-file.ts';
import { createJournaledStore } from './journaled-store.ts';
import { createValueCodec, loadOrCreateKey, type ValueCodec } from './sealed-values.ts';
import type { Journal, JournalEntry, Store } from './store.ts';

/** Where the store is. */
export interface LmdbStoreOptions {
  readonly directory: string;
  readonly historyCapacity?: number;
}

/** Key of the latest revision; keys of objects contain spaces. */
const REVISION_KEY = 'revision';

/** Opens or creates a store. Throws Failure: StoreUnwritable, StoreInUse, StoreCorrupt. */
export const openLmdbStore = (options: LmdbStoreOptions): Store => {
  const folder = holdDataFolder(options.directory);
  try {
    const codec = createValueCodec(loadOrCreateKey(path.join(options.directory, 'secrets.key')));
    const database = openDatabase(options.directory);
    const { objects, revision } = load(database, codec);
    const journal = createLmdbJournal(database, codec, () => folder.release());
    return createJournaledStore(journal, { objects, revision, historyCapacity: options.historyCapacity });
  } catch (thrown) {
    folder.release();
    if (thrown instanceof Failure) throw thrown;
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

const createLmdbJournal = (
  database: RootDatabase<Uint8Array, string>,
  codec: ValueCodec,
  release: () => void,
): Journal => ({
  append: async (batch) => {
    const writes = batch.map((entry) => encodeEntry(codec, entry));
    const last = batch.at(-1);
    await database.transaction(() => {
      for (const { place, bytes } of writes) {
        if (bytes) void database.put(place, bytes);
        else void database.remove(place);
      }
      if (last) void database.put(REVISION_KEY, Buffer.from(String(last.revision), 'utf8'));
    });
  },
  close: async () => {
    await database.close();
    release();
  },
});

const encodeEntry = (
  codec: ValueCodec,
  entry: JournalEntry,
): { readonly place: string; readonly bytes: Uint8Array | undefined } => {
  // Resources and namespaces have no spaces; NUL would be read back as a list by LMDB's key encoding.
  const place = `${entry.resource} ${entry.key.namespace ?? ''} ${entry.key.name}`;
  return { place, bytes: entry.object && codec.encode(entry.resource, place, entry.object) };
};
