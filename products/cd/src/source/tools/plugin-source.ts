/**
 * A source that a plugin renders: the one its application names, or one that says that the folder is its own.
 * @spec CD-CMP-03, CD-CMP-04, CD-CMP-05
 */
import { Failure } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import {
  discoversPlugin,
  renderPlugin,
  type PluginCall,
  type PluginConfig,
  type PluginDeps,
  type Tree,
} from '@argosy/manifests';

import type { ApplicationSource } from '../../api/application-source.ts';
import { substituteEnvironment, type BuildEnvironment } from '../build-environment.ts';

/** Plugins that an administrator configured. */
export interface SourcePlugins {
  readonly configs: readonly PluginConfig[];
  readonly deps: PluginDeps;
}

/** A source, and for whom it is rendered. */
export interface PluginSourceContext {
  readonly plugins: SourcePlugins | undefined;
  readonly environment: BuildEnvironment;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
}

/** The first plugin that says that a folder is its own. Throws Failure: those of `discoversPlugin`. */
export const discoverPlugin = async (
  tree: Tree,
  source: ApplicationSource,
  context: PluginSourceContext,
): Promise<PluginConfig | undefined> => {
  const { configs = [], deps } = context.plugins ?? {};
  const call = toCall(source, context);
  for (const config of configs) if (deps && (await discoversPlugin(deps, config, { tree, call }))) return config;
  return undefined;
};

/** Renders. Throws Failure: `NotSupported` where no such plugin is configured, those of `renderPlugin`. */
export const renderPluginSource = async (
  tree: Tree,
  source: ApplicationSource,
  context: PluginSourceContext,
): Promise<readonly KubeObject[]> => {
  const { plugins } = context;
  if (!plugins || plugins.configs.length === 0)
    throw new Failure(
      'no plugins are configured here; remove spec.source.plugin, or put a ConfigManagementPlugin into plugins/ of the data folder',
      {
        code: 'NotSupported',
      },
    );
  const name = source.plugin?.name;
  const config = name ? plugins.configs.find((one) => one.name === name) : await discoverPlugin(tree, source, context);
  if (!config) {
    const names = plugins.configs.map((one) => one.name).join(', ');
    const what = name ? `there is no plugin ${name}` : 'no plugin says that this folder is its own';
    throw new Failure(`${what}; there are ${names}: name one in spec.source.plugin.name`, { code: 'NotSupported' });
  }
  return renderPlugin(plugins.deps, config, { tree, call: toCall(source, context) });
};

const toCall = (
  source: ApplicationSource,
  { environment, kubeVersion, apiVersions }: PluginSourceContext,
): PluginCall => {
  const { env = [], parameters = [] } = source.plugin ?? {};
  return {
    path: source.path ?? '',
    build: { ...environment, KUBE_VERSION: kubeVersion ?? '', KUBE_API_VERSIONS: apiVersions.join(',') },
    env: env.map(({ name, value }) => ({ name, value: substituteEnvironment(value, environment) })),
    parameters,
  };
};
