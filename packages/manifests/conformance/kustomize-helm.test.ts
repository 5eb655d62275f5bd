import { describe, expect, it } from 'vitest';

import { createMemoryTree, renderKustomization, type ChartResolver, type HelmInflation } from '../src/index.ts';

/** What is expected was printed by `kustomize build --enable-helm` 5.5 with Helm 3. */
const chart = {
  'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\n',
  'charts/web/values.yaml': 'replicas: 1\nimage: nginx:1\nlist: [a, b]\nextra: {keep: x, drop: w}\n',
  'charts/web/crds/c.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: bees.example.com}\n',
  'charts/web/templates/map.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  kube: "{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "x/v1" }}"
  values: '{{ pick .Values "replicas" "image" "list" "extra" | toJson }}'
`,
  'charts/web/templates/hook.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: hook\n  annotations: {"helm.sh/hook": pre-install}\n',
  'charts/web/templates/tests/t.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: test\n  annotations: {"helm.sh/hook": test}\n',
  'own.yaml': 'replicas: 5\n',
  'more.yaml': 'image: nginx:7\n',
};
const build = (kustomization: string, helm: HelmInflation | undefined = { kubeVersion: '1.30.0' }) =>
  renderKustomization(createMemoryTree({ ...chart, 'kustomization.yaml': kustomization }), '', { helm });
const names = async (entry: string): Promise<readonly string[]> =>
  (await build(`helmCharts:\n- name: web\n${entry}`)).objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const valuesOf = async (entry: string): Promise<unknown> => {
  const { objects } = await build(`helmCharts:\n- name: web\n  releaseName: r\n${entry}`);
  const map = objects.find(({ kind }) => kind === 'ConfigMap') as { readonly data?: { readonly values?: string } };
  return JSON.parse(map.data?.values ?? '');
};

describe('helmCharts', () => {
  it('renders a chart and transforms what it made', async () => {
    const { text } = await build('helmCharts:\n- name: web\n  releaseName: r\n  skipHooks: true\nnamePrefix: k-\n');
    expect(text).toBe(`apiVersion: v1
data:
  kube: v1.30.0 false
  values: '{"extra":{"drop":"w","keep":"x"},"image":"nginx:1","list":["a","b"],"replicas":1}'
kind: ConfigMap
metadata:
  name: k-r
  namespace: default
`);
  });

  it.each([
    ['  releaseName: r\n', ['ConfigMap/r', 'Secret/hook', 'Pod/test']],
    [
      '  releaseName: r\n  includeCRDs: true\n',
      ['CustomResourceDefinition/bees.example.com', 'ConfigMap/r', 'Secret/hook', 'Pod/test'],
    ],
    ['  releaseName: r\n  skipTests: true\n', ['ConfigMap/r', 'Secret/hook']],
    ['  releaseName: r\n  skipHooks: true\n', ['ConfigMap/r']],
    ['  nameTemplate: "t-{{ add 1 2 }}"\n  skipHooks: true\n', ['ConfigMap/t-3']],
  ])('%s', async (entry, expected) => {
    expect(await names(entry)).toEqual(expected);
  });

  it.each([
    ['  valuesFile: own.yaml\n  additionalValuesFiles: [more.yaml]\n', { replicas: 5, image: 'nginx:7' }],
    [
      '  valuesInline: {replicas: 3, list: [c], extra: {add: z}}\n',
      { replicas: 3, list: ['c'], extra: { keep: 'x', drop: 'w', add: 'z' } },
    ],
    [
      '  valuesInline: {replicas: 3, extra: {add: z}}\n  valuesMerge: merge\n',
      { replicas: 1, extra: { keep: 'x', drop: 'w', add: 'z' } },
    ],
    ['  valuesInline: {replicas: 3}\n  valuesMerge: replace\n', { replicas: 3, list: ['a', 'b'] }],
  ])('lays values: %s', async (entry, expected) => {
    expect(await valuesOf(entry)).toMatchObject(expected);
  });

  it('takes versions from the entry, and from the caller over it', async () => {
    const entry = 'helmCharts:\n- {name: web, releaseName: r, kubeVersion: 1.20.0, apiVersions: [x/v1]}\n';
    const kubeOf = async (helm: HelmInflation): Promise<unknown> =>
      (await build(entry, helm)).objects.find(({ kind }) => kind === 'ConfigMap');
    expect(await kubeOf({})).toMatchObject({ data: { kube: 'v1.20.0 true' } });
    expect(await kubeOf({ kubeVersion: '1.31.0', apiVersions: ['y/v1'] })).toMatchObject({
      data: { kube: 'v1.31.0 false' },
    });
  });

  it('reads the old field and the generator of its own', async () => {
    const old = 'helmChartInflationGenerator:\n- {chartName: web, releaseName: old, values: own.yaml}\n';
    expect((await build(old)).objects.map(({ metadata }) => metadata.name)).toContain('old');
    const generator = `generators:\n- |-\n  apiVersion: builtin\n  kind: HelmChartInflationGenerator\n  metadata: {name: g}\n  name: web\n  releaseName: gen\n`;
    expect((await build(generator)).objects.map(({ metadata }) => metadata.name)).toContain('gen');
  });

  it.each([
    ['- {name: none, releaseName: r}', 'helmCharts: no repo specified for pull, no chart found at charts/none'],
    ['- {name: none, repo: "https://example.com", version: 1.0.0}', 'put the chart at charts/none-1.0.0/none'],
    ['- {releaseName: r}', 'helmCharts: an entry has no name'],
    ['- {name: web}', 'helmCharts: web needs a releaseName'],
    ['- {name: web, releaseName: r, valuesMerge: odd, valuesInline: {a: 1}}', 'valuesMerge must be one of'],
    ['- {name: web, releaseName: r, additionalValuesFiles: [../x.yaml]}', 'leads outside of the source'],
  ])('refuses %s', async (entry, message) => {
    await expect(build(`helmCharts:\n${entry}\n`)).rejects.toThrow(message);
  });

  it('pulls a chart of a repository', async () => {
    const asked: unknown[] = [];
    const tree = createMemoryTree({
      'Chart.yaml': 'apiVersion: v2\nname: far\nversion: 1.0.0\n',
      'values.yaml': 'replicas: 1\nimage: nginx:1\n',
      'templates/map.yaml': chart['charts/web/templates/map.yaml'],
    });
    const charts: ChartResolver = {
      open: async (wanted) => {
        asked.push(wanted);
        return { version: '1.0.0', tree };
      },
      urlOf: () => undefined,
    };
    const { objects } = await build(
      'helmCharts:\n- {name: far, releaseName: r, repo: "https://example.com", version: 1.0.0, valuesInline: {image: i}, additionalValuesFiles: [own.yaml]}\n',
      { charts },
    );
    expect([asked, objects]).toMatchObject([
      [{ repository: 'https://example.com', name: 'far', version: '1.0.0' }],
      [{ metadata: { name: 'r' }, data: { values: '{"image":"i","replicas":5}' } }],
    ]);
  });

  it('is refused where Helm is not enabled', async () => {
    await expect(
      renderKustomization(createMemoryTree({ ...chart, 'kustomization.yaml': 'helmCharts:\n- {name: web}\n' }), ''),
    ).rejects.toThrow('Helm is not enabled for kustomize here');
  });
});
