import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { holdDataFolder } from './data-folder.ts';

let directory: string;
let lock: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'argosy-folder-'));
  lock = path.join(directory, 'lock');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** No process has it: the largest id is smaller. */
const NOBODY = 2 ** 30;

describe('a data folder', () => {
  it.each([
    { left: JSON.stringify({ pid: NOBODY, started: '1' }), by: 'a killed process' },
    { left: JSON.stringify({ pid: process.pid, started: '1' }), by: 'one of before whose id is used again' },
    { left: '', by: 'one killed while it wrote' },
    { left: '{"pid":', by: 'one killed while it wrote on' },
  ])('is taken when its lock was left by $by', ({ left }) => {
    writeFileSync(lock, left);
    const folder = holdDataFolder(directory);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(directory).toSorted()).toEqual(['format', 'lock']);
    expect(statSync(path.join(directory, 'format')).mode & 0o777).toBe(0o600);
    folder.release();
  });

  it('is not taken twice', () => {
    const folder = holdDataFolder(directory);
    expect(() => holdDataFolder(directory)).toThrow(`in use by process ${process.pid}`);
    folder.release();
    holdDataFolder(directory).release();
  });

  it('is not taken from who is just writing down that they have it', async () => {
    writeFileSync(lock, '');
    const text = JSON.stringify({ pid: process.pid, started: startOf() });
    const writing = new Worker(
      `setTimeout(() => require('node:fs').writeFileSync(${JSON.stringify(lock)}, ${JSON.stringify(text)}), 20)`,
      { eval: true },
    );
    await new Promise((resolve) => writing.once('online', resolve));
    expect(() => holdDataFolder(directory)).toThrow(`in use by process ${process.pid}`);
    await writing.terminate();
  });
});

const startOf = (): string => {
  const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};
