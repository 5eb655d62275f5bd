import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSystemClock } from '@argosy/base';

import { removeLeftovers, withinLimit } from './mirror-size.ts';

const clock = createSystemClock();
const limit = { mostBytes: 10_000, setting: 'some.setting' };

describe('the size of a mirror', () => {
  let mirror: string;
  const pack = (name: string): string => path.join(mirror, 'objects', 'pack', name);
  const write = (name: string, bytes: number): Promise<void> => writeFile(pack(name), Buffer.alloc(bytes));

  beforeEach(async () => {
    mirror = await mkdtemp(path.join(os.tmpdir(), 'argosy-mirror-'));
    await mkdir(path.join(mirror, 'objects', 'pack'), { recursive: true });
    await mkdir(path.join(mirror, 'refs', 'heads'), { recursive: true });
  });
  afterEach(() => rm(mirror, { recursive: true, force: true }));

  it('ends a fetch that grows over the limit, and frees the disk of a mirror that was never whole', async () => {
    const grow = async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted) {
        await appendFile(pack('tmp_pack_1'), Buffer.alloc(3_000));
        await setTimeout(5);
      }
      throw new Error('ended');
    };
    await expect(withinLimit({ mirror, limit, clock }, grow)).rejects.toMatchObject({
      code: 'TooLarge',
      retryable: false,
      message:
        'the repository is larger than the 9.8 KiB that a mirror may take; raise some.setting, or use a smaller repository',
    });
    expect(existsSync(mirror)).toBe(false);
  });

  it('keeps what was there before, and refuses without a fetch while it is too large', async () => {
    await write('old.pack', 6_000);
    await expect(withinLimit({ mirror, limit, clock }, () => write('new.pack', 6_000))).rejects.toMatchObject({
      code: 'TooLarge',
    });
    expect(await readdir(path.dirname(pack('x')))).toEqual(expect.arrayContaining(['old.pack']));
    let hasRun = false;
    const run = async (): Promise<void> => void (hasRun = true);
    await expect(withinLimit({ mirror, limit, clock }, run)).rejects.toMatchObject({ code: 'TooLarge' });
    expect(hasRun).toBe(false);
    await withinLimit({ mirror, limit: { ...limit, mostBytes: 20_000 }, clock }, run);
    expect(hasRun).toBe(true);
  });

  it('tells what went wrong when that was not the size', async () => {
    await expect(withinLimit({ mirror, limit, clock }, () => Promise.reject(new Error('away')))).rejects.toThrow(
      'away',
    );
  });

  it('is freed of half packs, and of locks that nobody holds', async () => {
    const locks = [path.join(mirror, 'packed-refs.lock'), path.join(mirror, 'refs', 'heads', 'main.lock')];
    await write('tmp_pack_1', 10);
    await write('whole.pack', 10);
    const leave = async (owner: number): Promise<void> => {
      for (const lock of locks) await writeFile(lock, '');
      await writeFile(path.join(mirror, 'gc.pid'), `${owner} host`);
    };
    await leave(process.pid);
    await removeLeftovers(mirror);
    expect([await readdir(path.dirname(pack('x'))), locks.filter((lock) => existsSync(lock)).length]).toEqual([
      ['whole.pack'],
      2,
    ]);
    await leave(0x7ffffffe);
    await removeLeftovers(mirror);
    expect(locks.filter((lock) => existsSync(lock))).toEqual([]);
  });
});
