import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { withGitAuthor } from '@argosy/manifests';

import { COMMAND, ROOT } from './built-command.ts';

/** The whole command as its users meet it: a process, a data folder, real git. */
describe('the command', () => {
  let folder: string;
  let platform: ChildProcess;
  let printed = '';
  let url = '';
  const env = withGitAuthor(
    { PATH: process.env['PATH'] ?? '', HOME: os.tmpdir() },
    { name: 'a', email: 'a@argosy.test' },
  );

  const run = (
    command: string,
    args: readonly string[],
    cwd = ROOT,
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
    new Promise((resolve) => {
      execFile(
        command,
        [...args],
        { cwd, env: { ...env, KUBECONFIG: path.join(folder, 'data', 'kubeconfig') }, timeout: 30_000 },
        (error, out, err) => resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, out, err }),
      );
    });
  const argosy = (...args: string[]) => run(process.execPath, [...COMMAND, ...args]);
  const up = async (): Promise<void> => {
    printed = '';
    platform = spawn(
      process.execPath,
      [
        ...COMMAND,
        'up',
        '--data',
        path.join(folder, 'data'),
        '--port',
        '0',
        '--kube-port',
        '0',
        '--runtime',
        'process',
      ],
      { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const ready = new Promise<void>((resolve, reject) => {
      platform.stdout?.on(
        'data',
        (part: Buffer) => ((printed += part.toString('utf8')), printed.includes('  data ') && resolve()),
      );
      platform.stderr?.on('data', (part: Buffer) => (printed += part.toString('utf8')));
      platform.on('exit', () => reject(new Error(`ended: ${printed}`)));
    });
    await ready;
    url = /platform +(\S+)/.exec(printed)?.[1] ?? '';
  };
  const down = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      platform.removeAllListeners('exit');
      platform.on('exit', () => resolve());
      platform.kill(signal);
    });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-command-'));
    await up();
  });
  afterAll(async () => {
    await down('SIGTERM');
    await rm(folder, { recursive: true });
  });

  it('says when it is ready and where everything is', () =>
    expect(printed).toMatch(/^Ready in \d+ ms\n {2}platform +http:\/\/127\.0\.0\.1:\d+\n {2}kubernetes +https:/));

  it('carries a commit to the cluster, and back', async () => {
    await run('git', ['init', '-q', '--bare', '-b', 'main', path.join(folder, 'data', 'git', 'demo.git')]);
    const work = path.join(folder, 'work');
    const push = async (value: string) => {
      await mkdir(path.join(work, 'app'), { recursive: true });
      await run('git', ['init', '-q', '-b', 'main', work]);
      await writeFile(
        path.join(work, 'app', 'cm.yaml'),
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hello}\ndata: {value: "${value}"}\n`,
      );
      await run('git', ['add', '-A'], work);
      await run('git', ['commit', '-q', '-m', value], work);
      expect((await run('git', ['push', '-q', `${url}/git/demo.git`, 'main'], work)).code).toBe(0);
    };
    await push('one');
    const { createHttpClient, readKubeconfig } = await import('@argosy/client');
    const { APPLICATIONS } = await import('@argosy/cd');
    const { CONFIG_MAPS } = await import('@argosy/kube');
    const client = createHttpClient(readKubeconfig(path.join(folder, 'data', 'kubeconfig')));
    await client.create(APPLICATIONS, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'demo', namespace: 'argocd' },
      spec: {
        source: { repoURL: `${url}/git/demo.git`, path: 'app', targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
      },
    });
    const value = async () => (await client.get(CONFIG_MAPS, { namespace: 'default', name: 'hello' })).data?.['value'];
    const first = await argosy('app', 'sync', 'demo');
    expect([first.code, first.out, await value()]).toEqual([
      0,
      expect.stringContaining('configmaps/hello created'),
      'one',
    ]);
    await push('two');
    expect([(await argosy('app', 'sync', 'demo')).code, await value()]).toEqual([0, 'two']);
    expect((await argosy('app', 'history', 'demo')).out.trim().split('\n').length).toBe(3);
    expect([(await argosy('app', 'rollback', 'demo')).code, await value()]).toEqual([0, 'one']);
    expect((await argosy('app', 'list')).out).toMatch(/argocd\/demo +default +OutOfSync +Healthy +Manual/);
    await client.close();
  });

  it('has after kill -9 what it had before', async () => {
    await down('SIGKILL');
    await up();
    const list = await argosy('app', 'list', '-o', 'name');
    expect([list.code, list.out.trim()]).toEqual([0, 'argocd/demo']);
  });

  it('refreshes the applications of a repository when its host tells of a push', async () => {
    const body = JSON.stringify({ ref: 'refs/heads/main', repository: { clone_url: 'http://127.0.0.1/git/demo.git' } });
    const answer = await fetch(`${url}/api/webhook`, { method: 'POST', body });
    expect([answer.status, await answer.json()]).toEqual([200, { refreshed: [{ namespace: 'argocd', name: 'demo' }] }]);
  });

  it('refuses a push webhook with a wrong body in one line', async () => {
    const answer = await fetch(`${url}/api/webhook`, { method: 'POST', body: '{"nothing": 1}' });
    expect([answer.status, await answer.json()]).toEqual([400, { error: expect.stringContaining('not a push event') }]);
  });

  it.each([
    [
      'a folder in use',
      () => argosy('up', '--data', path.join(folder, 'data'), '--port', '0'),
      1,
      /^argosy: .* is in use by process \d+/,
    ],
    [
      'a busy port',
      () => argosy('up', '--in-memory', '--kube-port', '0', '--port', new URL(url).port),
      1,
      /^argosy: port \d+ is in use/,
    ],
    ['an application that is not there', () => argosy('app', 'get', 'nope'), 20, /^application "nope" not found/],
    [
      'a kubeconfig that is not there',
      () => argosy('app', 'list', '--kubeconfig', '/nowhere/config'),
      1,
      /^argosy: kubeconfig \/nowhere\/config cannot be read/,
    ],
    ['a wrong flag', () => argosy('up', '--port', 'abc'), 2, /^error: option '--port/],
  ])('says in one line what is wrong with %s', async (_reason, attempt, code, message) => {
    const ended = await attempt();
    expect([ended.code, (ended.out + ended.err).trim()]).toEqual([code, expect.stringMatching(message)]);
  });

  it('keeps its kubeconfig to its owner', async () => {
    const { mode } = await import('node:fs/promises').then((fs) => fs.stat(path.join(folder, 'data', 'kubeconfig')));
    expect([
      mode & 0o777,
      (await readFile(path.join(folder, 'data', 'kubeconfig'), 'utf8')).includes('certificate-authority-data'),
    ]).toEqual([0o600, true]);
  });
});
