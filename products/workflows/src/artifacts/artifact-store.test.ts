import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSystemRandom } from '@argosy/base';

import { openArtifactFolder, type ArtifactStore } from './artifact-store.ts';

describe('the artifact store', () => {
  let folder: string;
  let store: ArtifactStore;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-artifacts-'));
    store = openArtifactFolder({ random: createSystemRandom() }, path.join(folder, 'store'));
    await mkdir(path.join(folder, 'out', 'deep'), { recursive: true });
    await writeFile(path.join(folder, 'out', 'a.txt'), 'a');
    await writeFile(path.join(folder, 'out', 'deep', 'b.txt'), 'b');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const read = (...parts: string[]) => readFile(path.join(folder, ...parts), 'utf8');

  it('keeps a folder without an archive as a file for each key', async () => {
    await store.save('wf/parts/', path.join(folder, 'out'), 'file');
    expect(await store.load('wf/parts/deep/b.txt', path.join(folder, 'in.txt'))).toBe(true);
    expect(await read('in.txt')).toBe('b');
  });

  it('gives everything below a key as a folder, whoever saved it', async () => {
    await store.save('wf/results/1.txt', path.join(folder, 'out', 'a.txt'), 'file');
    await store.save('wf/results/2.txt', path.join(folder, 'out', 'deep', 'b.txt'), 'file');
    await store.save('wf/resultsX/3.txt', path.join(folder, 'out', 'a.txt'), 'file');
    expect(await store.load('wf/results', path.join(folder, 'all'))).toBe(true);
    expect([await read('all', '1.txt'), await read('all', '2.txt')]).toEqual(['a', 'b']);
    await expect(read('all', '3.txt')).rejects.toThrow('ENOENT');
  });

  it('packs a folder into one key, of which a part may be taken', async () => {
    await store.save('k', path.join(folder, 'out'), 'tar');
    expect(await store.load('k', path.join(folder, 'part'), 'deep/b.txt')).toBe(true);
    expect(await read('part')).toBe('b');
    expect(await store.load('k', path.join(folder, 'none'), '../../../etc/passwd')).toBe(false);
  });

  it('gives the bytes of whoever saved last', async () => {
    await store.save('k', path.join(folder, 'out', 'a.txt'), 'file');
    await store.save('k/', path.join(folder, 'out', 'deep', 'b.txt'), 'file');
    const kept = await store.open('k');
    const parts: Uint8Array[] = [];
    for await (const part of kept?.chunks ?? []) parts.push(part);
    expect([kept?.form, Buffer.concat(parts).toString()]).toEqual(['file', 'b']);
  });

  it('says when there is nothing', async () => {
    expect(await store.open('nowhere')).toBeUndefined();
    expect(await store.load('nowhere', path.join(folder, 'x'))).toBe(false);
  });
});
