import { describe, expect, it } from 'vitest';

import { createBlobMemory, rememberBlobs } from '../cache/remembered-blobs.ts';
import { createMemoryTree } from '../tree/memory-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { createHelmCache } from './helm-cache.ts';
import { renderHelmChart, renderHelmText } from './render-helm-chart.ts';

const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  '.helmignore': 'ignored.txt\n',
  'ignored.txt': 'x',
  'values.yaml': 'size: 1\nlabels: {a: b}\n',
  'templates/_parts.tpl': '{{ define "part" }}{{ tpl "{{ .Values.size }}" . }}{{ end }}',
  'templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: a, labels: {{ set .Values.labels "seen" (len .Values.labels | toString) | toJson }}}
data: {size: '{{ include "part" . }}', files: '{{ len .Files }}', zero: -0.0}
`,
};

/** A tree whose contents are the same bytes at every look, and at those of other trees of one memory. */
const remembered = (files: Readonly<Record<string, string>>, memory = createBlobMemory()): Tree => {
  const tree = createMemoryTree(files);
  const find: Tree['find'] = async (path) => {
    const entry = await tree.find(path);
    return entry?.kind === 'file' ? { ...entry, id: files[entry.path] ?? '' } : entry;
  };
  return rememberBlobs({ ...tree, find }, memory);
};

describe('renders that share a cache', () => {
  it('are as those without one', async () => {
    const [cache, tree] = [createHelmCache(), remembered(CHART)];
    const [text, chart] = [await renderHelmText(tree), await renderHelmChart(tree)];
    expect(text.text).toContain('"seen":"1"');
    for (let round = 0; round < 3; round += 1) {
      expect(await renderHelmText(tree, { cache })).toEqual(text);
      expect(await renderHelmChart(tree, { cache })).toEqual(chart);
    }
  });

  it('hand out objects of their own', async () => {
    const [cache, tree] = [createHelmCache(), remembered({ ...CHART, 'templates/a.yaml': A_SECRET })];
    for (const name of ['a', 'b', 'c']) {
      const { objects } = await renderHelmChart(tree, { cache });
      expect(objects[0]?.metadata.labels).toEqual({ own: 'x' });
      Object.assign(objects[0]?.metadata.labels ?? {}, { own: name });
    }
  });

  it('read definitions once, and hand out objects of their own', async () => {
    const crd = (label: string, number: string): string =>
      `apiVersion: v1\nkind: A\nmetadata: {name: a, labels: {own: ${label}}}\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\nn: ${number}\n`;
    const [cache, memory] = [createHelmCache(), createBlobMemory()];
    const render = async (text: string) => {
      const files = { 'Chart.yaml': CHART['Chart.yaml'], 'crds/a.yaml': text };
      return (await renderHelmChart(remembered(files, memory), { cache, includeCrds: true })).objects;
    };
    for (const text of [crd('x', '1'), crd('y', '1'), crd('y', '-0.0')]) {
      const first = await render(text);
      const expected = structuredClone(first);
      for (let round = 0; round < 2; round += 1) {
        const again = await render(text);
        expect(again).toEqual(expected);
        for (const object of again) Object.assign(object.metadata, { labels: { own: 'changed' } });
      }
    }
  });

  it('see what changed in any file', async () => {
    const [cache, memory] = [createHelmCache(), createBlobMemory()];
    const textOf = async (files: Readonly<Record<string, string>>): Promise<string> =>
      (await renderHelmText(remembered(files, memory), { cache })).text;
    const before = await textOf(CHART);
    expect(await textOf({ ...CHART, 'values.yaml': 'size: 2\nlabels: {a: b}\n' })).toBe(
      before.replace("size: '1'", "size: '2'"),
    );
    expect(await textOf({ ...CHART, 'templates/_parts.tpl': '{{ define "part" }}3{{ end }}' })).toContain("size: '3'");
    expect(await textOf({ ...CHART, '.helmignore': '#' })).toContain("files: '2'");
    expect(await textOf({ ...CHART, 'more.txt': '' })).toContain("files: '2'");
    expect(await textOf(CHART)).toBe(before);
  });
});

const A_SECRET = `apiVersion: v1\nkind: Secret\nmetadata: {name: a, labels: {own: x}}\n`;
