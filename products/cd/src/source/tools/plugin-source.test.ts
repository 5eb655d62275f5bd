import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';
import { createMemoryTree, parsePluginConfig, runMachineProgram } from '@argosy/manifests';

import type { ApplicationSource } from '../../api/application-source.ts';
import { renderSource } from '../render-source.ts';
import type { SourcePlugins } from './plugin-source.ts';

const FILES = { 'star/main.star': 'from star', 'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n' };
const aPlugin = (name: string, more = '') =>
  parsePluginConfig(
    `kind: ConfigManagementPlugin\nmetadata: {name: ${name}}\nspec:\n  generate:\n    command: [sh, -c, 'printf "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: ${name}}\\ndata: {v: \\"%s\\"}" "$ARGOCD_APP_NAME $ARGOCD_APP_REVISION_SHORT $ARGOCD_ENV_X $PARAM_P $KUBE_VERSION"']\n${more}`,
    'plugin.yaml',
  );

describe('a plugin source', () => {
  let plugins: SourcePlugins;
  beforeAll(async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-plugin-source-'));
    const configs = [aPlugin('named'), aPlugin('star', '  discover: {fileName: "*.star"}\n')];
    plugins = { configs, deps: { run: runMachineProgram, directory, path: process.env['PATH'] ?? '' } };
  });
  afterAll(() => rm(plugins.deps.directory, { recursive: true }));

  const render = (of: Partial<ApplicationSource>, given: SourcePlugins | undefined = plugins) =>
    renderSource(
      createMemoryTree(FILES),
      { repoURL: 'https://example.com/r', path: 'star', ...of },
      {
        context: {
          appName: 'shop',
          instanceName: 'shop',
          project: 'default',
          namespace: 'web',
          kubeVersion: '1.32',
          apiVersions: ['v1'],
        },
        commit: '0123456789abcdef',
        ports: { now: () => 0, random: createSeededRandom(1) },
        ...(given && { plugins: given }),
      },
    );

  it('is rendered by the plugin that it names, which sees what it says', async () => {
    const plugin = {
      name: 'named',
      env: [{ name: 'X', value: '${ARGOCD_APP_NAMESPACE}!' }],
      parameters: [{ name: 'p', string: 'q' }],
    };
    expect(await render({ plugin })).toMatchObject({
      sourceType: 'Plugin',
      objects: [{ metadata: { name: 'named' }, data: { v: 'shop 0123456 web! q 1.32' } }],
      namesRevision: true,
    });
  });

  it('is rendered by a plugin that says that the folder is its own, before the files tell', async () => {
    expect(await render({})).toMatchObject({ sourceType: 'Plugin', objects: [{ metadata: { name: 'star' } }] });
    expect(await render({ plugin: {} })).toMatchObject({ objects: [{ metadata: { name: 'star' } }] });
    expect(await render({ path: 'chart' })).toMatchObject({ sourceType: 'Helm' });
    expect(await render({ directory: {} })).toMatchObject({ sourceType: 'Directory', objects: [] });
  });

  it.each([
    [{ plugin: { name: 'none' } }, /there is no plugin none; there are named, star/],
    [{ plugin: {}, path: 'chart' }, /no plugin says that this folder is its own/],
  ])('is refused by name: %j', async (of, message) => {
    await expect(render(of)).rejects.toThrow(message);
  });

  it('is refused where nothing is configured', async () => {
    const none = { configs: [], deps: plugins.deps };
    await expect(render({ plugin: { name: 'named' } }, none)).rejects.toThrow(/no plugins are configured here/);
  });
});
