import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';

import {
  openFolderTree,
  renderHelmChart,
  renderHelmText,
  type HelmOptions,
  type HelmValues,
  type SetKind,
} from '../src/index.ts';

/** The real helm 3, from HELM or the PATH. */
const judge = findHelm();
const ours = new URL('helm-charts', import.meta.url).pathname;
const golden = new URL('helm-golden', import.meta.url).pathname;
const theirs = new URL('../../../../shared/conformance/helm/charts', import.meta.url).pathname;
const KUBE_VERSION = 'v1.31.0';
const ports = { now: () => Date.now(), random: createSeededRandom(7) };
const scratch = mkdtempSync(path.join(os.tmpdir(), 'argosy-helm-'));

interface Case {
  readonly chart: string;
  readonly name: string;
  readonly options?: HelmOptions;
}

const aFile = (text: string): HelmValues => ({ kind: 'text', name: 'values', text });

/** Charts of ours: what each case says is frozen in helm-golden, which the real helm judges where there is one. */
const CASES: readonly Case[] = [
  { chart: 'web', name: 'default' },
  {
    chart: 'web',
    name: 'values',
    options: {
      values: [
        aFile('ingress: {enabled: true, hosts: [a.test]}\nenv: {LOG_LEVEL: null}\nextra: "more: yes"'),
        aFile('ingress: {hosts: [b.test, c.test]}\nresources: {limits: {cpu: 100m}}'),
      ],
      apiVersions: ['example.test/v1/Thing'],
      kubeVersion: '1.24.3',
      isUpgrade: true,
      skipTests: true,
    },
  },
  {
    chart: 'web',
    name: 'sets',
    options: {
      sets: [
        { kind: 'set', text: 'replicas=3,image.tag=1.2,podAnnotations.a\\.b/c=d\\,e' },
        { kind: 'set', text: 'service.ports[0].port=9,service.ports[1].name=new,nodeSelector.zone={}' },
        { kind: 'string', text: 'image.repository=0123,env.NUMBER=7' },
        { kind: 'json', text: 'resources={"limits":{"cpu":"1"},"list":[1,"b"]}' },
        { kind: 'literal', text: 'env.LITERAL=a,b\\c={d}' },
      ],
      noHooks: true,
    },
  },
  { chart: 'web', name: 'show-only', options: { showOnly: ['templates/service.yaml', 'templates/tests/*.yaml'] } },
  { chart: 'web', name: 'name', options: { nameTemplate: '{{ list "My" "Web" | join "-" | lower }}' } },
  { chart: 'umbrella', name: 'default' },
  {
    chart: 'umbrella',
    name: 'tags',
    options: {
      sets: [{ kind: 'set', text: 'tags.fast=true,tags.backup=false,db.meter.enabled=false,global.domain=other.test' }],
    },
  },
  { chart: 'umbrella', name: 'switched-off', options: { sets: [{ kind: 'set', text: 'db.enabled=false,port=null' }] } },
  { chart: 'legacy', name: 'default' },
  {
    chart: 'legacy',
    name: 'nulls',
    options: {
      values: [aFile('keep: {a: null, c: null}\ndrop: null\nlist: [9]\nstore: {nested: {c: null, d: null}}')],
    },
  },
  { chart: 'globals', name: 'default' },
  {
    chart: 'globals',
    name: 'nulls',
    options: { values: [aFile('global: {a: {b: {keys: null, c: null}, d: null}}')] },
  },
  { chart: 'kinds', name: 'default', options: { includeCrds: true } },
  { chart: 'formats', name: 'default' },
  {
    chart: 'formats',
    name: 'sets',
    options: { sets: [{ kind: 'set', text: 'set={a,1,true,null,},numbers.int=9007199254740993' }] },
  },
];

afterAll(() => rmSync(scratch, { recursive: true }));

describe('charts of ours', () => {
  it.each(CASES)('$chart, $name', async ({ chart, name, options }) => {
    const tree = await openFolderTree(ours);
    const { text } = await renderHelmText(tree, withDefaults(chart, options));
    await expect(text).toMatchFileSnapshot(path.join(golden, `${chart}-${name}.yaml`));
    if (judge) expect(text).toBe(askHelm(path.join(ours, chart), withDefaults(chart, options)).stdout);
  });

  it('as objects are what the text says', async () => {
    const tree = await openFolderTree(ours);
    const { objects, notes } = await renderHelmChart(tree, { path: 'web', ports });
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Secret release-name-web',
      'ConfigMap release-name-web',
      'Service release-name-web',
      'Deployment release-name-web',
      'ServiceAccount release-name-hook',
      'Pod release-name-test',
      'Job release-name-migrate',
    ]);
    expect(notes).toBe('Thank you for web.\n');
  });
});

