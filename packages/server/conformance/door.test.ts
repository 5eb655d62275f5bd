import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';

import {
  createGitRoutes,
  createPushTeller,
  createSseQueue,
  openDoor,
  type Door,
  type PushedBranch,
  type PushTeller,
  type Route,
  type WebhookDelivery,
} from '../src/index.ts';

const run = promisify(execFile);
const deps = { log: silentLogger, random: createSystemRandom() };
const gitEnv = {
  PATH: process.env['PATH'] ?? '',
  HOME: os.tmpdir(),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@argosy.test',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@argosy.test',
};

describe('the door', () => {
  let folder: string;
  let door: Door;
  const pushes: PushedBranch[] = [];
  const deliveries: WebhookDelivery[] = [];
  let teller: PushTeller;
  let isReceiverAway = false;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-door-'));
    await mkdir(path.join(folder, 'pages', 'assets'), { recursive: true });
    await writeFile(path.join(folder, 'pages', 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(path.join(folder, 'secret.txt'), 'secret');
    await run('git', ['init', '-q', '--bare', '-b', 'main', path.join(folder, 'repositories', 'shop.git')], {
      env: gitEnv,
    });
    const echo: Route = {
      method: 'POST',
      path: '/echo/:name',
      summary: 'answers what it got',
      bodyLimitBytes: 10,
      handle: async (request) => ({
        kind: 'json',
        value: { name: request.params['name'], bytes: request.body.byteLength, query: request.query },
      }),
    };
    const broken: Route = {
      method: 'GET',
      path: '/broken',
      summary: 'fails',
      handle: async () => Promise.reject(new Error('password=hunter2')),
    };
    const directory = path.join(folder, 'repositories');
    teller = createPushTeller(
      {
        ...deps,
        clock: createSystemClock(),
        env: gitEnv,
        onPush: (pushed) => pushes.push(...pushed),
        urlOf: (repository) => `http://git.example/git/${repository}.git`,
        deliver: async (delivery) => {
          if (isReceiverAway) throw new Error('away');
          deliveries.push(delivery);
        },
      },
      { directory },
    );
    const git = createGitRoutes({ log: silentLogger, env: gitEnv, teller }, { directory });
    door = await openDoor(deps, {
      host: '127.0.0.1',
      port: 0,
      routes: [echo, broken, ...git],
      pagesDirectory: path.join(folder, 'pages'),
    });
  });
  afterAll(async () => {
    await door.close();
    await rm(folder, { recursive: true });
  });

  it('gives a route its parameters, query and body', async () => {
    const response = await fetch(`${door.url}/echo/a%20b?x=1`, { method: 'POST', body: '12345' });
    expect(await response.json()).toEqual({ name: 'a b', bytes: 5, query: { x: '1' } });
  });
  it('refuses a body over the limit with 413', async () => {
    expect((await fetch(`${door.url}/echo/a`, { method: 'POST', body: '12345678901' })).status).toBe(413);
  });
  it('refuses a write from another site', async () => {
    expect(
      (await fetch(`${door.url}/echo/a`, { method: 'POST', body: '', headers: { origin: 'https://evil.example' } }))
        .status,
    ).toBe(403);
  });
  it('keeps what went wrong inside to itself', async () => {
    const response = await fetch(`${door.url}/broken`);
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('hunter2')]);
  });
  it.each(['/', '/applications/a/b'])('serves the page at %s', async (at) => {
    expect(await (await fetch(`${door.url}${at}`)).text()).toContain('<title>page</title>');
  });
  it.each(['/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt'])(
    'serves nothing outside its folder: %s',
    async (at) => {
      expect(await (await fetch(`${door.url}${at}`)).text()).not.toBe('secret');
    },
  );
  it('says that a port is in use', async () => {
    await expect(
      openDoor(deps, { host: '127.0.0.1', port: Number(new URL(door.url).port), routes: [] }),
    ).rejects.toMatchObject({ code: 'PortInUse' });
  });

  it('lets git push and clone, and tells which branch moved', async () => {
    const work = path.join(folder, 'work');
    const git = (...args: string[]) => run('git', ['-C', work, ...args], { env: gitEnv });
    await run('git', ['init', '-q', '-b', 'main', work], { env: gitEnv });
    await writeFile(path.join(work, 'file'), 'content\n');
    await git('add', '.');
    await git('commit', '-q', '-m', 'first');
    await git('push', '-q', `${door.url}/git/shop.git`, 'main');
    const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
    expect(pushes).toEqual([{ repository: 'shop', ref: 'refs/heads/main', before: '0'.repeat(40), after: commit }]);
    await run('git', ['clone', '-q', `${door.url}/git/shop.git`, path.join(folder, 'copy')], { env: gitEnv });
  });
  it('tells the webhooks of a repository of each push once, also when they were away', async () => {
    const work = path.join(folder, 'work');
    const git = (...args: string[]) => run('git', ['-C', work, ...args], { env: gitEnv });
    const bare = path.join(folder, 'repositories', 'shop.git');
    await run('git', ['--git-dir', bare, 'config', '--add', 'argosy.webhook', 'http://receiver.example/push'], {
      env: gitEnv,
    });
    isReceiverAway = true;
    await git('commit', '-q', '--allow-empty', '-m', 'second');
    await git('push', '-q', `${door.url}/git/shop.git`, 'main');
    expect(deliveries).toEqual([]);
    isReceiverAway = false;
    while (deliveries.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
    expect(JSON.parse(deliveries[0]?.body ?? '')).toMatchObject({
      ref: 'refs/heads/main',
      after: commit,
      repository: { name: 'shop', clone_url: 'http://git.example/git/shop.git' },
      head_commit: { id: commit, message: 'second' },
    });
    expect(deliveries[0]?.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await teller.resume(new AbortController().signal);
    await teller.tell('shop');
    expect(deliveries).toHaveLength(1);
  });
  it.each(['/git/other.git/info/refs', '/git/shop.git/config', '/git/../secret.txt'])(
    'has nothing else at %s',
    async (at) => {
      expect((await fetch(`${door.url}${at}`)).status).toBe(404);
    },
  );
});

describe('server-sent events', () => {
  it('gathers a burst into one chunk', async () => {
    const queue = createSseQueue(createSystemClock());
    const stop = new AbortController();
    queue.push('a', 1);
    queue.push('b', { c: 2 });
    const chunks: string[] = [];
    for await (const chunk of queue.chunks(stop.signal)) {
      chunks.push(chunk);
      if (chunks.length === 2) stop.abort();
    }
    expect(chunks).toEqual(['retry: 1000\n\n', 'event: a\ndata: 1\n\nevent: b\ndata: {"c":2}\n\n']);
  });
});
