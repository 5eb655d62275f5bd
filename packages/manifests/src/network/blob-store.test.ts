import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock } from '@argosy/base';

import { createFolderBlobStore, createMemoryBlobStore, digestOf, type BlobStore } from './blob-store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-blobs-'));
});
afterAll(() => rm(folder, { recursive: true }));

const clock = createVirtualClock(Date.now());
const aFolderStore = (name: string, bytes?: number): BlobStore =>
  createFolderBlobStore(
    { random: createSeededRandom(1), clock },
    { directory: path.join(folder, name), ...(bytes && { bytes }) },
  );
const keyOf = (text: string, owner = ''): { readonly digest: string; readonly owner: string } => ({
  digest: digestOf(Buffer.from(text)),
  owner,
});
const textIn = async (store: BlobStore, text: string, owner?: string): Promise<string | undefined> => {
  const data = await store.read(keyOf(text, owner));
  return data && Buffer.from(data).toString();
};

describe.each<readonly [string, () => BlobStore]>([
  ['in memory', () => createMemoryBlobStore()],
  ['in a folder', () => aFolderStore('common')],
])('a store %s', (_name, create) => {
  it('gives back what its owner put in', async () => {
    const store = create();
    await store.write(keyOf('mine', 'me'), Buffer.from('mine'));
    expect([
      await textIn(store, 'mine', 'me'),
      await textIn(store, 'mine', 'you'),
      await textIn(store, 'none'),
    ]).toEqual(['mine', undefined, undefined]);
  });
});

describe('a store in a folder', () => {
  it('does not believe what was changed behind its back', async () => {
    const store = aFolderStore('changed');
    await store.write(keyOf('true'), Buffer.from('true'));
    const [file = ''] = await readdir(path.join(folder, 'changed'));
    await writeFile(path.join(folder, 'changed', file), 'false');
    expect(await textIn(store, 'true')).toBeUndefined();
  });

  it('lets go what was used longest ago', async () => {
    const store = aFolderStore('small', 25);
    for (const text of ['first-ten.', 'second-ten']) await store.write(keyOf(text), Buffer.from(text));
    clock.advance(60_000);
    expect(await textIn(store, 'first-ten.')).toBe('first-ten.');
    await store.write(keyOf('third-ten.'), Buffer.from('third-ten.'));
    expect([await textIn(store, 'first-ten.'), await textIn(store, 'second-ten')]).toEqual(['first-ten.', undefined]);
  });

  it('is no reason to fail when it cannot be written', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const store = aFolderStore('file/below');
    await store.write(keyOf('x'), Buffer.from('x'));
    expect(await textIn(store, 'x')).toBeUndefined();
  });
});
