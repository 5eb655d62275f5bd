/**
 * Rendering, against the programs a user would start: a typical chart (`helm template`), a kustomization of large CRDs
 * (`kubectl kustomize`), a program (`jsonnet`), and one changed file in a repository of 1,000 application folders. The
 * helm program is `HELM` or `helm`, the others `KUBECTL` and `JSONNET`; what is not there is said.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { createSeededRandom } from '@argosy/base';
import {
  createBlobMemory,
  createGitLineage,
  createGitRunner,
  createHelmCache,
  createRenderCache,
  evaluateJsonnet,
  openFolderTree,
  openGitTree,
  renderDirectory,
  rememberBlobs,
  renderHelmText,
  renderKustomization,
  traceTree,
  type RenderCache,
  type Tree,
} from '@argosy/manifests';

import { quantile } from './peers/cluster.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'argosy-bench-render-'));
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@argosy.test',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@argosy.test',
};
const ports = { now: () => Date.now(), random: createSeededRandom(1) };

/** Times of several rounds, in ms; the first is the cold one. */
const rounds = async (count: number, work: () => unknown): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times;
};

/** Rounds of a program, or nothing when it is not there. */
const spawned = async (
  program: string,
  args: readonly string[],
  count: number,
): Promise<readonly number[] | undefined> => {
  const first = spawnSync(program, [...args], { env, maxBuffer: 2 ** 28 });
  if (first.error) {
    console.log(`  ${program} is not there: no comparison`);
    return undefined;
  }
  if (first.status !== 0) throw new Error(`${program}: ${first.stderr.toString()}`);
  return rounds(count, () => spawnSync(program, [...args], { env, maxBuffer: 2 ** 28 }));
};

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

const compare = (
  what: string,
  of: { readonly ours: readonly number[]; readonly theirs: readonly number[] | undefined; readonly program: string },
): void => {
  const [cold = 0, ...warm] = of.ours;
  const median = quantile(warm, 0.5);
  const theirs = of.theirs && quantile(of.theirs, 0.5);
  const ratio =
    theirs === undefined ? '' : `; ${of.program} ${ms(theirs)}: ${(theirs / median).toFixed(1)} times as long`;
  console.log(`${what}: cold ${ms(cold)}, warm median ${ms(median)}${ratio}`);
};

const blobs = createBlobMemory();
/** A folder as a commit: what an application renders from. */
const asCommit = async (from: string, name: string): Promise<Tree> => {
  const copy = path.join(folder, name);
  cpSync(from, copy, { recursive: true });
  const inCopy = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', copy, ...args], { env })
      .toString()
      .trim();
  inCopy('init', '-q');
  inCopy('add', '-A', '-f');
  inCopy('commit', '-q', '-m', 'c');
  const tree = await openGitTree(createGitRunner({ env }), {
    gitDirectory: path.join(copy, '.git'),
    commit: inCopy('rev-parse', 'HEAD'),
  });
  return rememberBlobs(tree, blobs);
};

const ours = fileURLToPath(new URL('../packages/manifests/conformance/helm-charts/', import.meta.url));
const others = fileURLToPath(new URL('../../shared/conformance/helm/charts/', import.meta.url));
/** Those of others are measured where they are. */
const charts = [
  ['our test chart', path.join(ours, 'web')],
  ['kube-state-metrics', path.join(others, 'kube-state-metrics')],
  ['argo-rollouts', path.join(others, 'argo-rollouts')],
  ['bitnami redis', path.join(others, 'bitnami-redis')],
] as const;
const helm = process.env['HELM'] ?? 'helm';
for (const [name, chart] of charts.filter(([, at]) => existsSync(path.join(at, 'Chart.yaml')))) {
  const tree = await asCommit(chart, path.basename(chart));
  const cache = createHelmCache();
  const render = async (): Promise<unknown> => renderHelmText(tree, { releaseName: 'web', ports, cache });
  const theirs = await spawned(helm, ['template', 'web', chart], 10);
  compare(`helm, ${name}`, { ours: await rounds(40, render), theirs, program: 'helm template' });
}

