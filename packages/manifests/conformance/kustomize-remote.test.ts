import { describe, expect, it } from 'vitest';

import { Failure } from '@argosy/base';

import { createMemoryTree, renderKustomization } from '../src/index.ts';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: far}\ndata: {a: "1"}\n';
const WEB: Readonly<Record<string, string>> = {
  'https://example.com/install.yaml': MAP,
  'https://example.com/patch.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: far}\ndata: {b: "2"}\n',
  'https://example.com/page': '<html>',
};
const readUrl = async (url: string): Promise<Uint8Array> => {
  const text = WEB[url];
  if (text === undefined) throw new Failure(`${url}: not found (404)`, { code: 'NotFound' });
  return Buffer.from(text);
};
const build = (kustomization: string, isAllowed = true) =>
  renderKustomization(createMemoryTree({ 'kustomization.yaml': kustomization }), '', isAllowed ? { readUrl } : {});

describe('files of the web in kustomizations', () => {
  it('are resources and patches', async () => {
    const { objects } = await build(
      'resources: ["https://example.com/install.yaml"]\npatches: [{path: "https://example.com/patch.yaml"}]\nnamePrefix: p-\n',
    );
    expect(objects).toMatchObject([{ metadata: { name: 'p-far' }, data: { a: '1', b: '2' } }]);
  });

  it.each([
    [
      'where nobody may download',
      'resources: ["https://example.com/install.yaml"]',
      false,
      /would be downloaded, which is not/,
    ],
    ['that are not there', 'resources: ["https://example.com/none.yaml"]', true, /none\.yaml: not found \(404\)/],
    ['that hold no objects', 'resources: ["https://example.com/page"]', true, /https:\/\/?example\.com\/page/],
    [
      'named twice',
      'resources: ["https://example.com/install.yaml", "https://example.com/install.yaml"]',
      true,
      /already/,
    ],
  ])('are refused %s', async (_reason, kustomization, isAllowed, message) => {
    await expect(build(kustomization, isAllowed)).rejects.toThrow(message);
  });
});
