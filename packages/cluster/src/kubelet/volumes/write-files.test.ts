import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import type { FileSet } from './volume-files.ts';
import { giveToGroup } from './volume-group.ts';
import { writeFiles } from './write-files.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-volume-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
let folder = '';
beforeEach(() => (folder = fs.mkdtempSync(path.join(root, 'v-'))));

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const files = (texts: Readonly<Record<string, string>>, mode = 0o640): FileSet =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { content: Buffer.from(text), mode }]));
const write = (set: FileSet) => writeFiles(folder, set, NOW);
const at = (name: string): string => path.join(folder, name);
const read = (name: string): string => fs.readFileSync(at(name), 'utf8');
const link = (name: string): string => fs.readlinkSync(at(name));
const names = (): readonly string[] => fs.readdirSync(folder).toSorted();

describe('files of a volume', () => {
  it('lie behind ..data, in a folder that says when it was made', async () => {
    await write(files({ a: '1', 'deep/er/b': '2' }));
    expect([link('a'), link('deep')]).toEqual(['..data/a', '..data/deep']);
    expect(link('..data')).toMatch(/^\.\.2026_01_02_03_04_05\.\w+$/);
    expect(names()).toEqual([link('..data'), '..data', 'a', 'deep'].toSorted());
    expect([read('a'), read('deep/er/b')]).toEqual(['1', '2']);
    expect(fs.statSync(at('deep/er/b')).mode & 0o777).toBe(0o640);
    expect(fs.statSync(at('..data/deep/er')).mode & 0o777).toBe(0o755);
  });

  it('all change at once, and go when they are no more', async () => {
    await write(files({ a: '1', 'deep/b': '2', c: '3' }));
    const before = link('..data');
    const opened = fs.openSync(at('deep/b'), 'r');
    await write(files({ a: '1', 'deep/b': 'two', d: '4' }));
    // Who has read half of the old file reads its other half.
    expect(fs.readFileSync(opened, 'utf8')).toBe('2');
    fs.closeSync(opened);
    expect(link('..data')).not.toBe(before);
    expect(names()).toEqual([link('..data'), '..data', 'a', 'd', 'deep'].toSorted());
    expect([read('a'), read('deep/b'), read('d')]).toEqual(['1', 'two', '4']);
  });

  it('are left alone as long as they are the same, also by the next program', async () => {
    await write(files({ a: '1', 'deep/b': '2' }));
    const before = link('..data');
    await write(files({ 'deep/b': '2', a: '1' }));
    expect(link('..data')).toBe(before);
    await write(files({ 'deep/b': '2', a: '1' }, 0o600));
    expect(link('..data')).not.toBe(before);
    expect(fs.statSync(at('a')).mode & 0o777).toBe(0o600);
  });

  it('a watcher sees ..data turn over, with every name behind it', async () => {
    await write(files({ a: '1' }));
    const watcher = fs.watch(folder);
    const turned = new Promise<string>((resolve) => {
      watcher.on('change', (_, name) => (name === '..data' ? resolve(read('a')) : undefined));
    });
    await write(files({ a: '2' }));
    expect(await turned).toBe('2');
    watcher.close();
  });

  it('take the place of what an earlier layout or a crash left; what mounts made stays', async () => {
    fs.writeFileSync(at('a'), 'plain');
    fs.mkdirSync(at('deep'));
    fs.writeFileSync(at('deep/b'), 'plain');
    fs.mkdirSync(at('mounted'));
    fs.mkdirSync(at('..2025_01_01_00_00_00.crash'));
    fs.symlinkSync('..2025_01_01_00_00_00.crash', at('..data_tmp'));
    await write(files({ a: '1', 'deep/b': '2' }));
    expect(names()).toEqual([link('..data'), '..data', 'a', 'deep', 'mounted'].toSorted());
    expect([read('a'), read('deep/b')]).toEqual(['1', '2']);
  });

  it.skipIf(process.getuid?.() !== 0)('keep the group they were given', async () => {
    await write(files({ owned: '1' }, 0o400));
    await giveToGroup(folder, { group: 777, readOnly: true });
    const before = link('..data');
    await write(files({ owned: '1' }, 0o400));
    expect(link('..data')).toBe(before);
    await write(files({ owned: '2' }, 0o400));
    const { gid, mode } = fs.statSync(at('owned'));
    expect([read('owned'), gid, mode & 0o777]).toEqual(['2', 777, 0o440]);
  });

  it.each(['../x', '/x', 'a/../../x', '..data', '..data/x', '..x'])('are not named %s', async (name) => {
    await write(files({ a: '1' }));
    await expect(write(files({ a: '2', [name]: '1' }))).rejects.toMatchObject({ code: 'FailedMount' });
    expect([read('a'), fs.existsSync(path.join(root, 'x'))]).toEqual(['1', false]);
  });
});
