import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Failure } from '@argosy/base';

import { createMemoryTree, renderKustomization } from '../src/index.ts';

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n';
const build = (files: Readonly<Record<string, string>>, path = '') =>
  renderKustomization(createMemoryTree(files), path);

/** What a build fails with. Anything that is no Failure is a defect of ours. */
const failureOf = async (files: Readonly<Record<string, string>>, path = ''): Promise<string> => {
  const outcome = await build(files, path).then(
    () => 'built',
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof Failure) return outcome.message;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
};

describe('paths that leave the folder', () => {
  const outside = { 'secret.yaml': configMap, 'other/kustomization.yaml': 'resources: [x.yaml]\n' };
  it.each([
    ['resources', 'resources: [../secret.yaml]'],
    ['resources beyond the root', 'resources: [../../../etc/passwd]'],
    ['an absolute resource', 'resources: [/secret.yaml]'],
    ['patches', 'resources: [a.yaml]\npatches: [{path: ../secret.yaml}]'],
    ['patchesStrategicMerge', 'resources: [a.yaml]\npatchesStrategicMerge: [../secret.yaml]'],
    ['patchesJson6902', 'resources: [a.yaml]\npatchesJson6902: [{path: ../secret.yaml, target: {name: a}}]'],
    ['files', 'configMapGenerator: [{name: c, files: [../secret.yaml]}]'],
    ['named files', 'secretGenerator: [{name: c, files: [k=../secret.yaml]}]'],
    ['envs', 'configMapGenerator: [{name: c, envs: [../secret.yaml]}]'],
    ['configurations', 'resources: [a.yaml]\nconfigurations: [../secret.yaml]'],
    ['crds', 'resources: [a.yaml]\ncrds: [../secret.yaml]'],
    ['openapi', 'resources: [a.yaml]\nopenapi: {path: ../secret.yaml}'],
    ['replacements', 'resources: [a.yaml]\nreplacements: [{path: ../secret.yaml}]'],
    ['generators', 'generators: [../secret.yaml]'],
    ['transformers', 'resources: [a.yaml]\ntransformers: [../secret.yaml]'],
    ['validators', 'resources: [a.yaml]\nvalidators: [../secret.yaml]'],
    ['components', 'resources: [a.yaml]\ncomponents: [../../other]'],
  ])('%s', async (_field, text) => {
    const files = { ...outside, 'app/kustomization.yaml': `${text}\n`, 'app/a.yaml': configMap };
    expect(await failureOf(files, 'app')).toMatch(/not in or below app|leads outside of the source|is absolute/);
  });
});

describe('builds without end', () => {
  it('refuses bases that go in circles', async () => {
    expect(await failureOf({ 'kustomization.yaml': 'resources: [.]\n' })).toContain('cycle detected');
    expect(
      await failureOf(
        { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' },
        'a',
      ),
    ).toContain('cycle detected');
    expect(
      await failureOf({
        'kustomization.yaml': 'components: [c]\nnamePrefix: a\n',
        'c/kustomization.yaml': 'kind: Component\ncomponents: [../c]\n',
      }),
    ).toContain('cycle detected');
  });

  it('refuses bases that double at every level', async () => {
    const files: Record<string, string> = { 'l0/kustomization.yaml': 'resources: [a.yaml]\n', 'l0/a.yaml': configMap };
    for (let level = 1; level <= 30; level += 1) {
      files[`l${level}/kustomization.yaml`] = `resources: [../x${level}, ../z${level}]\n`;
      for (const side of ['x', 'z'])
        files[`${side}${level}/kustomization.yaml`] = `resources: [../l${level - 1}]\nnamePrefix: ${side}\n`;
    }
    expect(await failureOf(files, 'l30')).toContain('the build reads more than');
  });

  it('refuses aliases that expand without end', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1)
      lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
    const bomb = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${lines.map((line) => `  ${line}\n`).join('')}`;
    expect(await failureOf({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': bomb })).toContain(
      'aliases expanded',
    );
    expect(await failureOf({ 'kustomization.yaml': `${lines.join('\n')}\n` })).toContain('aliases expanded');
  });

  it('refuses replacements that copy themselves', async () => {
    const doubling = `- source: {kind: ConfigMap, fieldPath: data}
  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x, data.y], options: {create: true}}]
