/**
 * The objects of a source at a commit, by the tool that its folder or its application names.
 * @spec CD-GEN-01
 * @upstream argo-cd reposerver/repository/repository.go#GenerateManifests
 */
import { assertNever, Failure, messageOf } from '@argosy/base';
import type { TemplatePorts } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';
import {
  joinPath,
  KUSTOMIZATION_FILES,
  renderDirectory,
  type ChartResolver,
  type HelmCache,
  type JsonnetArgument,
  type ResolveRemote,
  type Tree,
} from '@argosy/manifests';

import type { ApplicationSource } from '../api/application-source.ts';
import {
  buildEnvironment,
  substituteEnvironment,
  type BuildEnvironment,
  type BuildFacts,
} from './build-environment.ts';
import { renderHelmSource, type HelmSourceContext } from './tools/helm-source.ts';
import {
  discoverPlugin,
  renderPluginSource,
  type PluginSourceContext,
  type SourcePlugins,
} from './tools/plugin-source.ts';
import { renderKustomizeSource, type KustomizeSourceContext } from './tools/kustomize-source.ts';
import type { RenderSettings } from './render-settings.ts';
import { sourceDefaults } from './source-defaults.ts';
import { withSourceOverrides } from './source-overrides.ts';

/** `status.sourceType`. */
export type SourceType = 'Helm' | 'Kustomize' | 'Directory' | 'Plugin';

/** Whom a source is rendered for. */
export interface RenderContext {
  readonly appName: string;
  /** `<namespace>_<name>` outside of the control namespace. */
  readonly instanceName: string;
  readonly project: string;
  /** The destination's. */
  readonly namespace: string;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
  /** What `argocd-cm` says; nothing when absent. */
  readonly settings?: RenderSettings;
}

/** What a source renders to. */
export interface RenderedSource {
  readonly sourceType: SourceType;
  readonly objects: readonly KubeObject[];
  readonly warnings: readonly string[];
  /** Whether the revision itself went into it: then another one renders something else, whatever its files. */
  readonly namesRevision: boolean;
}

/** What a source is rendered with. */
export interface RenderDeps {
  readonly context: RenderContext;
  readonly commit: string;
  readonly ports: TemplatePorts;
  /** Opens the repositories of remote bases; they are refused without. */
  readonly resolveRemote?: ResolveRemote;
  /** What charts compile to, shared by all applications. */
  readonly helmCache?: HelmCache;
  /** Trees of other sources of the application, by their `ref`. */
  readonly refs?: ReadonlyMap<string, Tree>;
  /** Opens charts of other repositories; they are refused without. */
  readonly charts?: ChartResolver;
  /** Reads a file on the network: values, or a resource of a kustomization; refused without. */
  readonly readUrl?: (url: string) => Promise<Uint8Array>;
  /** What administrators configured; without, sources that name a plugin are refused. */
  readonly plugins?: SourcePlugins;
}

/** Renders a source of a tree. Throws Failure saying which tool refused, and why. */
export const renderSource = async (tree: Tree, source: ApplicationSource, of: RenderDeps): Promise<RenderedSource> => {
  const { context, commit } = of;
  const actual = await withSourceOverrides(tree, source, context.instanceName);
  const environment = buildEnvironment(factsOf(actual, context, commit));
  const rendering: Rendering = { tree, source: actual, environment, of };
  const sourceType = await detectTool(rendering);
  const { objects, warnings } = await renderBy(sourceType, rendering);
  // A plugin's programs are told the revision, and may print it.
  return { sourceType, objects, warnings, namesRevision: sourceType === 'Plugin' || namesRevision(actual) };
};

interface Rendering {
  readonly tree: Tree;
  readonly source: ApplicationSource;
  readonly environment: BuildEnvironment;
  readonly of: RenderDeps;
}

type Rendered = Pick<RenderedSource, 'objects' | 'warnings'>;

const renderBy = async (sourceType: SourceType, rendering: Rendering): Promise<Rendered> => {
  const { tree, source } = rendering;
  switch (sourceType) {
    case 'Directory':
      return renderDirectorySource(rendering);
    case 'Helm':
      return attempt('helm template', () => renderHelmSource(tree, source, toHelmContext(rendering)));
    case 'Kustomize':
      return attempt('kustomize build', () => renderKustomizeSource(tree, source, toKustomizeContext(rendering)));
    case 'Plugin':
      return { objects: await renderPluginSource(tree, source, toPluginContext(rendering)), warnings: [] };
    default:
      return assertNever(sourceType);
  }
};

