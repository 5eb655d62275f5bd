/**
 * A source as files, for programs: in a folder of its own, gone when they have ended.
 * @spec CD-CMP-07
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Failure } from '@argosy/base';
import { matchesGlob } from '@argosy/expressions';

import type { Tree } from '../tree/tree.ts';

/** Where copies are made, and how large they may be. */
export interface CopyOptions {
  /** A folder for temporary ones. */
  readonly directory: string;
  /** Most bytes of one copy. */
  readonly mostBytes: number;
  /** Paths that are left out, as globs. */
  readonly exclude?: readonly string[];
}

/** Most files of a copy. */
const MOST_FILES = 50_000;

/** Copies a tree, hands the folder to `use` and removes it. Throws Failure `TooLarge`, and what `use` throws. */
export const withCopy = async <T>(
  tree: Tree,
  options: CopyOptions,
  use: (folder: string) => Promise<T>,
): Promise<T> => {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(options.directory, 'plugin-'));
  try {
    await copyInto(tree, folder, options);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const copyInto = async (tree: Tree, folder: string, { mostBytes, exclude = [] }: CopyOptions): Promise<void> => {
  let bytes = 0;
  let files = 0;
  const copy = async (directory: string): Promise<void> => {
    await mkdir(path.join(folder, directory), { recursive: true });
    for (const entry of await tree.list(directory)) {
      if (exclude.some((glob) => matchesGlob(glob, entry.path))) continue;
      files += 1;
      if (files > MOST_FILES) throw tooLarge(`${MOST_FILES} files`);
      if (entry.kind === 'directory') await copy(entry.path);
      else if (entry.kind === 'link') await copyLink(tree, folder, entry.path);
      else if (entry.kind === 'file') {
        const content = await tree.read(entry.path);
        bytes += content.length;
        if (bytes > mostBytes) throw tooLarge(`${mostBytes} bytes`);
        await writeFile(path.join(folder, entry.path), content, { mode: 0o644 });
      }
    }
  };
  await copy('');
};

/** To where it leads inside the source; one that leads nowhere, or out, is left away. */
const copyLink = async (tree: Tree, folder: string, link: string): Promise<void> => {
  const target = await tree.find(link).catch(() => undefined);
  if (!target || target.path === link) return;
  const from = path.dirname(path.join(folder, link));
  await symlink(path.relative(from, path.join(folder, target.path)) || '.', path.join(folder, link));
};

const tooLarge = (limit: string): Failure =>
  new Failure(`the source is larger than the ${limit} that a plugin is given; exclude paths of it`, {
    code: 'TooLarge',
  });
