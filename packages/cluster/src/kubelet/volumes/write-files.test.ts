import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import type { FileSet } from './volume-files.ts';
import { writeFiles } from './write-files.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-volume-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const files = (texts: Readonly<Record<string, string>>, mode = 0o640): FileSet =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { content: Buffer.from(text), mode }]));
const read = (name: string): string => fs.readFileSync(path.join(folder, name), 'utf8');
const inodeOf = (name: string): number => fs.statSync(path.join(folder, name)).ino;

describe('files of a volume', () => {
  it('are replaced as a whole when they differ, and go when they are no more', async () => {
    const first = files({ a: '1', 'deep/b': '2', c: '3' });
    await writeFiles(folder, first);
    const before = [inodeOf('a'), inodeOf('deep/b')];
    const opened = fs.openSync(path.join(folder, 'deep/b'), 'r');
    await writeFiles(folder, files({ a: '1', 'deep/b': 'two' }), first);
    // Who has read half of the old file reads its other half.
    expect(fs.readFileSync(opened, 'utf8')).toBe('2');
    fs.closeSync(opened);
    expect([read('a'), read('deep/b'), fs.existsSync(path.join(folder, 'c'))]).toEqual(['1', 'two', false]);
    expect([inodeOf('a') === before[0], inodeOf('deep/b') === before[1]]).toEqual([true, false]);
    expect(fs.statSync(path.join(folder, 'deep/b')).mode & 0o777).toBe(0o640);
  });
  it('keep the group they were given', async () => {
    if (process.getuid?.() !== 0) return;
    const first = files({ owned: '1' }, 0o600);
    await writeFiles(folder, first);
    fs.chownSync(path.join(folder, 'owned'), 0, 777);
    fs.chmodSync(path.join(folder, 'owned'), 0o660);
    await writeFiles(folder, files({ owned: '2' }, 0o600), first);
    const { gid, mode } = fs.statSync(path.join(folder, 'owned'));
    expect([gid, mode & 0o777]).toEqual([777, 0o660]);
  });
  it('do not leave their folder', async () =>
    expect(writeFiles(folder, files({ '../x': '1' }))).rejects.toThrow('may not leave its volume'));
});
