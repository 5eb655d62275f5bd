import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSeededRandom, Failure } from '@argosy/base';
import { openFolderTree, type Tree } from '@argosy/manifests';

import type { ApplicationSource } from '../src/api/application-source.ts';
import { renderSource } from '../src/source/render-source.ts';

/** What lies beside the source and must never be seen in what is rendered or told. */
const SECRET = 'secret-beside-the-source';
let root: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'argosy-hostile-'));
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  };
  const configMap = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${SECRET}}\ndata: {key: ${SECRET}}\n`;
  await write('secret.yaml', configMap);
  await write('beside/kustomization.yaml', `resources: [x.yaml]\ncommonLabels: {a: ${SECRET}}\n`);
  await write('beside/x.yaml', configMap);
  await write('beside/lib.libsonnet', `"${SECRET}"`);
  await write('source/chart/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.0.0\n');
  await write(
    'source/chart/templates/a.yaml',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {all: {{ toJson .Values | quote }}}\n',
  );
  await write('source/kustomize/kustomization.yaml', 'resources: [a.yaml]\n');
  await write('source/kustomize/a.yaml', configMap.replaceAll(SECRET, 'x'));
  await write(
    'source/jsonnet/a.jsonnet',
    `{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'x'}, data: {a: import 'lib.libsonnet'}}`,
  );
  await symlink('../beside', path.join(root, 'source', 'linked'));
  await symlink('../../secret.yaml', path.join(root, 'source', 'chart', 'linked.yaml'));
  await symlink('../../secret.yaml', path.join(root, 'source', 'kustomize', 'linked.yaml'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const render = (tree: Tree, source: Omit<ApplicationSource, 'repoURL'>, lent: Tree) =>
  renderSource(
    tree,
    { repoURL: 'https://git.test/x', ...source },
    {
      context: { appName: 'app', instanceName: 'app', project: 'default', namespace: 'default', apiVersions: [] },
      commit: 'a'.repeat(40),
      ports: { now: () => 0, random: createSeededRandom(1) },
      refs: new Map([['lent', lent]]),
    },
  );

/** Ways to write a path, for a field that is relative to a folder of the source. */
const WAYS = (file: string): readonly string[] => [
  `../../${file}`,
  `../../../../../../../../..${path.posix.sep}etc/passwd`,
  `x/../../../${file}`,
  `..\\..\\${file}`,
  `linked/../../../${file}`,
  `file:///etc/passwd`,
  `${file}\0`,
];

const FIELDS: readonly (readonly [string, string, (at: string) => Omit<ApplicationSource, 'repoURL'>])[] = [
  ['path', 'beside', (at) => ({ path: at })],
  ['directory', 'beside', (at) => ({ path: at, directory: { recurse: true } })],
  ['helm.valueFiles', 'secret.yaml', (at) => ({ path: 'chart', helm: { valueFiles: [at] } })],
  ['helm.valueFiles of a glob', '*.yaml', (at) => ({ path: 'chart', helm: { valueFiles: [at] } })],
  [
    'helm.valueFiles of another source',
    'secret.yaml',
    (at) => ({ path: 'chart', helm: { valueFiles: [`$lent/${at}`] } }),
  ],
  [
    'helm.fileParameters',
    'secret.yaml',
    (at) => ({ path: 'chart', helm: { fileParameters: [{ name: 'a', path: at }] } }),
  ],
  ['kustomize.components', 'beside', (at) => ({ path: 'kustomize', kustomize: { components: [at] } })],
  ['kustomize.patches', 'secret.yaml', (at) => ({ path: 'kustomize', kustomize: { patches: [{ path: at }] } })],
  ['directory.jsonnet.libs', 'beside', (at) => ({ path: 'jsonnet', directory: { jsonnet: { libs: [at] } } })],
];

describe.each(FIELDS)('%s', (_field, file, toSource) => {
  const linked =
    file === 'beside'
      ? ['linked', '../linked', '/linked']
      : ['linked.yaml', '/chart/linked.yaml', '/kustomize/linked.yaml'];
  it.each([...WAYS(file), ...linked])('never leaves the source by %j', async (at) => {
    const tree = await openFolderTree(path.join(root, 'source'));
    const outcome = await render(tree, toSource(at), tree).then(
      ({ objects }) => JSON.stringify(objects),
      (thrown: unknown) => thrown,
    );
    if (typeof outcome !== 'string') expect(outcome).toBeInstanceOf(Failure);
    const text = outcome instanceof Failure ? outcome.message : String(outcome);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('root:');
    expect(text).not.toContain(root);
  });
});

describe('from a source that holds it too', () => {
  it.each<readonly [string, Omit<ApplicationSource, 'repoURL'>]>([
    ['path', { path: 'beside' }],
    ['directory', { path: 'source/../beside', directory: { include: 'x.yaml' } }],
    ['helm.valueFiles', { path: 'source/chart', helm: { valueFiles: ['../../secret.yaml'] } }],
    ['helm.valueFiles of a glob', { path: 'source/chart', helm: { valueFiles: ['../../*.yaml'] } }],
    ['helm.valueFiles of another source', { path: 'source/chart', helm: { valueFiles: ['$lent/secret.yaml'] } }],
    [
      'helm.fileParameters',
      { path: 'source/chart', helm: { fileParameters: [{ name: 'a', path: '../../secret.yaml' }] } },
    ],
    ['directory.jsonnet.libs', { path: 'source/jsonnet', directory: { jsonnet: { libs: ['beside'] } } }],
  ])('%s reads it', async (_field, source) => {
    const tree = await openFolderTree(root);
    expect(JSON.stringify((await render(tree, source, tree)).objects)).toContain(SECRET);
  });
});
