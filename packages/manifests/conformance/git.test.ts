import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom } from '@argosy/base';

import {
  createGitRunner,
  createRepositories,
  holdsIn,
  renderDirectory,
  traceTree,
  type Repositories,
} from '../src/index.ts';
import { env, run } from './test-git.ts';

const aConfigMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

describe('repositories', () => {
  let folder: string;
  let url: string;
  let repositories: Repositories;
  const commit = async (message: string): Promise<string> => {
    await run('git', ['-C', path.join(folder, 'work'), 'add', '-A'], { env });
    await run('git', ['-C', path.join(folder, 'work'), 'commit', '-q', '-m', message], { env });
    return (await run('git', ['-C', path.join(folder, 'work'), 'rev-parse', 'HEAD'], { env })).stdout.trim();
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-git-'));
    await run('git', ['init', '-q', '-b', 'main', path.join(folder, 'work')], { env });
    url = `file://${path.join(folder, 'work')}`;
    repositories = createRepositories(
      { git: createGitRunner({ env }), random: createSystemRandom(), clock: createSystemClock() },
      { directory: path.join(folder, 'mirrors'), allowLocal: true },
    );
    await mkdir(path.join(folder, 'work', 'app', 'below'), { recursive: true });
    await writeFile(path.join(folder, 'work', 'app', 'a.yaml'), `${aConfigMap('a1')}---\n${aConfigMap('a2')}`);
    await writeFile(
      path.join(folder, 'work', 'app', 'b.json'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } }],
      }),
    );
    await writeFile(path.join(folder, 'work', 'app', 'below', 'c.yml'), aConfigMap('c'));
    await writeFile(
      path.join(folder, 'work', 'app', 'skipped.yaml'),
      '# +argocd:skip-file-rendering\nnot: a manifest\n',
    );
    await symlink('app', path.join(folder, 'work', 'linked'));
    await symlink('/etc', path.join(folder, 'work', 'absolute'));
    await symlink('../../..', path.join(folder, 'work', 'climbing'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const names = async (at: string, where: string, options = {}) =>
    (await renderDirectory(await repositories.tree(url, at), where, options)).map((object) => object.metadata.name);

  it('renders a folder at any commit, side by side, without a work tree', async () => {
    const first = await commit('first');
    await writeFile(path.join(folder, 'work', 'app', 'a.yaml'), aConfigMap('a3'));
    const second = await commit('second');
    expect(await repositories.resolve(url, 'main')).toBe(second);
    const both = await Promise.all([
      names(first, 'app'),
      names(second, 'app'),
      names(second, 'linked', { recurse: true }),
    ]);
    expect(both).toEqual([
      ['a1', 'a2', 'b'],
      ['a3', 'b'],
      ['a3', 'b', 'c'],
    ]);
    const written = await readdir(path.join(folder, 'mirrors'), { recursive: true });
    expect(written.filter((file) => /\.yaml$|(?:^|\/)(?:app|index|worktrees|\.git)$/.test(file))).toEqual([]);
    expect(written.some((file) => file.includes('/objects/'))).toBe(true);
  });

  it('resolves branches, tags, short ids and HEAD, and says what is not there', async () => {
    const head = await repositories.resolve(url, 'HEAD');
    await run('git', ['-C', path.join(folder, 'work'), 'tag', '-a', 'v1', '-m', 'one'], { env });
    expect(
      await Promise.all(['', 'main', 'v1', head.slice(0, 8)].map((revision) => repositories.resolve(url, revision))),
    ).toEqual([head, head, head, head]);
    await expect(repositories.resolve(url, 'nowhere')).rejects.toMatchObject({ code: 'RevisionNotFound' });
    await expect(repositories.resolve(url, '--upload-pack=touch /tmp/x')).rejects.toMatchObject({
      code: 'RevisionNotFound',
    });
    await expect(repositories.resolve('ext::sh -c touch% /tmp/x', 'main')).rejects.toMatchObject({
      code: 'InvalidURL',
    });
    await expect(repositories.resolve('--upload-pack=x', 'main')).rejects.toMatchObject({ code: 'InvalidURL' });
  });

  it.each(['absolute', 'climbing/etc', '../work', '/etc'])('reads nothing outside: %s', async (where) => {
    const head = await repositories.resolve(url, 'HEAD');
    await expect(names(head, where)).rejects.toMatchObject({ code: 'PathOutside' });
  });

  it('knows from a trace whether another commit renders the same', async () => {
    const before = await repositories.resolve(url, 'HEAD');
    const traced = traceTree(await repositories.tree(url, before));
    await renderDirectory(traced, 'app');
    await writeFile(path.join(folder, 'work', 'elsewhere.txt'), 'x');
    const unrelated = await commit('unrelated');
    await repositories.resolve(url, 'main');
    await writeFile(path.join(folder, 'work', 'app', 'new.yaml'), aConfigMap('new'));
    const related = await commit('related');
    await repositories.resolve(url, 'main');
    expect(
      await Promise.all(
        [unrelated, related].map(async (at) => holdsIn(traced.looks(), await repositories.tree(url, at))),
      ),
    ).toEqual([true, false]);
  });

  it('describes a commit', async () => {
    const head = await repositories.resolve(url, 'HEAD');
    expect(await repositories.describe(url, head)).toMatchObject({
      commit: head,
      author: 'a <a@argosy.test>',
      subject: 'related',
      message: 'related',
    });
  });

  it('takes nothing but a commit for one', async () => {
    const file = path.join(folder, 'written');
    for (const commit of [`--output=${file}`, 'HEAD', 'refs/heads/main', '-p'])
      for (const asked of [repositories.describe(url, commit), repositories.tree(url, commit)])
        await expect(asked).rejects.toMatchObject({ code: 'RevisionNotFound' });
    expect(await readdir(folder)).not.toContain('written');
  });

  it.each([
    ['a broken file', 'bad.yaml', 'apiVersion: v1\nkind: [1,\nmetadata: }\n', 'InvalidYAML', /bad\.yaml: line 3/],
    [
      'a document that is no object',
      'bad.yaml',
      '- apiVersion: v1\n  kind: Secret\n  metadata: {}\n',
      'InvalidManifest',
      /bad\.yaml is not an object/,
    ],
    [
      'an object without a name',
      'bad.yaml',
      'apiVersion: v1\nkind: Secret\nmetadata: {}\n',
      'InvalidManifest',
      /no metadata\.name/,
    ],
    ['a chart', 'Chart.yaml', 'name: x\n', 'NotSupported', /Helm chart/],
    ['nested aliases', 'bomb.yaml', `# apiVersion: kind: metadata:\n${bomb()}`, 'InvalidYAML', /aliases expanded/],
  ])('says what is wrong with %s', async (_reason, name, content, code, message) => {
    await mkdir(path.join(folder, 'work', 'bad'), { recursive: true });
    await writeFile(path.join(folder, 'work', 'bad', name), content);
    const at = await commit('bad');
    await repositories.resolve(url, 'main');
    await expect(names(at, 'bad')).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await rm(path.join(folder, 'work', 'bad', name));
  });
});

/** A small text that would expand to 10^9 values. */
function bomb(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
  for (let at = 1; at < 9; at += 1)
    lines.push(`a${at}: &a${at} [${Array.from({ length: 10 }, () => `*a${at - 1}`).join(',')}]`);
  return lines.join('\n');
}
