import { describe, expect, it } from 'vitest';

import { createMemoryTree } from '../tree/memory-tree.ts';
import { holdsIn, traceTree } from '../tree/traced-tree.ts';
import { createHelmCache } from './helm-cache.ts';
import type { HelmOptions } from './helm-options.ts';
import { renderHelmChart, renderHelmText } from './render-helm-chart.ts';

type Files = Readonly<Record<string, string>>;

const CHART = 'apiVersion: v2\nname: web\nversion: 1.2.3\n';
const aChart = (files: Files): Files => ({ 'Chart.yaml': CHART, ...files });
const aMap = (name: string, body: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${body}`;
const render = (files: Files, options?: HelmOptions) => renderHelmChart(createMemoryTree(files), options);
const textOf = async (files: Files, options?: HelmOptions): Promise<string> =>
  (await renderHelmText(createMemoryTree(files), options)).text;

describe('what templates are given', () => {
  const said = async (text: string, files: Files = {}): Promise<string> =>
    (await textOf(aChart({ 'templates/a.yaml': `x: |\n  ${text}\n`, ...files }))).split('\n')[3]?.trim() ?? '';
  const values = { 'values.yaml': 'a: {b: {c: 1}}\ns: text\n' };

  it('has methods where upstream has them', async () => {
    expect(
      await said('{{ .Values.AsMap.a.b.c }} {{ (.Values.Table "a.b").c }} {{ .Values.PathValue "s" }}', values),
    ).toBe('1 1 text');
    expect(await said('{{ .Values.YAML | quote }} {{ .Template.AsMap.BasePath }}', values)).toBe(
      String.raw`"a:\n  b:\n    c: 1\ns: text\n" web/templates`,
    );
    await expect(said('{{ .Values.Table "s" }}', values)).rejects.toThrow('error calling Table: "s" is not a table');
    await expect(said('{{ .Values.PathValue "a.b" }}', values)).rejects.toThrow('"b" is not a value');
  });

  it('is of the types upstream gives it, which functions of plain maps forget', async () => {
    expect(
      await said('{{ typeOf . }} {{ typeOf .Values }} {{ typeOf .Values.a }} {{ typeOf .Values.AsMap }}', values),
    ).toBe('chartutil.Values chartutil.Values map[string]interface {} map[string]interface {}');
    expect(await said('{{ typeOf (deepCopy .Values) }} {{ typeOf (set .Values "n" 1) }} {{ .Values.n }}', values)).toBe(
      'chartutil.Values map[string]interface {} 1',
    );
    await expect(said('{{ dig "a" "none" .Values }}', values)).rejects.toThrow(
      'interface conversion: interface {} is chartutil.Values, not map[string]interface {}',
    );
  });

  it('is printed whole, large files too', async () => {
    const files = { 'big.txt': 'a'.repeat(1_500_000) };
    expect(await said('{{ printf "%v" .Files | len }} {{ len (dict "k" 1 $ "v") }}', files)).toBe('4500014 2');
  });
});

describe('renderHelmText', () => {
  it('prints as helm template does: manifests by kind, hooks last, sources named', async () => {
    const files = aChart({
      'templates/a-deployment.yaml': 'kind: Deployment\napiVersion: apps/v1\nmetadata: {name: d}\n',
      'templates/hook.yaml':
        'kind: Job\napiVersion: batch/v1\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: pre-install}\n',
      'templates/two.yaml': `${aMap('{{ .Release.Name }}', '')}---\n\n---\nkind: Secret\napiVersion: v1\nmetadata: {name: s}\n`,
      'templates/_partial.tpl': 'never shown',
      'templates/NOTES.txt': 'Hello {{ .Chart.Name }}',
      'crds/c.yaml': 'kind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\nmetadata: {name: c}\n',
    });
    expect(await textOf(files, { includeCrds: true })).toMatchInlineSnapshot(`
      "---
      # Source: web/crds/c.yaml
      kind: CustomResourceDefinition
      apiVersion: apiextensions.k8s.io/v1
      metadata: {name: c}

      ---
      # Source: web/templates/two.yaml
      ---
      kind: Secret
      apiVersion: v1
      metadata: {name: s}
      ---
      # Source: web/templates/two.yaml
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: release-name
      ---
      # Source: web/templates/a-deployment.yaml
      kind: Deployment
      apiVersion: apps/v1
      metadata: {name: d}
      ---
      # Source: web/templates/hook.yaml
      kind: Job
      apiVersion: batch/v1
      metadata:
        name: h
        annotations: {helm.sh/hook: pre-install}
      "
    `);
    expect((await render(files)).notes).toBe('Hello web');
  });
});

describe('renderHelmChart', () => {
  it('takes numbers where texts are meant', async () => {
    const files = {
      'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1\nappVersion: 1.10\nannotations: {a: true}\n',
      'templates/a.yaml': aMap(
        'a',
        '  annotations: {helm.sh/hook-weight: 5}\ndata: {v: "{{ .Chart.Version }} {{ .Chart.AppVersion }} {{ .Chart.Annotations.a }}"}',
      ),
    };
    expect((await render(files)).objects).toMatchObject([{ data: { v: '1 1.1 true' } }]);
  });
});

describe('charts of one tree', () => {
  const files: Files = {
    'apps/web/Chart.yaml': `${CHART}dependencies: [{name: db, version: 1.x, alias: store, repository: "file://../../lib/db"}]\n`,
    'apps/web/templates/a.yaml': aMap('web', ''),
    'lib/db/Chart.yaml': 'name: db\nversion: 1.4.0\n',
    'lib/db/templates/a.yaml': aMap('{{ .Chart.Name }}', ''),
    'elsewhere.txt': '',
  };

  it('depend on each other by file://', async () => {
    const { objects } = await render(files, { path: 'apps/web' });
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['store', 'web']);
    const other = { ...files, 'lib/db/Chart.yaml': 'name: db\nversion: 2.0.0\n' };
    await expect(render(other, { path: 'apps/web' })).rejects.toMatchObject({
      code: 'MissingDependency',
      message: expect.stringContaining('has 2.0.0, wanted 1.x'),
    });
  });

  it('look at nothing else', async () => {
    const traced = traceTree(createMemoryTree(files));
    await renderHelmChart(traced, { path: 'apps/web' });
    const holds = (changes: Files) => holdsIn(traced.looks(), createMemoryTree({ ...files, ...changes }));
    expect(await holds({ 'elsewhere.txt': 'changed', 'new/file': 'x' })).toBe(true);
    expect(await holds({ 'lib/db/templates/a.yaml': 'changed' })).toBe(false);
    expect(await holds({ 'apps/web/templates/new.yaml': 'x' })).toBe(false);
  });

  it('are the same from a cache, and changed when they change', async () => {
    const cache = createHelmCache();
    const names = async (changes: Files) =>
      (await render({ ...files, ...changes }, { path: 'apps/web', cache })).objects.map(
        ({ metadata }) => metadata.name,
      );
    expect([await names({}), await names({}), await names({ 'lib/db/templates/a.yaml': aMap('new', '') })]).toEqual([
      ['store', 'web'],
      ['store', 'web'],
      ['new', 'web'],
    ]);
  });
});

describe('lookup', () => {
  it('asks the port, and finds nothing without one', async () => {
    const files = aChart({ 'templates/a.yaml': 'a: {{ (lookup "v1" "Secret" "ns" "s").data | toJson }}' });
    expect(await textOf(files)).toContain('a: null');
    const lookup = (...asked: readonly string[]) => ({ data: { asked: asked.join(' ') } });
    expect(await textOf(files, { lookup })).toContain('a: {"asked":"v1 Secret ns s"}');
  });
});

describe('renderHelmChart refuses', () => {
  it.each<readonly [string, Files, HelmOptions, string, RegExp]>([
    [
      'a library',
      { 'Chart.yaml': `${CHART}type: library\n` },
      {},
      'InvalidChart',
      /^library charts are not installable$/,
    ],
    ['no chart', {}, { path: 'nowhere' }, 'NotFound', /nowhere: no chart there/],
    ['no Chart.yaml', { 'values.yaml': '' }, {}, 'InvalidChart', /^Chart\.yaml file is missing$/],
    [
      'a bad version',
      { 'Chart.yaml': 'name: a\nversion: x.y\n' },
      {},
      'InvalidChart',
      /chart\.metadata\.version "x\.y" is invalid/,
    ],
    [
      'a version that is a list',
      { 'Chart.yaml': 'name: a\nversion: [1]\n' },
      {},
      'InvalidChart',
      /cannot unmarshal array into Go struct field Metadata\.version/,
    ],
    [
      'a bad release name',
      aChart({}),
      { releaseName: 'a_b' },
      'InvalidReleaseName',
      /release name "a_b": invalid release name/,
    ],
    ['a long release name', aChart({}), { releaseName: 'a'.repeat(54) }, 'InvalidReleaseName', /not be longer than 53/],
    [
      'a missing dependency',
      { 'Chart.yaml': `${CHART}dependencies: [{name: db, version: 1.x, repository: "https://x.test"}]\n` },
      {},
      'MissingDependency',
      /missing in charts\/ directory: db \(from https:\/\/x\.test\)/,
    ],
    [
      'an old cluster',
      { 'Chart.yaml': `${CHART}kubeVersion: ">=1.30.0"\n` },
      { kubeVersion: '1.29' },
      'InvalidChart',
      /requires kubeVersion: >=1\.30\.0 which is incompatible with Kubernetes v1\.29/,
    ],
    [
      'what an author refuses',
      aChart({ 'templates/a.yaml': 'a: b\nc: {{ required "say what" .Values.c }}\n' }),
      {},
      'TemplateFailed',
      /^execution error at \(web\/templates\/a\.yaml:2:6\): say what$/,
    ],
    [
      'what an author refuses deep inside',
      aChart({
        'templates/a.yaml': '{{ include "x" . }}',
        'templates/_x.tpl': '{{ define "x" }}{{ tpl "{{ fail .Chart.Name }}" . }}{{ end }}',
      }),
      {},
      'TemplateFailed',
      /^execution error at \(web\/templates\/a\.yaml:1:3\): web$/,
    ],
    [
      'an unknown function',
      aChart({ 'templates/a.yaml': 'a\n{{ nothing }}' }),
      {},
      'TemplateFailed',
      /^parse error at \(web\/templates\/a\.yaml:2\): function "nothing" not defined$/,
    ],
    [
      'a nil on the way',
      aChart({ 'templates/a.yaml': '{{ .Values.a.b.c }}' }),
      {},
      'TemplateFailed',
      /template: web\/templates\/a\.yaml:1:10: executing "web\/templates\/a\.yaml" at <\.Values\.a\.b\.c>: nil pointer evaluating interface \{\}\.b/,
    ],
    [
      'text that is no YAML',
      aChart({ 'templates/a.yaml': 'a: [1\n' }),
      {},
      'InvalidYAML',
      /^YAML parse error on web\/templates\/a\.yaml: error converting YAML to JSON: yaml: line/,
    ],
    [
      'an annotation that is a list',
      aChart({ 'templates/a.yaml': 'metadata: {annotations: {a: [1]}}' }),
      {},
      'InvalidYAML',
      /cannot unmarshal array into Go struct field SimpleHead\.metadata\.annotations of type string/,
    ],
    ['values that are no table', aChart({ 'values.yaml': '- a' }), {}, 'InvalidChart', /cannot load values\.yaml/],
    [
      'values of a chart that are no table',
      aChart({ 'values.yaml': 'db: 1', 'charts/db/Chart.yaml': 'name: db\nversion: 1.0.0' }),
      {},
      'InvalidValues',
      /type mismatch on db/,
    ],
    ['a path outside', aChart({}), { values: [{ kind: 'file', path: '../x' }] }, 'PathOutside', /outside/],
  ])('%s', async (_reason, files, options, code, message) => {
    await expect(render(files, options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
