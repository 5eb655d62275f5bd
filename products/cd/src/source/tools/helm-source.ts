/**
 * `spec.source.helm` as a render of the chart.
 * @spec CD-HELM-01 … CD-HELM-10, CD-GEN-07
 * @upstream argo-cd reposerver/repository/repository.go#helmTemplate, util/helm/cmd.go
 */
import { Failure } from '@argosy/base';
import { fromBytes, type TemplatePorts } from '@argosy/expressions';
import {
  renderHelmChart,
  type ChartResolver,
  type HelmCache,
  type HelmOptions,
  type HelmRender,
  type HelmSet,
  type HelmValues,
  type Tree,
} from '@argosy/manifests';

import type { ApplicationSource } from '../../api/application.ts';
import { substituteEnvironment, type BuildEnvironment } from '../build-environment.ts';
import { valuesText } from './helm-parameters.ts';
import {
  nameOfFile,
  resolveEntry,
  resolveValueFiles,
  treeOf,
  type FoundFile,
  type ValueFileScope,
} from './helm-value-files.ts';

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
  /** Trees of other sources by their `ref`. */
  readonly refs?: ReadonlyMap<string, Tree>;
  /** Opens charts of other repositories; they are refused without. */
  readonly charts?: ChartResolver;
  /** Schemes of value files on the network, and how one is read; refused without. */
  readonly network?: { readonly schemes: readonly string[]; readonly read: (url: string) => Promise<Uint8Array> };
}

type HelmSpec = NonNullable<ApplicationSource['helm']>;

/** Renders. Throws Failure: those of `renderHelmChart` and of its values' files. */
export const renderHelmSource = async (
  tree: Tree,
  source: ApplicationSource,
  context: HelmSourceContext,
): Promise<HelmRender> => renderHelmChart(tree, await toHelmOptions(tree, source, context));

/** The options a source stands for. */
const toHelmOptions = async (
  tree: Tree,
  source: ApplicationSource,
  context: HelmSourceContext,
): Promise<HelmOptions> => {
  const helm = source.helm ?? {};
  const path = source.path ?? '';
  const { environment, ports, cache, refs, charts, network } = context;
  const ignoreMissing = helm.ignoreMissingValueFiles ?? false;
  const scope = { tree, path, environment, ignoreMissing, ...(refs && { refs }), schemes: network?.schemes ?? [] };
  const files = await resolveValueFiles(helm.valueFiles ?? [], scope);
  const setFiles = resolveSetFiles(helm, scope);
  const kubeVersion = helm.kubeVersion || context.kubeVersion;
  return {
    path,
    releaseName: helm.releaseName || context.appName,
    namespace: helm.namespace || context.namespace,
    values: [...(await Promise.all(files.map((file) => toValues(file, scope, context)))), ...inlineValues(helm)],
    sets: [...parameterSets(helm, environment), ...setFiles.map(({ set }) => set)],
    readFile: (name) => readSetFile(name, setFiles, { scope, context }),
    apiVersions: helm.apiVersions?.length ? helm.apiVersions : context.apiVersions,
    includeCrds: !helm.skipCrds,
    skipTests: helm.skipTests ?? false,
    skipSchemaValidation: helm.skipSchemaValidation ?? false,
    ports,
    ...(cache && { cache }),
    ...(charts && { charts }),
    ...(kubeVersion && { kubeVersion }),
  };
};

/** A parameter's value as it is handed to `--set`: commas are text, but those of a list. @spec CD-HELM-08 */
export const escapeParameter = (value: string): string =>
  value.startsWith('{') && value.endsWith('}') ? value : value.replaceAll(/(?<!\\),/g, String.raw`\,`);

/** The values object wins over the text; both win over files. */
const inlineValues = (helm: HelmSpec): readonly HelmValues[] => {
  if (helm.valuesObject !== undefined)
    return [{ kind: 'text', name: 'spec.source.helm.valuesObject', text: valuesText(helm.valuesObject) }];
  return helm.values ? [{ kind: 'text', name: 'spec.source.helm.values', text: helm.values }] : [];
};

const parameterSets = (helm: HelmSpec, environment: BuildEnvironment): readonly HelmSet[] =>
  (helm.parameters ?? []).map(({ name, value, forceString }) => ({
    kind: forceString ? 'string' : 'set',
    text: `${required(name, 'parameters')}=${escapeParameter(substituteEnvironment(value ?? '', environment))}`,
  }));

/** A file of the chart's own tree is read by Helm; others are read for it. */
const toValues = async (file: FoundFile, scope: ValueFileScope, context: HelmSourceContext): Promise<HelmValues> =>
  file.kind === 'tree' && file.ref === ''
    ? { kind: 'file', path: file.path }
    : { kind: 'text', name: nameOfFile(file), text: fromBytes(await readFound(file, scope, context)) };

const readFound = async (file: FoundFile, scope: ValueFileScope, context: HelmSourceContext): Promise<Uint8Array> => {
  if (file.kind === 'tree') return treeOf(file, scope).read(file.path);
  if (context.network) return context.network.read(file.url);
  throw new Failure(`${file.url}: files on the network are not allowed here`, { code: 'NotSupported' });
};

interface SetFile {
  readonly set: HelmSet;
  readonly file: FoundFile;
}

const resolveSetFiles = (helm: HelmSpec, scope: ValueFileScope): readonly SetFile[] =>
  (helm.fileParameters ?? []).map(({ name, path }) => {
    const file = resolveEntry(required(path, 'fileParameters'), scope);
    const text = `${required(name, 'fileParameters')}=${escapeParameter(nameOfFile(file))}`;
    return { set: { kind: 'file', text }, file };
  });

const readSetFile = async (
  name: string,
  files: readonly SetFile[],
  { scope, context }: { readonly scope: ValueFileScope; readonly context: HelmSourceContext },
): Promise<Uint8Array> => {
  const found = files.find(({ file }) => nameOfFile(file) === name);
  return readFound(found?.file ?? { kind: 'tree', ref: '', path: name }, scope, context);
};

const required = (text: string | undefined, list: string): string => {
  if (text) return text;
  throw new Failure(`spec.source.helm.${list}: an entry has no name or no path; say both`, { code: 'InvalidValues' });
};
