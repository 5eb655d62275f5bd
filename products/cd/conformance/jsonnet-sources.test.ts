import { describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';
import { createMemoryTree } from '@argosy/manifests';

import type { ApplicationSource } from '../src/api/application-source.ts';
import { readRenderSettings } from '../src/source/render-settings.ts';
import { renderSource } from '../src/source/render-source.ts';

const PROGRAM = `function(env) {
  apiVersion: 'v1', kind: 'ConfigMap',
  metadata: { name: std.extVar('app') },
  data: (import 'shared.libsonnet') + { env: env, replicas: '%d' % std.extVar('replicas') },
}`;
const FILES = { 'app/main.jsonnet': PROGRAM, 'lib/shared.libsonnet': "{ team: 'a' }" };

const render = async (directory: ApplicationSource['directory'], data: Readonly<Record<string, string>> = {}) =>
  renderSource(
    createMemoryTree(FILES),
    { repoURL: 'https://example.com/r', path: 'app', ...(directory && { directory }) },
    {
      context: {
        appName: 'shop',
        instanceName: 'shop',
        project: 'default',
        namespace: 'web',
        apiVersions: [],
        settings: readRenderSettings(data),
      },
      commit: '0123456789abcdef',
      ports: { now: () => 0, random: createSeededRandom(1) },
    },
  );

const jsonnet = {
  extVars: [
    { name: 'app', value: '$ARGOCD_APP_NAME-cm' },
    { name: 'replicas', value: '1 + 2', code: true },
  ],
  tlas: [{ name: 'env', value: '${ARGOCD_APP_NAMESPACE}' }],
  libs: ['lib'],
};

describe('a Jsonnet source (CD-DIR-06)', () => {
  it('is rendered with variables of the build, code and libraries', async () => {
    const { sourceType, objects } = await render({ jsonnet });
    expect(sourceType).toBe('Directory');
    expect(objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'shop-cm' },
        data: { team: 'a', env: 'web', replicas: '3' },
      },
    ]);
  });

  it('says what is missing', async () => {
    await expect(render(undefined)).rejects.toThrow(/app\/main\.jsonnet:1:1: .*needs an argument env/);
  });

  it('is passed over where it is switched off', async () => {
    expect((await render({ jsonnet }, { 'jsonnet.enable': 'false' })).objects).toEqual([]);
  });
});
