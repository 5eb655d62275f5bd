import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom } from '@argosy/base';

import { createGitRunner, createRepositories, type GitRunner, type RepositoriesOptions } from '../src/index.ts';
import { env, run } from './test-git.ts';

describe('mirrors', () => {
  let folder: string;
  let url: string;
  const fetches: string[] = [];
  const commit = async (content: string | Buffer = 'x', file = 'file'): Promise<string> => {
    const work = path.join(folder, 'work');
    await writeFile(path.join(work, file), content);
    await run('git', ['-C', work, 'add', '-A'], { env });
    await run('git', ['-C', work, 'commit', '-q', '--allow-empty', '-m', 'c'], { env });
    return (await run('git', ['-C', work, 'rev-parse', 'HEAD'], { env })).stdout.trim();
  };
  const open = (options: Partial<RepositoriesOptions> = {}) => {
    const runner = createGitRunner({ env });
    const git: GitRunner = {
      run: (args, command) => {
        if (args.includes('fetch')) fetches.push(args.join(' '));
        return runner.run(args, command);
      },
    };
    const directory = path.join(folder, 'mirrors');
    return createRepositories(
      { git, random: createSystemRandom(), clock: createSystemClock() },
      { directory, allowLocal: true, ...options },
    );
  };
  const theMirror = async (): Promise<string> =>
    path.join(folder, 'mirrors', (await readdir(path.join(folder, 'mirrors')))[0] ?? '');
  const packsOf = async (mirror: string): Promise<readonly string[]> => {
    const packs = path.join(mirror, 'objects', 'pack');
    return (await readdir(packs)).filter((name) => name.endsWith('.pack')).map((name) => path.join(packs, name));
  };

  beforeEach(async () => {
    fetches.length = 0;
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-mirrors-'));
    await run('git', ['init', '-q', '-b', 'main', path.join(folder, 'work')], { env });
    url = `file://${path.join(folder, 'work')}`;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('take no more of the disk than they may, and work once they may', async () => {
    const large = await commit(randomBytes(3 * 1024 * 1024));
    const limit = { mostBytes: 1024 * 1024, setting: 'git.size' };
    const failure = {
      code: 'TooLarge',
      retryable: false,
      message: expect.stringMatching(/larger than the 1 MiB .*raise git\.size/),
    };
    await expect(open({ limit }).resolve(url, 'main')).rejects.toMatchObject(failure);
    expect(await readdir(path.join(folder, 'mirrors'))).toEqual([]);
    expect(await open({ limit: { ...limit, mostBytes: 10 * 1024 * 1024 } }).resolve(url, 'main')).toBe(large);
  });

  it('go on where a fetch was killed', async () => {
    await commit('1');
    await open().resolve(url, 'main');
    const mirror = await theMirror();
    for (const left of ['packed-refs.lock', 'refs/heads/main.lock', 'objects/pack/tmp_pack_x'])
      await writeFile(path.join(mirror, left), 'half');
    const second = await commit('2');
    expect(await open().resolve(url, 'main')).toBe(second);
    expect(await readdir(path.join(mirror, 'objects', 'pack'))).not.toContain('tmp_pack_x');
  });

  it.each([
    [
      'packs',
      async (mirror: string) => {
        for (const pack of await packsOf(mirror)) {
          await chmod(pack, 0o600);
          await truncate(pack, 20);
        }
      },
    ],
    ['HEAD', (mirror: string) => truncate(path.join(mirror, 'HEAD'))],
    ['references', (mirror: string) => truncate(path.join(mirror, 'refs', 'heads', 'main'))],
  ])('are made anew when a crash has damaged their %s', async (_what, damage) => {
    await commit('1');
    await open().resolve(url, 'main');
    await damage(await theMirror());
    const second = await commit('2');
    const repositories = open();
    expect(await repositories.resolve(url, 'main')).toBe(second);
    const tree = await repositories.tree(url, second);
    expect(Buffer.from(await tree.read('file')).toString()).toBe('2');
    expect(await readdir(path.join(folder, 'mirrors'))).toHaveLength(1);
  });

  it('stay when it is the remote that is damaged', async () => {
    const first = await commit('1');
    const repositories = open();
    await repositories.resolve(url, 'main');
    await commit(randomBytes(1_000));
    const objects = path.join(folder, 'work', '.git', 'objects');
    for (const name of await readdir(objects))
      if (name.length === 2) await rm(path.join(objects, name), { recursive: true });
    await expect(repositories.resolve(url, 'main')).rejects.toMatchObject({ retryable: true });
    const tree = await repositories.tree(url, first);
    expect(Buffer.from(await tree.read('file')).toString()).toBe('1');
    expect(await readdir(path.join(folder, 'mirrors'))).toHaveLength(1);
  });

  it('are fetched once for all who were told of a push', async () => {
    await commit('1');
    const repositories = open();
    await repositories.resolve(url, 'main');
    const second = await commit('2');
    const since = repositories.moment();
    for (let count = 0; count < 3; count += 1) expect(await repositories.resolve(url, 'main', { since })).toBe(second);
    expect(fetches).toHaveLength(2);
    const third = await commit('3');
    expect(await repositories.resolve(url, 'main', { since })).toBe(second);
    expect(await repositories.resolve(url, 'main')).toBe(third);
    expect(await repositories.resolve(url, 'main', { since: repositories.moment() })).toBe(third);
    expect(fetches).toHaveLength(4);
  });

  it('tell what differs between commits', async () => {
    const [first, second] = [await commit('1'), await commit('1', 'other')];
    const repositories = open();
    await repositories.resolve(url, 'main');
    expect(await repositories.lineage(url).changes(first, second)).toEqual([{ kind: 'added', path: 'other' }]);
  });
});

describe('createGitRunner', () => {
  it('ends a command with all that it has started', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-runner-'));
    const file = path.join(folder, 'file');
    const ending = new AbortController();
    const command = `alias.grow=!(while :; do echo x >> '${file}'; sleep 0.02; done) & wait`;
    const running = createGitRunner({ env }).run(['-c', command, 'grow'], { signal: ending.signal });
    const ended = expect(running).rejects.toMatchObject({ code: 'GitEnded' });
    while (!(await stat(file).catch(() => undefined))) await setTimeout(10);
    ending.abort();
    await ended;
    const size = (await readFile(file)).length;
    await setTimeout(200);
    expect((await readFile(file)).length).toBe(size);
    await rm(folder, { recursive: true });
  });
});
