/**
 * Whether a process that holds a folder lives, as the kernel knows it: processes of other containers have ids that say
 * nothing here. LMDB keeps a table of its readers beside a database and clears it when nobody has the database open, which
 * locks of the kernel tell it; they end with their process, however it ends.
 */
import path from 'node:path';

import { open, type RootDatabase } from 'lmdb';

/** A sign of life that others see. */
export interface LifeSign {
  /** Takes it away. Idempotent. */
  end(): void;
}

/** Gives a sign of life in a folder. */
export const showLife = (directory: string): LifeSign => {
  const database = openSign(directory);
  const reading = database.useReadTransaction();
  // The first read is what takes a place among the readers.
  database.get(NOTHING);
  let isEnded = false;
  return {
    end: () => {
      if (isEnded) return;
      isEnded = true;
      reading.done();
      void database.close();
    },
  };
};

/** Whether some process of this machine shows life in a folder. Not to be asked by one that does. */
export const hasLife = (directory: string): boolean => {
  const database = openSign(directory);
  // Nothing is read: a reader with the same id, which containers often have, would take the place of the other one.
  const readers = database.readerList();
  void database.close();
  return !readers.includes(NO_READERS);
};

const NOTHING = 'nothing';
const NO_READERS = 'no active readers';

/** Nothing is ever written to it. */
const openSign = (directory: string): RootDatabase<Uint8Array, string> =>
  open<Uint8Array, string>({
    path: path.join(directory, 'life.mdb'),
    noSubdir: true,
    encoding: 'binary',
    overlappingSync: false,
    mapSize: SIGN_BYTES,
    maxReaders: MOST_READERS,
  });

const SIGN_BYTES = 64 * 1024;
const MOST_READERS = 8;
