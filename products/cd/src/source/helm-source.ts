/**
 * `spec.source.helm` as a render of the chart.
 * @spec CD-HELM-01 … CD-HELM-10, CD-GEN-07
 * @upstream argo-cd reposerver/repository/repository.go#helmTemplate, util/helm/cmd.go
 */
import { Failure } from '@argosy/base';
import { writeGoYaml, toGoValue, type TemplatePorts } from '@argosy/expressions';
import {
  renderHelmChart,
  type HelmCache,
  type HelmOptions,
  type HelmRender,
  type HelmSet,
  type HelmValues,
  type Tree,
} from '@argosy/manifests';

import type { ApplicationSource } from '../api/application.ts';
import { substituteEnvironment, type BuildEnvironment } from './build-environment.ts';
import { resolveEntry, resolveValueFiles } from './helm-value-files.ts';

/** What a chart is rendered for. */
export interface HelmSourceContext {
  /** Release name of an application that names none. */
  readonly appName: string;
  /** The destination's namespace. */
  readonly namespace: string;
  readonly environment: BuildEnvironment;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
  readonly ports: TemplatePorts;
  readonly cache?: HelmCache;
}

type HelmSpec = NonNullable<ApplicationSource['helm']>;

/** Renders. Throws Failure: those of `renderHelmChart` and of its values' files. */
export const renderHelmSource = async (
  tree: Tree,
  source: ApplicationSource,
  context: HelmSourceContext,
): Promise<HelmRender> => renderHelmChart(tree, await toHelmOptions(tree, source, context));

/** The options a source stands for. */
export const toHelmOptions = async (
  tree: Tree,
  source: ApplicationSource,
  context: HelmSourceContext,
): Promise<HelmOptions> => {
  const helm = source.helm ?? {};
  const path = source.path ?? '';
  const { environment, ports, cache } = context;
  const ignoreMissing = helm.ignoreMissingValueFiles ?? false;
  const files = await resolveValueFiles(helm.valueFiles ?? [], { tree, path, environment, ignoreMissing });
  const kubeVersion = helm.kubeVersion || context.kubeVersion;
  return {
    path,
    releaseName: helm.releaseName || context.appName,
    namespace: helm.namespace || context.namespace,
    values: [...files.map((file): HelmValues => ({ kind: 'file', path: file })), ...inlineValues(helm)],
    sets: [...parameterSets(helm, environment), ...fileSets(helm, { path, environment })],
    apiVersions: helm.apiVersions?.length ? helm.apiVersions : context.apiVersions,
    includeCrds: !helm.skipCrds,
    skipTests: helm.skipTests ?? false,
    skipSchemaValidation: helm.skipSchemaValidation ?? false,
    ports,
    ...(cache && { cache }),
    ...(kubeVersion && { kubeVersion }),
  };
};

/** A parameter's value as it is handed to `--set`: commas are text, but those of a list. @spec CD-HELM-08 */
export const escapeParameter = (value: string): string =>
  value.startsWith('{') && value.endsWith('}') ? value : value.replaceAll(/(?<!\\),/g, String.raw`\,`);

/** The values object wins over the text; both win over files. */
const inlineValues = (helm: HelmSpec): readonly HelmValues[] => {
  if (helm.valuesObject !== undefined)
    return [{ kind: 'text', name: 'spec.source.helm.valuesObject', text: writeGoYaml(toGoValue(helm.valuesObject)) }];
  return helm.values ? [{ kind: 'text', name: 'spec.source.helm.values', text: helm.values }] : [];
};

const parameterSets = (helm: HelmSpec, environment: BuildEnvironment): readonly HelmSet[] =>
  (helm.parameters ?? []).map(({ name, value, forceString }) => ({
    kind: forceString ? 'string' : 'set',
    text: `${required(name, 'parameters')}=${escapeParameter(substituteEnvironment(value ?? '', environment))}`,
  }));

const fileSets = (
  helm: HelmSpec,
  scope: { readonly path: string; readonly environment: BuildEnvironment },
): readonly HelmSet[] =>
  (helm.fileParameters ?? []).map(({ name, path }) => ({
    kind: 'file',
    text: `${required(name, 'fileParameters')}=${escapeParameter(resolveEntry(required(path, 'fileParameters'), scope))}`,
  }));

const required = (text: string | undefined, list: string): string => {
  if (text) return text;
  throw new Failure(`spec.source.helm.${list}: an entry has no name or no path; say both`, { code: 'InvalidValues' });
};
