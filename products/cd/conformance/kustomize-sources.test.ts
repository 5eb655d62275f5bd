import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { createSeededRandom, Failure, isEqual } from '@argosy/base';
import {
  createMemoryTree,
  isSameKustomizeImage,
  KUSTOMIZATION_FILES,
  mergeKustomizeImage,
  mergeKustomizeReplica,
  parseKustomizeReplica,
  toReplicaCount,
  type Tree,
} from '@argosy/manifests';

import type { ApplicationSource } from '../src/api/application-source.ts';
import { validateSource } from '../src/api/validate-source.ts';
import { toInflation } from '../src/source/tools/kustomize-source.ts';
import { parseBuildOptions } from '../src/source/render-settings.ts';
import { renderSource } from '../src/source/render-source.ts';
import { judgeVectors, orError, type Judge } from './judged-vectors.ts';

const shared = new URL('../../../../shared/conformance/', import.meta.url).pathname;

const JUDGES: Readonly<Record<string, Judge>> = {
  'cd-kustomize-file': ({ in: given, out }) => KUSTOMIZATION_FILES.includes(given.file) === out,
  'cd-kustomize-image-merge': ({ in: given, out }) =>
    given.images
      ? isEqual(mergeKustomizeImage(given.images, given.merge), out.images)
      : isSameKustomizeImage(given.existing, given.new) === out.sameImage,
  'cd-kustomize-replicas': ({ in: given, out }) => {
    if (given.text !== undefined)
      return isEqual(
        orError(() => readReplica(given.text)),
        out,
      );
    if (given.merge) return isEqual(mergeKustomizeReplica(given.replicas, given.merge), out.replicas);
    return isEqual(
      orError(() => ({ count: toReplicaCount({ name: 'any', count: given.count }) })),
      out,
    );
  },
  // No program is started here: what its arguments would say is what the options say.
  'cd-kustomize-build-args': ({ in: given, out }) => {
    const cluster = { kubeVersion: given.kubeVersion, apiVersions: given.apiVersions };
    const told = parseBuildOptions(out.slice(2).join(' '));
    const options = parseBuildOptions(given.options);
    const helm = toInflation(options, cluster);
    return (
      isEqual({ ...told, helmKubeVersion: undefined, helmApiVersions: [] }, options) &&
      (!told.isHelmEnabled || isEqual(helm, { kubeVersion: told.helmKubeVersion, apiVersions: told.helmApiVersions }))
    );
  },
};

const readReplica = (text: string): unknown => {
  const replica = parseKustomizeReplica(text);
  return { name: replica.name, count: toReplicaCount(replica) };
};

judgeVectors('vectors', JUDGES);

const commit = 'a'.repeat(40);
const render = (tree: Tree, source: Omit<ApplicationSource, 'repoURL'>, remotes: Readonly<Record<string, Tree>> = {}) =>
  renderSource(
    tree,
    { repoURL: 'https://example.com/apps.git', ...source },
    {
      context: { appName: 'web', instanceName: 'web', project: 'default', namespace: 'team', apiVersions: [] },
      commit,
      ports: { now: () => 0, random: createSeededRandom(1) },
      resolveRemote: async ({ repository, revision }) => {
        const remote = remotes[`${repository}@${revision}`];
        if (!remote) throw new Failure(`${repository} has no ${revision}`, { code: 'NotFound' });
        return remote;
      },
    },
  );

const readTree = (folder: string): Tree =>
  createMemoryTree(
    Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length))
        .map((path) => [path, readFileSync(`${folder}${path}`, 'utf8')] as const),
    ),
  );

