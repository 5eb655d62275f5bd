import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ApiServer } from '@argosy/cluster';
import { CONFIG_MAPS } from '@argosy/kube';
import { createGitRunner, type GitRunner } from '@argosy/manifests';

import { APPLICATIONS } from '../src/index.ts';
import { createRepository, GIT_ENVIRONMENT, type GitRepository } from './git-repository.ts';
import { runApplications, startServer, until as patiently, type RunningApplications } from './running-applications.ts';

const NAMES = Array.from({ length: 60 }, (_, at) => `app-${at}`);
const aConfigMap = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "${value}"}\n`;

describe('many applications of one repository', () => {
  let folder: string;
  let repository: GitRepository;
  let server: ApiServer;
  let running: RunningApplications;
  const commands: string[] = [];

  const revisionsOf = async (): Promise<readonly (string | undefined)[]> =>
    (await server.client.list(APPLICATIONS, { namespace: 'argocd' })).items.map(({ status }) => status?.sync?.revision);
  const until = (isSo: () => Promise<boolean>): Promise<true> =>
    patiently(async () => ((await isSo()) ? true : undefined), revisionsOf, 40_000);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-many-'));
    repository = await createRepository(path.join(folder, 'repo'));
    server = await startServer();
    const runner = createGitRunner({ env: GIT_ENVIRONMENT });
    const git: GitRunner = {
      run: (args, options) => {
        commands.push(args.join(' '));
        return runner.run(args, options);
      },
    };
    running = await runApplications(server.client, { folder, git });
  });
  afterEach(async () => {
    await running.end();
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('take note of a push with as many git commands as one of them', { timeout: 120_000 }, async () => {
    const first = await repository.commit(
      Object.fromEntries(NAMES.map((name) => [`${name}/a.yaml`, aConfigMap(name, 'old')] as const)),
    );
    for (const name of NAMES)
      await server.client.create(APPLICATIONS, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace: 'argocd' },
        spec: {
          project: 'default',
          destination: { server: 'https://kubernetes.default.svc', namespace: 'argocd' },
          source: { repoURL: repository.url, targetRevision: 'main', path: name },
          syncPolicy: { automated: {} },
        },
      });
    await until(async () => (await revisionsOf()).every((revision) => revision === first));
    const valueOf = async (name: string) =>
      (await server.client.get(CONFIG_MAPS, { namespace: 'argocd', name }).catch(() => undefined))?.data?.['a'];
    await until(async () =>
      (await server.client.list(APPLICATIONS, { namespace: 'argocd' })).items.every(
        ({ status }) => status?.operationState?.phase === 'Succeeded' && status.sync?.status === 'Synced',
      ),
    );
    const second = await repository.commit({ 'app-59/a.yaml': aConfigMap('app-59', 'new') });
    commands.length = 0;
    expect(running.loop.refreshRepositories(() => true)).toHaveLength(NAMES.length);
    await until(async () => (await valueOf('app-59')) === 'new');
    await until(async () => (await revisionsOf()).every((revision) => revision === second));
    const kinds = ['fetch', 'rev-parse', 'ls-tree', 'diff-tree', 'cat-file'];
    const counts = kinds.map((kind) => commands.filter((command) => command.includes(` ${kind} `)).length);
    // The branch is looked for among heads first; contents are read in one go for the one that is rendered.
    expect([counts.slice(0, 4), commands.length <= 6 ? 'few' : commands]).toEqual([[1, 1, 1, 1], 'few']);
  });
});