describe.skipIf(!judge || !existsSync(theirs))(
  'charts of others (skipped where the conformance data or a helm 3 program is absent; HELM names it)',
  () => {
    it.each(existsSync(theirs) ? casesOf(theirs) : [])('%s %s', async (chart, values) => {
      const options: HelmOptions = {
        ...withDefaults(chart),
        includeCrds: true,
        ...(values !== '' && { values: [{ kind: 'file', path: `${chart}/ci/${values}` }] }),
      };
      const asked = askHelm(path.join(theirs, chart), options);
      const tree = await openFolderTree(theirs);
      if (asked.status !== 0) {
        await expect(renderHelmText(tree, options)).rejects.toThrow(causeOf(asked.stderr));
        return;
      }
      const { text } = await renderHelmText(tree, options);
      if (text === asked.stdout) return;
      // What helm itself answers otherwise every time (passwords, keys) is not compared.
      const again = askHelm(path.join(theirs, chart), options).stdout.split('\n');
      const isStable = asked.stdout.split('\n').map((line, at) => line === again[at]);
      const masked = (whole: string): readonly string[] =>
        whole.split('\n').map((line, at) => (isStable[at] === false ? line.replace(/:.*/, ': random') : line));
      expect(masked(text)).toEqual(masked(asked.stdout));
    });
  },
);

function withDefaults(chart: string, options: HelmOptions = {}): HelmOptions {
  const name = options.nameTemplate === undefined ? { releaseName: 'rel' } : {};
  return { path: chart, ...name, namespace: 'ns', kubeVersion: KUBE_VERSION, ports, ...options };
}

function casesOf(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder).flatMap((chart) => {
    const ci = path.join(folder, chart, 'ci');
    const values = existsSync(ci) ? readdirSync(ci).filter((name) => name.endsWith('.yaml')) : [];
    return ['', ...values].map((name) => [chart, name] as const);
  });
}

function findHelm(): string | undefined {
  const program = process.env['HELM'] ?? 'helm';
  const found = spawnSync(program, ['version', '--template', '{{ .Version }}'], { encoding: 'utf8' });
  return found.status === 0 && found.stdout.startsWith('v3.') ? program : undefined;
}

/** What the real helm prints for the same options. */
function askHelm(chart: string, options: HelmOptions): { status: number | null; stdout: string; stderr: string } {
  const args = [
    'template',
    ...(options.nameTemplate === undefined ? ['rel', chart] : [chart, '--name-template', options.nameTemplate]),
    '--namespace',
    'ns',
    '--kube-version',
    options.kubeVersion ?? KUBE_VERSION,
    ...(options.values ?? []).flatMap((entry, at) => ['--values', fileOf(chart, entry, at)]),
    ...(options.sets ?? []).flatMap(({ kind, text }) => [FLAGS[kind], text]),
    ...(options.apiVersions ?? []).flatMap((version) => ['--api-versions', version]),
    ...(options.showOnly ?? []).flatMap((template) => ['--show-only', template]),
    ...(options.includeCrds ? ['--include-crds'] : []),
    ...(options.skipTests ? ['--skip-tests'] : []),
    ...(options.noHooks ? ['--no-hooks'] : []),
    ...(options.isUpgrade ? ['--is-upgrade'] : []),
  ];
  return spawnSync(judge ?? 'helm', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

function fileOf(chart: string, entry: HelmValues, at: number): string {
  if (entry.kind === 'file') return path.join(path.dirname(chart), entry.path);
  const file = path.join(scratch, `${at}.yaml`);
  writeFileSync(file, entry.text);
  return file;
}

const FLAGS: Readonly<Record<SetKind, string>> = {
  set: '--set',
  string: '--set-string',
  json: '--set-json',
  file: '--set-file',
  literal: '--set-literal',
};

/** The part of helm's message that says why. */
function causeOf(stderr: string): string {
  const message = stderr.replace(/\n+Use --debug flag[^]*$/, '').replace(/^[^]*?Error: /, '');
  return message.replace(/^An error occurred while checking for chart dependencies.*?dependencies: /, '').trim();
}