describe.skipIf(!existsSync(`${shared}cd/example-apps`))(
  'example applications (skipped where the conformance data is absent)',
  () => {
    it('renders the guestbook', async () => {
      const { sourceType, objects } = await render(readTree(`${shared}cd/example-apps/`), {
        path: 'kustomize-guestbook',
      });
      expect(sourceType).toBe('Kustomize');
      expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
        'Service/kustomize-guestbook-ui',
        'Deployment/kustomize-guestbook-ui',
      ]);
    });

    it('renders hooks before and after a sync', async () => {
      const { sourceType, objects } = await render(readTree(`${shared}cd/example-apps/`), { path: 'pre-post-sync' });
      expect(sourceType).toBe('Kustomize');
      const hooks = objects.map(({ metadata }) => metadata.annotations?.['argocd.argoproj.io/hook']);
      expect(hooks.filter((hook) => hook !== undefined).sort()).toEqual(['PostSync', 'PreSync']);
      expect(objects.some(({ kind }) => kind === 'Deployment')).toBe(true);
    });
  },
);

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1"}]}
`;
const files = {
  'app/kustomization.yaml': 'resources: [web.yaml]\ncommonAnnotations: {team: file}\n',
  'app/web.yaml': manifest,
  'app/debug/kustomization.yaml': 'kind: Component\nnameSuffix: -debug\n',
};

describe('kustomize sources', () => {
  it('lays every field of the application over the kustomization', async () => {
    const { objects } = await render(createMemoryTree(files), {
      path: 'app',
      kustomize: {
        namePrefix: 'p-',
        namespace: 'other',
        images: ['nginx=caddy:$ARGOCD_APP_REVISION_SHORT'],
        replicas: [{ name: 'web', count: '3' }],
        commonLabels: { app: '${ARGOCD_APP_NAME}' },
        commonAnnotations: { team: '$ARGOCD_APP_NAME' },
        forceCommonAnnotations: true,
        components: ['debug', 'missing'],
        ignoreMissingComponents: true,
        patches: [{ target: { kind: 'Deployment' }, patch: '- {op: add, path: /spec/paused, value: true}' }],
      },
    });
    expect(objects).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {
          name: 'p-web-debug',
          namespace: 'other',
          labels: { app: 'web' },
          annotations: { team: '$ARGOCD_APP_NAME' },
        },
        spec: {
          paused: true,
          replicas: 3,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' }, annotations: { team: '$ARGOCD_APP_NAME' } },
            spec: { containers: [{ name: 'web', image: 'caddy:aaaaaaa' }] },
          },
        },
      },
    ]);
  });

  it('puts variables into annotations only when asked', async () => {
    const { objects } = await render(createMemoryTree(files), {
      path: 'app',
      kustomize: { commonAnnotations: { by: '$ARGOCD_APP_NAME' }, commonAnnotationsEnvsubst: true },
    });
    expect(objects[0]?.metadata.annotations).toEqual({ by: 'web', team: 'file' });
  });

  it('says which label or annotation is there already', async () => {
    const source = { path: 'app', kustomize: { commonAnnotations: { team: 'app' } } };
    await expect(render(createMemoryTree(files), source)).rejects.toThrow(
      'kustomize build: annotation team already in kustomization file; remove it from one of the two or set forceCommonAnnotations',
    );
  });

  it('prefers a chart, and a directory where one is asked for', async () => {
    const both = createMemoryTree({ ...files, 'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n' });
    expect((await render(both, { path: 'app' })).sourceType).toBe('Helm');
    const plain = createMemoryTree({ 'app/web.yaml': manifest, 'app/kustomization.yaml': 'resources: [web.yaml]\n' });
    expect((await render(plain, { path: 'app' })).sourceType).toBe('Kustomize');
    expect((await render(both, { path: 'app', kustomize: {} })).sourceType).toBe('Kustomize');
  });

  it('takes what the repository says over the application', async () => {
    const tree = createMemoryTree({ ...files, 'app/.argocd-source-web.yaml': 'kustomize: {namePrefix: repo-}\n' });
    const { objects } = await render(tree, { path: 'app', kustomize: { namePrefix: 'app-' } });
    expect(objects[0]?.metadata.name).toBe('repo-web');
  });

  it('builds on a base of another repository at its revision', async () => {
    const tree = createMemoryTree({
      'app/kustomization.yaml': 'resources: ["https://example.com/org/bases//web?ref=v1"]\nnamePrefix: r-\n',
    });
    const base = createMemoryTree({ 'web/kustomization.yaml': 'resources: [web.yaml]\n', 'web/web.yaml': manifest });
    const { objects } = await render(tree, { path: 'app' }, { 'https://example.com/org/bases@v1': base });
    expect(objects[0]?.metadata.name).toBe('r-web');
    await expect(render(tree, { path: 'app' })).rejects.toThrow('https://example.com/org/bases has no v1');
  });

  it('refuses two tools, unknown versions and counts that are none', () => {
    const source = { repoURL: 'https://example.com/apps.git', path: 'app' };
    const problems = (more: Partial<ApplicationSource>): readonly string[] =>
      validateSource({ ...source, ...more }, 'spec.source').map(({ message }) => message);
    expect(problems({ kustomize: {}, helm: {} })).toEqual([
      expect.stringContaining('multiple application sources defined: Kustomize,Helm'),
    ]);
    expect(problems({ kustomize: { version: 'v4' } })).toEqual([
      expect.stringContaining('kustomize version v4 is not registered'),
    ]);
    expect(problems({ kustomize: { replicas: [{ name: 'web', count: 'many' }] } })).toEqual([
      expect.stringContaining('of web must be a whole number'),
    ]);
  });
});
