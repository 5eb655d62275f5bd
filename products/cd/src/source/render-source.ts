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
  type HelmCache,
  type ResolveRemote,
  type Tree,
} from '@argosy/manifests';

import type { ApplicationSource } from '../api/application-source.ts';
import { buildEnvironment, type BuildFacts } from './build-environment.ts';
import { renderHelmSource } from './helm-source.ts';
import { renderKustomizeSource } from './kustomize-source.ts';
import { withSourceOverrides } from './source-overrides.ts';

/** `status.sourceType`. */
export type SourceType = 'Helm' | 'Kustomize' | 'Directory';

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
}

/** What a source renders to. */
export interface RenderedSource {
  readonly sourceType: SourceType;
  readonly objects: readonly KubeObject[];
  readonly warnings: readonly string[];
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
}

/** Renders a source of a tree. Throws Failure saying which tool refused, and why. */
export const renderSource = async (tree: Tree, source: ApplicationSource, of: RenderDeps): Promise<RenderedSource> => {
  const { context, commit, ports, resolveRemote, helmCache } = of;
  const actual = await withSourceOverrides(tree, source, context.instanceName);
  const sourceType = await detectTool(tree, actual);
  const environment = buildEnvironment(factsOf(actual, context, commit));
  switch (sourceType) {
    case 'Directory': {
      const objects = await renderDirectory(tree, actual.path ?? '', actual.directory ?? {});
      return { sourceType, objects, warnings: [] };
    }
    case 'Helm': {
      const given = { ...context, environment, ports, ...(helmCache && { cache: helmCache }) };
      const { objects, warnings } = await attempt('helm template', () => renderHelmSource(tree, actual, given));
      return { sourceType, objects, warnings };
    }
    case 'Kustomize': {
      const given = { environment, ...(resolveRemote && { resolveRemote }) };
      const { objects, warnings } = await attempt('kustomize build', () => renderKustomizeSource(tree, actual, given));
      return { sourceType, objects, warnings };
    }
    default:
      return assertNever(sourceType);
  }
};

/** What an application says wins; then the files of its folder tell. */
const detectTool = async (tree: Tree, source: ApplicationSource): Promise<SourceType> => {
  if (source.kustomize) return 'Kustomize';
  if (source.helm) return 'Helm';
  if (source.directory) return 'Directory';
  const hasFile = async (name: string): Promise<boolean> =>
    (await tree.find(joinPath(source.path ?? '', name)))?.kind === 'file';
  if (await hasFile('Chart.yaml')) return 'Helm';
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
