import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { prepareHostPath } from './host-path.ts';

let folder: string;
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'argosy-host-path-'));
  await fs.writeFile(path.join(folder, 'file'), 'kept');
});
afterAll(() => fs.rm(folder, { recursive: true }));
const kindOf = async (name: string): Promise<string> => {
  const found = await fs.stat(path.join(folder, name)).catch(() => undefined);
  return found === undefined ? 'nothing' : found.isDirectory() ? 'folder' : 'file';
};

describe('a place of the machine', () => {
  it.each([
    { name: 'a/new', type: undefined, kind: 'folder' },
    { name: 'b/new', type: 'DirectoryOrCreate', kind: 'folder' },
    { name: 'made', type: 'FileOrCreate', kind: 'file' },
    { name: 'file', type: 'FileOrCreate', kind: 'file' },
    { name: 'file', type: undefined, kind: 'file' },
    { name: '.', type: 'Directory', kind: 'folder' },
  ])('is a $kind: $name as $type', async ({ name, type, kind }) => {
    expect(await prepareHostPath(path.join(folder, name), type)).toBe(path.join(folder, name));
    expect(await kindOf(name)).toBe(kind);
    expect(await fs.readFile(path.join(folder, 'file'), 'utf8')).toBe('kept');
  });

  it.each([
    { name: 'none', type: 'Directory', says: 'is not a directory' },
    { name: 'none', type: 'File', says: 'is not a file' },
    { name: 'file', type: 'Directory', says: 'is not a directory' },
    { name: 'file', type: 'DirectoryOrCreate', says: 'is not a directory' },
    { name: '.', type: 'FileOrCreate', says: 'is not a file' },
    { name: 'file', type: 'Socket', says: 'is not a socket file' },
    { name: 'file', type: 'CharDevice', says: 'is not a character device' },
    { name: 'none/at/all', type: 'FileOrCreate', says: 'is there a folder' },
  ])('is refused: $name as $type', async ({ name, type, says }) => {
    await expect(prepareHostPath(path.join(folder, name), type)).rejects.toMatchObject({
      code: 'FailedMount',
      message: expect.stringContaining(says) as string,
    });
    expect(await kindOf('none')).toBe('nothing');
  });
});