/** Variables of programs may hold those of the build (CD-GEN-05). */
const renderDirectorySource = async ({ tree, source, environment, of }: Rendering): Promise<Rendered> => {
  const { jsonnet, ...directory } = source.directory ?? {};
  const substitute = (variables: readonly JsonnetArgument[] = []): readonly JsonnetArgument[] =>
    variables.map((variable) => ({ ...variable, value: substituteEnvironment(variable.value, environment) }));
  const actual = jsonnet && { ...jsonnet, extVars: substitute(jsonnet.extVars), tlas: substitute(jsonnet.tlas) };
  const skipJsonnet = of.context.settings?.disabled.includes('Jsonnet') ?? false;
  const options = { ...directory, skipJsonnet, ...(actual && { jsonnet: actual }) };
  return { objects: await renderDirectory(tree, source.path ?? '', options), warnings: [] };
};

const toHelmContext = ({ source, environment, of }: Rendering): HelmSourceContext => {
  const { context, ports, helmCache, refs, charts, readUrl } = of;
  return {
    ...context,
    ...sourceDefaults(source, context),
    environment,
    ports,
    ...(helmCache && { cache: helmCache }),
    ...(refs && { refs }),
    ...(charts && { charts }),
    ...(readUrl && { network: { schemes: context.settings?.valueFileSchemes ?? [], read: readUrl } }),
  };
};

const toKustomizeContext = ({ source, environment, of }: Rendering): KustomizeSourceContext => {
  const { context, ports, helmCache, charts, resolveRemote, readUrl } = of;
  const { kubeVersion, apiVersions } = sourceDefaults(source, context);
  return {
    environment,
    buildOptions: context.settings?.buildOptions ?? '',
    helm: {
      ...(kubeVersion && { kubeVersion }),
      apiVersions,
      ports,
      ...(helmCache && { cache: helmCache }),
      ...(charts && { charts }),
    },
    ...(resolveRemote && { resolveRemote }),
    ...(readUrl && { readUrl }),
  };
};

const toPluginContext = ({ environment, of }: Rendering): PluginSourceContext => {
  const { kubeVersion, apiVersions } = of.context;
  return { plugins: of.plugins, environment, apiVersions, ...(kubeVersion !== undefined && { kubeVersion }) };
};

/** Whether a variable of the revision stands in the source. */
const namesRevision = ({ helm, kustomize, directory }: ApplicationSource): boolean =>
  JSON.stringify({ helm, kustomize, directory }).includes('ARGOCD_APP_REVISION');

/** What an application says wins; then plugins tell, then the files of its folder. */
const detectTool = async (rendering: Rendering): Promise<SourceType> => {
  const { tree, source, of } = rendering;
  const disabled = of.context.settings?.disabled ?? [];
  // What is switched off counts as a folder of manifests (CD-GEN-02).
  const { isHelm, isKustomize } = { isHelm: !disabled.includes('Helm'), isKustomize: !disabled.includes('Kustomize') };
  if (source.kustomize) return isKustomize ? 'Kustomize' : 'Directory';
  if (source.helm || source.chart) return isHelm ? 'Helm' : 'Directory';
  if (source.directory) return 'Directory';
  if (source.plugin || (await discoverPlugin(tree, source, toPluginContext(rendering)))) return 'Plugin';
  const hasFile = async (name: string): Promise<boolean> =>
    (await tree.find(joinPath(source.path ?? '', name)))?.kind === 'file';
  if (isHelm && (await hasFile('Chart.yaml'))) return 'Helm';
  if (!isKustomize) return 'Directory';
  for (const name of KUSTOMIZATION_FILES) if (await hasFile(name)) return 'Kustomize';
  return 'Directory';
};

const factsOf = (source: ApplicationSource, context: RenderContext, revision: string): BuildFacts => ({
  instanceName: context.instanceName,
  namespace: context.namespace,
  project: context.project,
  revision,
  path: source.path ?? '',
  repoURL: source.repoURL,
  targetRevision: source.targetRevision ?? '',
});

const attempt = async <T>(what: string, body: () => Promise<T>): Promise<T> => {
  try {
    return await body();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new Failure(`${what}: ${messageOf(thrown)}`, { code: thrown.code, cause: thrown });
  }
};
