import { describe, expect, it } from 'vitest';

import { createMemoryTree } from '../tree/memory-tree.ts';
import { renderDirectory, type DirectoryOptions } from './render-directory.ts';

const manifest = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const object = (name: string): string => `{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '${name}' } }`;
const namesIn = async (files: Readonly<Record<string, string>>, options: DirectoryOptions = {}, path = 'app') =>
  (await renderDirectory(createMemoryTree(files), path, options)).map(({ metadata }) => metadata.name);

describe('renderDirectory', () => {
  it('takes manifests and programs in order of name', async () => {
    const files = {
      'app/c.yaml': manifest('c'),
      'app/b.jsonnet': object('b'),
      'app/a.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}',
      'app/below/d.yaml': manifest('d'),
      'app/lib.libsonnet': 'error "not rendered"',
      'app/.argocd-source.yaml': 'directory: {recurse: true}',
    };
    expect(await namesIn(files)).toEqual(['a', 'b', 'c']);
    expect(await namesIn(files, { recurse: true, exclude: '*.json' })).toEqual(['b', 'd', 'c']);
  });

  it.each([
    ['an object', object('x'), ['x']],
    ['an array', `[${object('x')}, ${object('y')}]`, ['x', 'y']],
    ['arrays within arrays, and null', `[[${object('x')}], null, []]`, ['x']],
    ['objects that hold objects', `{ b: ${object('x')}, a: [${object('y')}] }`, ['y', 'x']],
    ['a List', `{ apiVersion: 'v1', kind: 'List', items: [${object('x')}] }`, ['x']],
  ])('takes %s apart', async (_what, program, names) => {
    expect(await namesIn({ 'app/main.jsonnet': program })).toEqual(names);
  });

  it('gives programs their variables, arguments and libraries', async () => {
    const jsonnet = {
      extVars: [
        { name: 'prefix', value: 'p' },
        { name: 'count', value: '1 + 1', code: true },
      ],
      tlas: [{ name: 'suffix', value: 's' }],
      libs: ['vendor', '/shared'],
    };
    const program = `function(suffix) [(import 'k.libsonnet').cm(std.extVar('prefix') + i + suffix) for i in std.range(1, std.extVar('count'))]`;
    const files = {
      'app/sub/main.jsonnet': program,
      'vendor/k.libsonnet': "{ cm(name):: (import 'deep.libsonnet') + { metadata: { name: name } } }",
      'shared/deep.libsonnet': "{ apiVersion: 'v1', kind: 'ConfigMap' }",
    };
    expect(await namesIn(files, { jsonnet, recurse: true })).toEqual(['p1s', 'p2s']);
  });

  it('finds imports in the folder of the application', async () => {
    const files = { 'app/sub/main.jsonnet': "import 'x.libsonnet'", 'app/x.libsonnet': object('x') };
    expect(await namesIn(files, { recurse: true })).toEqual(['x']);
  });

  it.each([
    ['a library outside of the source', { jsonnet: { libs: ['../up'] } }, object('x'), 'PathOutside'],
    ['what is no object', {}, '"text"', 'InvalidManifest'],
    ['an object without a name', {}, "{ apiVersion: 'v1', kind: 'ConfigMap' }", 'InvalidManifest'],
    ['an error of the program', {}, "error 'no'", 'JsonnetError'],
    ['a variable that is not given', {}, "std.extVar('x')", 'JsonnetError'],
  ])('refuses %s', async (_what, options, program, code) => {
    await expect(namesIn({ 'app/main.jsonnet': program }, options)).rejects.toMatchObject({ code });
  });

  it('passes over YAML that is no manifest, and not over a broken manifest', async () => {
    const files = { 'app/a.yaml': manifest('a'), 'app/values.yaml': 'image: x\n', 'app/list.yaml': '- 1\n' };
    expect(await namesIn(files)).toEqual(['a']);
    await expect(namesIn({ 'app/a.yaml': `${manifest('a')}  x: [\n` })).rejects.toMatchObject({ code: 'InvalidYAML' });
    await expect(namesIn({ 'app/a.yaml': 'apiVersion: v1\nkind: [' })).rejects.toMatchObject({ code: 'InvalidYAML' });
    await expect(namesIn({ 'app/a.json': '{"a": 1}' })).rejects.toMatchObject({ code: 'InvalidManifest' });
    expect(await namesIn({ 'app/a.yaml': `${manifest('a')}# +argocd:skip-file-rendering\n` })).toEqual([]);
  });

  it.each([
    ['secret.yaml.sealed', {}, false],
    ['secret.yaml.sealed', { disableExtensionFilter: true }, true],
    ['secret.yaml.sealed', { disableExtensionFilter: true, exclude: '*.sealed' }, false],
    ['README.md', { disableExtensionFilter: true, include: '{*.yaml.sealed,*.yaml}' }, false],
    ['a.YML', {}, true],
  ])('%s with %j', async (file, options, isTaken) => {
    expect(await namesIn({ [`app/${file}`]: manifest('x') }, options)).toEqual(isTaken ? ['x'] : []);
  });

  it('refuses a folder of another tool, and one that is too large', async () => {
    await expect(namesIn({ 'app/Chart.yaml': 'name: x' })).rejects.toMatchObject({ code: 'NotSupported' });
    const large = `${manifest('a')}# ${'x'.repeat(6 * 1024 * 1024)}\n`;
    await expect(namesIn({ 'app/a.yaml': large, 'app/b.yaml': large })).rejects.toMatchObject({ code: 'TooLarge' });
    await expect(namesIn({}, {}, 'none')).rejects.toMatchObject({ code: 'NotFound' });
  });
});
