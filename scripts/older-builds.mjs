/**
 * Chunks of builds that have had their time. A program loads parts of itself when it first needs them, so one that was
 * started before this build may still ask for chunks of the build before; older ones nobody is owed.
 */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Remembers what the last two builds made, below the folder they were made in. */
const RECORD = 'builds.json';

/**
 * Removes what lies in `chunks` below a folder and belongs neither to the build just made nor to the one before it.
 * `built` names the files of this build, relative to the folder. Without a record of builds everything there counts as
 * the one before.
 */
export const removeOlderBuilds = (folder, built) => {
  const present = listChunks(folder);
  const [last = present, before = []] = readRecord(folder);
  // Building the same again must not push out a build that is really another one.
  const kept = isSame(last, built) ? before : last;
  writeFileSync(path.join(folder, RECORD), JSON.stringify([built, kept]));
  const wanted = new Set([...built, ...kept]);
  for (const file of present) if (!wanted.has(file)) rmSync(path.join(folder, file));
};

const listChunks = (folder) => {
  const chunks = path.join(folder, 'chunks');
  return existsSync(chunks) ? readdirSync(chunks).map((name) => `chunks/${name}`) : [];
};

const readRecord = (folder) => {
  try {
    const record = JSON.parse(readFileSync(path.join(folder, RECORD), 'utf8'));
    return Array.isArray(record) ? record : [];
  } catch {
    // The first build, or one that was cut short: nothing is known of others.
    return [];
  }
};

const isSame = (left, right) => left.length === right.length && new Set([...left, ...right]).size === left.length;
