/**
 * `spec.source.kustomize` as a build of the kustomization.
 * @spec CD-KUS-01 … CD-KUS-07, CD-KUS-11, CD-GEN-05
 * @upstream argo-cd util/kustomize/kustomize.go#Build
 */
import {
  renderKustomization,
  type HelmInflation,
  type KustomizeOverrides,
  type KustomizeResult,
  type ResolveRemote,
  type Tree,
} from '@argosy/manifests';

import type { ApplicationSource } from '../../api/application-source.ts';
import { substituteEnvironment, type BuildEnvironment } from '../build-environment.ts';
import { parseBuildOptions, type BuildOptions } from '../render-settings.ts';

/** What a kustomization is built for. */
export interface KustomizeSourceContext {
  readonly environment: BuildEnvironment;
  /** Opens remote bases; they are refused without. */
  readonly resolveRemote?: ResolveRemote;
  /** Downloads files; they are refused without. */
  readonly readUrl?: (url: string) => Promise<Uint8Array>;
  /** `kustomize.buildOptions` as they are written. */
  readonly buildOptions?: string;
  /** What charts of the kustomization are rendered with, where the options enable them. */
  readonly helm?: HelmInflation;
}

/** Builds. Throws Failure: those of `renderKustomization`. */
export const renderKustomizeSource = async (
  tree: Tree,
  source: ApplicationSource,
  { environment, resolveRemote, readUrl, buildOptions = '', helm }: KustomizeSourceContext,
): Promise<KustomizeResult> => {
  const options = parseBuildOptions(buildOptions);
  return renderKustomization(tree, source.path ?? '', {
    overrides: toKustomizeOverrides(source, environment),
    isUnrestricted: options.isUnrestricted,
    reorder: options.reorder,
    ...(resolveRemote && { resolveRemote }),
    ...(readUrl && { readUrl }),
    ...(options.isHelmEnabled && { helm: toInflation(options, helm) }),
  });
};

/** What charts are rendered with: what an option says wins over what is known of the cluster. */
export const toInflation = (options: BuildOptions, helm: HelmInflation = {}): HelmInflation => ({
  ...helm,
  ...(options.helmKubeVersion && { kubeVersion: options.helmKubeVersion }),
  ...(options.helmApiVersions.length > 0 && { apiVersions: options.helmApiVersions }),
});

/** What a source says over the kustomization, variables put in where upstream puts them. */
const toKustomizeOverrides = (
  { kustomize = {} }: ApplicationSource,
  environment: BuildEnvironment,
): KustomizeOverrides => {
  const {
    commonAnnotationsEnvsubst,
    version: _version,
    kubeVersion: _kube,
    apiVersions: _api,
    ...overrides
  } = kustomize;
  const { images = [], commonLabels = {}, commonAnnotations = {} } = overrides;
  const substitute = (text: string): string => substituteEnvironment(text, environment);
  return {
    ...overrides,
    images: images.map(substitute),
    commonLabels: mapValues(commonLabels, substitute),
    commonAnnotations: commonAnnotationsEnvsubst ? mapValues(commonAnnotations, substitute) : commonAnnotations,
  };
};

const mapValues = (
  texts: Readonly<Record<string, string>>,
  change: (text: string) => string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)] as const));
