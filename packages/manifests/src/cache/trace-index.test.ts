import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createGitRunner } from '../git/command/run-git.ts';
import { openGitTree } from '../git/objects/git-tree.ts';
import { holdsIn, traceTree } from '../tree/traced-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { createTraceIndex } from './trace-index.ts';
import { createGitLineage } from './tree-changes.ts';
import { env, run } from '../../conformance/test-git.ts';

const git = createGitRunner({ env });

describe('createTraceIndex', () => {
  let folder: string;
  const commit = async (): Promise<string> => {
    await run('git', ['-C', folder, 'add', '-A'], { env });
    await run('git', ['-C', folder, 'commit', '-q', '--allow-empty', '-m', 'c'], { env });
    return (await run('git', ['-C', folder, 'rev-parse', 'HEAD'], { env })).stdout.trim();
  };
  const treeAt = (at: string): Promise<Tree> =>
    openGitTree(git, { gitDirectory: path.join(folder, '.git'), commit: at });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-index-'));
    await run('git', ['init', '-q', folder], { env });
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Paths that files, folders and links may have, and the looks of a render. */
  const PATHS = ['a', 'b', 'a/x', 'a/y', 'a/x/z', 'b/x', 'l', 'l/x', 'a/l', 'a/l/z'];
  const state = fc.dictionary(
    fc.constantFrom(...PATHS),
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('file 1', 'file 2') },
      { weight: 1, arbitrary: fc.constantFrom('link a', 'link ../a', 'link b', 'link x') },
    ),
    { maxKeys: 6 },
  );
  const write = async (files: Readonly<Record<string, string>>): Promise<string> => {
    await run('git', ['-C', folder, 'rm', '-rfq', '--ignore-unmatch', '.'], { env });
    await mkdir(folder, { recursive: true });
    for (const [name, what] of Object.entries(files)) {
      const file = path.join(folder, name);
      // What does not fit beside what is there (a file below a file) is left out.
      const made = await mkdir(path.dirname(file), { recursive: true }).catch(() => 'no');
      if (made === 'no' || path.dirname(file) !== (await run('realpath', [path.dirname(file)])).stdout.trim()) continue;
      const target = what.startsWith('link ') ? what.slice(5) : undefined;
      await (target === undefined ? writeFile(file, what) : symlink(target, file)).catch(() => undefined);
    }
    return commit();
  };
  const look = async (tree: Tree, how: 'find' | 'list' | 'read', at: string): Promise<void> => {
    await tree[how](at).catch(() => undefined);
  };

  it('names every render that may not hold any more, whatever changed', { timeout: 120_000 }, async () => {
    const looks = fc.array(
      fc.tuple(fc.constantFrom('find' as const, 'list' as const, 'read' as const), fc.constantFrom('', ...PATHS)),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(state, state, looks, async (before, after, asked) => {
        const [from, to] = [await write(before), await write(after)];
        const traced = traceTree(await treeAt(from));
        for (const [how, at] of asked) await look(traced, how, at);
        const index = createTraceIndex();
        await index.add('render', [[traced.looks(), await treeAt(from)]]);
        const changes = await createGitLineage(git, path.join(folder, '.git')).changes(from, to);
        const isTouched = index.touchedBy(changes ?? []).has('render');
        const holds = await holdsIn(traced.looks(), await treeAt(to)).catch(() => false);
        expect(isTouched || holds).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('names only what a change touches', async () => {
    const from = await write({ 'a/x': 'file 1', 'b/x': 'file 1' });
    const index = createTraceIndex();
    for (const app of ['a', 'b']) {
      const traced = traceTree(await treeAt(from));
      for (const how of ['find', 'list'] as const) await look(traced, how, app);
      await look(traced, 'read', `${app}/x`);
      await index.add(app, [[traced.looks(), await treeAt(from)]]);
    }
    expect([...index.touchedBy([{ kind: 'modified', path: 'b/x' }])]).toEqual(['b']);
    expect([...index.touchedBy([{ kind: 'added', path: 'a/new' }])]).toEqual(['a']);
    expect([...index.touchedBy([{ kind: 'added', path: 'c/new' }])]).toEqual([]);
    index.remove('b');
    expect([...index.touchedBy([{ kind: 'modified', path: 'b/x' }])]).toEqual([]);
  });

  it('knows nothing of commits that are gone', async () => {
    const lineage = createGitLineage(git, path.join(folder, '.git'));
    expect(await lineage.changes('0'.repeat(40), await write({ a: 'file 1' }))).toBeUndefined();
  });
});