`;
    expect(
      await failureOf({
        'kustomization.yaml': `resources: [a.yaml]\nreplacements:\n${doubling.repeat(40)}`,
        'a.yaml': configMap,
      }),
    ).toContain('replacements: write more than');
  });

  it('refuses vars that make texts without end', async () => {
    const vars =
      'vars: [{name: V, objref: {apiVersion: v1, kind: ConfigMap, name: a}, fieldref: {fieldpath: data.k}}]\n';
    const text = 'x'.repeat(100_000);
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, args: ["${'$(V)'.repeat(10_000)}"]}]}\n`;
    expect(
      await failureOf({
        'kustomization.yaml': `resources: [a.yaml, p.yaml]\n${vars}`,
        'a.yaml': configMap.replace('{k: v}', `{k: ${text}}`),
        'p.yaml': pod,
      }),
    ).toContain('a text becomes longer than');
  });

  it('refuses lists too long to merge', async () => {
    const items = Array.from({ length: 10_001 }, (_, at) => `{name: e${at}}`).join(', ');
    const deployment = (env: string): string =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, env: [${env}]}]}}}\n`;
    expect(
      await failureOf({
        'kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: p.yaml}]\n',
        'a.yaml': deployment('{name: a}'),
        'p.yaml': deployment(items),
      }),
    ).toContain('too long to merge by name');
  });
});

const FIELDS =
  'resources bases components patches patchesStrategicMerge patchesJson6902 namePrefix nameSuffix namespace labels commonLabels commonAnnotations images replicas replacements vars configMapGenerator secretGenerator generatorOptions transformers validators generators configurations openapi crds buildMetadata sortOptions helmCharts unknown'.split(
    ' ',
  );

describe('shapes nobody expects', () => {
  it('refuses nesting beyond all manifests', async () => {
    const deep = `${'{a: '.repeat(5000)}1${'}'.repeat(5000)}`;
    expect(
      await failureOf({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap.replace('{k: v}', deep) }),
    ).toContain('nesting exceeded');
    const path = Array.from({ length: 5000 }, () => 'a').join('.');
    expect(
      await failureOf({
        'kustomization.yaml': `resources: [a.yaml]\nreplacements: [{source: {kind: ConfigMap, fieldPath: data.k}, targets: [{select: {kind: ConfigMap}, fieldPaths: [${path}], options: {create: true}}]}]\n`,
        'a.yaml': configMap,
      }),
    ).toContain('a field path has more than 200 parts');
  });

  it('reads patterns in linear time', async () => {
    const files = {
      'kustomization.yaml': `resources: [a.yaml]\nimages: [{name: "(a*)*b", newTag: x}]\npatches: [{target: {name: "(a|a)*b"}, patch: "- {op: remove, path: /data}"}]\n`,
      'a.yaml': configMap.replace('{name: a}', `{name: ${'a'.repeat(200)}}`),
    };
    const started = performance.now();
    expect((await build(files)).objects).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('applies hundreds of patches to hundreds of objects in linear time', async () => {
    const patch = `- {target: {kind: ConfigMap}, patch: '[{"op": "add", "path": "/data/x", "value": "y"}]'}\n`;
    const files = {
      'kustomization.yaml': `resources: [a.yaml]\npatches:\n${patch.repeat(200)}`,
      'a.yaml': Array.from({ length: 200 }, (_, at) => configMap.replace('name: a', `name: a${at}`)).join('---\n'),
    };
    const started = performance.now();
    expect((await build(files)).objects).toHaveLength(200);
    expect(performance.now() - started).toBeLessThan(8000);
  });

  it('keeps names of prototypes as data', async () => {
    const { text } = await build({
      'kustomization.yaml': 'resources: [a.yaml]\ncommonLabels: {__proto__: x, constructor: "y"}\n',
      'a.yaml': `${configMap.replace('{k: v}', '{__proto__: p, constructor: c}')}`,
    });
    expect(text).toContain('__proto__: p');
    expect(text).toContain('    __proto__: x');
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('takes ten megabytes on one line', async () => {
    const line = 'x'.repeat(10 * 1024 * 1024);
    const { objects } = await build({
      'kustomization.yaml': 'resources: [a.yaml]\nconfigMapGenerator: [{name: g, files: [line.txt]}]\n',
      'a.yaml': configMap.replace('{k: v}', `{k: ${line}}`),
      'line.txt': line,
    });
    expect(objects).toHaveLength(2);
  });

  it('fails cleanly on whatever a kustomization holds', async () => {
    const field = fc.constantFrom(...FIELDS);
    const word = fc.constantFrom('a.yaml', '.', '..', 'c', '', '[', '$(V)', 'name', 'kind', '*', '- op: x', '{', '1');
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.constantFrom(null, true, 1, -1.5),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'name',
            'path',
            'patch',
            'target',
            'kind',
            'source',
            'targets',
            'select',
            'fieldPaths',
            'pairs',
            'files',
            'literals',
            'fieldPath',
            'objref',
            'newTag',
            'count',
            'options',
            'delimiter',
            'index',
          ),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(field, value, { maxKeys: 4 }), async (kustomization) => {
        const outcome = await build({
          'kustomization.yaml': JSON.stringify({ resources: ['a.yaml'], ...kustomization }),
          'a.yaml': configMap,
          'c/kustomization.yaml': 'kind: Component\nnamePrefix: c-\n',
        }).then(
          ({ text }) => text,
          (thrown: unknown) => thrown,
        );
        expect(typeof outcome === 'string' || outcome instanceof Failure, String(outcome)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});