/** A CRD as operators have them: hundreds of described fields. */
const aCrd = (at: number): string => {
  const fields = Array.from(
    { length: 900 },
    (_, field) =>
      `                field${field}:\n                  type: string\n                  description: What field ${field} of kind ${at} is for, in a sentence of some length.\n`,
  );
  return `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things${at}.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Thing${at}, plural: things${at}}\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            spec:\n              type: object\n              properties:\n${fields.join('')}`;
};
const crds = path.join(folder, 'crds');
mkdirSync(crds);
const texts = Array.from({ length: 30 }, (_, at) => aCrd(at));
for (const [at, text] of texts.entries()) writeFileSync(path.join(crds, `crd${at}.yaml`), text);
writeFileSync(
  path.join(crds, 'kustomization.yaml'),
  `commonAnnotations: {team: a}\nresources:\n${texts.map((_, at) => `- crd${at}.yaml\n`).join('')}`,
);
{
  const tree = await openFolderTree(crds);
  const megabytes = texts.reduce((sum, text) => sum + text.length, 0) / 1e6;
  const ours = await rounds(6, async () => (await renderKustomization(tree, '')).text);
  const theirs = await spawned(process.env['KUBECTL'] ?? 'kubectl', ['kustomize', crds], 3);
  compare(`kustomize, ${texts.length} CRDs of ${megabytes.toFixed(1)} MB`, {
    ours,
    theirs,
    program: 'kubectl kustomize',
  });
  const objects = await rounds(6, async () => (await renderKustomization(tree, '')).objects);
  const speed = (times: readonly number[]): string => (megabytes / (quantile(times.slice(1), 0.5) / 1000)).toFixed(1);
  console.log(`  ${speed(ours)} MB/s to text, ${speed(objects)} MB/s to objects`);
}

{
  const program = path.join(folder, 'main.jsonnet');
  writeFileSync(
    program,
    `local app(i) = { local d = self, apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'app-%03d' % i, labels: d.labels(i) },
  spec: { replicas: 1 + i % 3, selector: { matchLabels: { app: 'app-%d' % i } }, template: { metadata: { labels: d.labels(i) },
    spec: { containers: [{ name: 'main', image: 'registry.example/app:%d' % i, env: [{ name: 'N%d' % n, value: std.toString(n) } for n in std.range(1, 10)] }] } } },
  labels(i):: { app: 'app-%d' % i } };
local labelled(i) = app(i) + { metadata+: { annotations: std.mapWithKey(function(k, v) v + k, { a: 'x', b: 'y' }) } };
[labelled(i) for i in std.range(1, 200)]\n`,
  );
  const tree = await openFolderTree(folder);
  const theirs = await spawned(process.env['JSONNET'] ?? 'jsonnet', [program], 10);
  compare('jsonnet, 200 deployments', {
    ours: await rounds(20, () => evaluateJsonnet(tree, 'main.jsonnet')),
    theirs,
    program: 'jsonnet',
  });
}

const APPS = 1000;
const repository = path.join(folder, 'apps');
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', repository, ...args], { env })
    .toString()
    .trim();
const commit = (): string => {
  git('add', '-A');
  git('commit', '-q', '-m', 'c');
  return git('rev-parse', 'HEAD');
};
const writeApp = (at: number, replicas: number): void => {
  const home = path.join(repository, 'apps', `app-${at}`);
  mkdirSync(home, { recursive: true });
  for (const name of ['web', 'db', 'queue', 'cache'])
    writeFileSync(
      path.join(home, `${name}.yaml`),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}-${at}}\ndata: {replicas: "${replicas}"}\n`,
    );
};
mkdirSync(repository);
git('init', '-q');
for (let at = 0; at < APPS; at += 1) writeApp(at, 1);
const first = commit();
writeFileSync(
  path.join(repository, 'apps/app-500/web.yaml'),
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-500}\ndata: {replicas: "2"}\n',
);
const second = commit();
const gitDirectory = path.join(repository, '.git');
const runner = createGitRunner({ env });
const open = (at: string): Promise<Tree> => openGitTree(runner, { gitDirectory, commit: at });

const decideAll = async (cache: RenderCache, tree: Tree, isIndexed: boolean): Promise<number> => {
  const lineage = createGitLineage(runner, gitDirectory);
  let rendered = 0;
  for (let at = 0; at < APPS; at += 1) {
    const where = `apps/app-${at}`;
    const { from } = await cache.render({
      inputs: { tool: 'directory', where },
      trees: new Map([['', tree]]),
      ...(isIndexed && { lineages: new Map([['', lineage]]) }),
      make: async (trees) => ({
        value: await renderDirectory(trees.get('') ?? traceTree(tree), where),
        isRepeatable: true,
      }),
    });
    if (from === 'rendered') rendered += 1;
  }
  return rendered;
};
const directory = path.join(folder, 'renders');
for (const [name, isIndexed] of [
  ['by what changed', true],
  ['by every look', false],
] as const) {
  const cache = createRenderCache({ random: ports.random, now: ports.now }, isIndexed ? { directory } : {});
  const started = performance.now();
  const all = await decideAll(cache, await open(first), isIndexed);
  const before = performance.now();
  const one = await decideAll(cache, await open(second), isIndexed);
  const after = performance.now();
  console.log(
    `${APPS} folders, ${name}: all ${all} rendered in ${ms(before - started)}; one file later ${ms(after - before)}, ${one} rendered`,
  );
}
{
  const cache = createRenderCache({ random: ports.random, now: ports.now }, { directory });
  const started = performance.now();
  const rendered = await decideAll(cache, await open(second), true);
  console.log(`${APPS} folders, a new process: ${ms(performance.now() - started)} from disk, ${rendered} rendered`);
}
rmSync(folder, { recursive: true });
