import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
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
    expect(readdirSync(directory).toSorted()).toEqual(['format', 'life.mdb', 'life.mdb-lock', 'lock']);
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

  it('is not taken from who lives and takes long to write down that they have it', async () => {
    const module = new URL('./folder-life.ts', import.meta.url).href;
    const script = `import { showLife } from ${JSON.stringify(module)};
      showLife(process.argv[1]); console.log('alive'); setInterval(() => undefined, 1_000);`;
    writeFileSync(lock, '');
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script, directory];
    const slow = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await new Promise((resolve) => slow.stdout.once('data', resolve));
      expect(() => holdDataFolder(directory)).toThrow('in use by a process that begins');
      expect(readFileSync(lock, 'utf8')).toBe('');
    } finally {
      const ended = new Promise((resolve) => slow.once('exit', resolve));
      slow.kill('SIGKILL');
      await ended;
    }
    holdDataFolder(directory).release();
  }, 60_000);
});

/** Makes processes among others, as containers do; not everybody may. */
const APART = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;
const isApartPossible = spawnSync(APART[0], [...APART.slice(1), 'true']).status === 0;

describe.skipIf(!isApartPossible)('a data folder that containers share', () => {
  const MODULE = new URL('./data-folder.ts', import.meta.url).pathname;
  /** Says `held`, or why not, and keeps the folder until it is ended. */
  const SCRIPT = `import { holdDataFolder } from ${JSON.stringify(MODULE)};
    try { holdDataFolder(process.argv[1]); console.log('held'); setInterval(() => undefined, 1_000); }
    catch (thrown) { console.log(thrown.message); process.exit(1); }`;
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  /** Every one of them has the id 1 among its own. */
  const holdApart = async (): Promise<{ readonly said: string; readonly child: ChildProcess }> => {
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', SCRIPT, directory];
    const child = spawn(APART[0], [...APART.slice(1), ...node], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    const said = await new Promise<string>((resolve) =>
      child.stdout.once('data', (part: Buffer) => resolve(part.toString())),
    );
    return { said: said.trim(), child };
  };

  it('is held by one of them, and by the next when that one was killed', { timeout: 60_000 }, async () => {
    const first = await holdApart();
    expect(first.said).toBe('held');
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect((await holdApart()).said).toContain('in use by process 1 of another container; stop it or choose another');
    expect(() => holdDataFolder(directory)).toThrow('in use by process 1 of another container');
    const ended = new Promise((resolve) => first.child.once('exit', resolve));
    first.child.kill('SIGKILL');
    await ended;
    const next = await holdApart();
    expect(next.said).toBe('held');
  });
});

const startOf = (): string => {
  const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};
