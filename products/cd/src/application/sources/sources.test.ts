import { describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock, Failure, silentLogger } from '@argosy/base';
import {
  ANONYMOUS,
  createMemoryBlobStore,
  createMemoryTree,
  createNetworkSources,
  type Repositories,
} from '@argosy/manifests';

import type { Application } from '../../api/application.ts';
import type { ApplicationSource } from '../../api/application-source.ts';
import { createSources } from './sources.ts';

const APP = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'a' } };
const anApplication = (targetRevision: string, more: Partial<ApplicationSource> = {}): Application => ({
  ...APP,
  spec: {
    destination: { namespace: 'd' },
    source: { repoURL: 'https://git.test/a', path: '.', targetRevision, ...more },
  },
});
const context = { appName: 'a', instanceName: 'a', project: 'p', namespace: 'd', apiVersions: [] };
const MINUTE = 60_000;

/** Git whose next answer is told: a commit, or a failure. */
const aWorld = () => {
  const clock = createVirtualClock(Date.UTC(2026, 0, 1));
  const world: { answer: string | Failure } = { answer: 'one' };
  const answer = async (): Promise<string> => {
    if (world.answer instanceof Failure) throw world.answer;
    return world.answer;
  };
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';
  const repositories: Repositories = {
    resolve: answer,
    tree: async (_url, commit) => createMemoryTree({ 'c.yaml': `${manifest}data: {commit: ${commit}}\n` }),
    describe: async () => ({ commit: '', author: '', date: '', subject: '', message: '' }),
    lineage: () => ({ id: 'l', changes: async () => undefined }),
    moment: () => 0,
  };
  const sources = createSources({
    repositories,
    network: createNetworkSources({
      http: { send: () => Promise.reject(away) },
      blobs: createMemoryBlobStore(),
      clock,
    }),
    catalog: { accessOf: () => ANONYMOUS, urlOf: () => undefined },
    projects: { permitsSource: () => true },
    clock,
    random: createSeededRandom(1),
    log: silentLogger,
  });
  const look = async (application = anApplication('main')) => {
    sources.expire('k');
    const { state } = await sources.resolve('k', application, context);
    return state.kind === 'ready' ? state.revision : state.message;
  };
  return { clock, world, look, sources };
};
const away = new Failure('git fetch: host is away', { code: 'GitFailed', retryable: true });

describe('sources', () => {
  it('stay what they were while their host is away for a moment', async () => {
    const { clock, world, look } = aWorld();
    const seen = [await look()];
    world.answer = away;
    seen.push(await look());
    clock.advance(2 * MINUTE);
    seen.push(await look());
    clock.advance(2 * MINUTE);
    seen.push(await look());
    world.answer = 'two';
    seen.push(await look());
    world.answer = away;
    seen.push(await look());
    expect(seen).toEqual(['one', 'one', 'one', 'Failed to load target state: git fetch: host is away', 'two', 'two']);
  });

  it('fail at once when they were never known, are others now, or cannot come back by waiting', async () => {
    const { world, look, sources } = aWorld();
    world.answer = away;
    expect(await look()).toContain('host is away');
    world.answer = 'one';
    await look();
    world.answer = away;
    expect(await look(anApplication('other'))).toContain('host is away');
    world.answer = 'one';
    await look();
    world.answer = new Failure('no such branch', { code: 'RevisionNotFound' });
    expect(await look()).toContain('no such branch');
    world.answer = 'one';
    await look();
    sources.forget('k');
    world.answer = away;
    expect(await look()).toContain('host is away');
  });

  it('are looked at again when their time has come, sooner after a failure', async () => {
    const { clock, world, sources } = aWorld();
    const resolve = () => sources.resolve('k', anApplication('main'), context);
    expect((await resolve()).recheckMs).toBeGreaterThanOrEqual(2 * MINUTE);
    world.answer = 'two';
    expect((await resolve()).state).toMatchObject({ revision: 'one' });
    clock.advance(3 * MINUTE);
    expect((await resolve()).state).toMatchObject({ revision: 'two' });
    world.answer = away;
    clock.advance(3 * MINUTE);
    expect((await resolve()).recheckMs).toBe(15_000);
  });

  it('are not fetched every few seconds when they are too large', async () => {
    const { world, sources } = aWorld();
    world.answer = new Failure('the repository is larger than a mirror may be', { code: 'TooLarge' });
    expect((await sources.resolve('k', anApplication('main'), context)).recheckMs).toBeGreaterThanOrEqual(2 * MINUTE);
  });
});
