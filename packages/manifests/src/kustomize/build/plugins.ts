/**
 * Kustomize's own generators and transformers configured by objects of their own (`apiVersion: builtin`), as files or
 * written out under `generators`, `transformers` and `validators`. Programs and containers are refused.
 * @upstream sigs.k8s.io/kustomize/api/internal/plugins/loader/loader.go, api/internal/builtins
 */
import { Failure } from '@argosy/base';

import { toJson } from '../document/write-document.ts';
import type { FieldSpec } from '../fields/field-spec.ts';
import { decodeLoosely, type Shape } from '../file/decode.ts';
import { FIELD_SPEC, GENERATOR, HELM_CHART, HELM_GLOBALS } from '../file/kustomization-shapes.ts';
import type { GeneratorEntry, HelmChartEntry, HelmGlobals, ImageEntry, ReplicaEntry } from '../file/kustomization.ts';
import { generateData } from '../generate/generate-data.ts';
import { inflateChart, type HelmInflation } from '../generate/inflate-chart.ts';
import { hashNames } from '../generate/hash-names.ts';
import type { MergeSchema } from '../merge/merge-schema.ts';
import { Resource } from '../resources/resource.ts';
import { addValue, VALUE_ADD, type ValueAddition } from '../transform/add-value.ts';
import { affixNames } from '../transform/affix-names.ts';
import { applyPatchPlugin } from '../transform/patch-plugins.ts';
import { setImage } from '../transform/set-images.ts';
import { setNamespace, type SubjectMode } from '../transform/set-namespace.ts';
import { setReplicas } from '../transform/set-replicas.ts';
import { setTexts } from '../transform/set-texts.ts';
import type { Transform } from '../transform/transformer.ts';
import type { Loader } from './loader.ts';

/** What plugins need of the build. */
export interface PluginContext {
  readonly loader: Loader;
  readonly schema: () => MergeSchema;
  readonly helm: HelmInflation | undefined;
}

/** Runs a generator. Throws Failure `PluginRefused` for one that is not built in. */
export const runGenerator = async (config: Resource, context: PluginContext): Promise<readonly Resource[]> => {
  refuseForeign(config);
  const { kind } = config;
  if (kind === 'ConfigMapGenerator' || kind === 'SecretGenerator') {
    const entry = read<GeneratorEntry>(config, { ...GENERATOR, type: 'text' });
    const named = { ...entry, name: entry.name || config.name, namespace: entry.namespace || config.namespace };
    return [await generateData(kind === 'SecretGenerator' ? 'Secret' : 'ConfigMap', named, context.loader.read)];
  }
  if (kind === 'IAMPolicyGenerator') return [generateAccount(config)];
  if (kind === 'HelmChartInflationGenerator') {
    const entry = read<HelmChartEntry & HelmGlobals>(config, { ...HELM_CHART, ...HELM_GLOBALS });
    return inflateCharts([entry], entry, context);
  }
  throw new Failure(`generators: ${kind} is not a generator that is built in`, { code: 'PluginRefused' });
};

/** Prepares a transformer. Throws Failure `PluginRefused` for one that is not built in. */
export const prepareTransformer = async (config: Resource, context: PluginContext): Promise<Transform> => {
  refuseForeign(config);
  const prepare = TRANSFORMERS[config.kind];
  if (!prepare || !Object.hasOwn(TRANSFORMERS, config.kind))
    throw new Failure(`transformers: ${config.kind} is not a transformer that is built in`, { code: 'PluginRefused' });
  return prepare(config, context);
};

/** Renders charts. Throws Failure `NotSupported` where Helm is not enabled, and those of charts. */
export const inflateCharts = async (
  entries: readonly HelmChartEntry[],
  globals: HelmGlobals,
  { loader, helm }: PluginContext,
): Promise<readonly Resource[]> => {
  if (entries.length === 0) return [];
  if (!helm)
    throw new Failure('helmCharts: Helm is not enabled for kustomize here; use the chart as a source of its own', {
      code: 'NotSupported',
    });
  const resources: Resource[] = [];
  for (const entry of entries) resources.push(...(await inflateChart(entry, globals, { place: loader, helm })));
  return resources;
};

const refuseForeign = ({ apiVersion, kind }: Resource): void => {
  if (apiVersion !== 'builtin')
    throw new Failure(
      `plugin ${kind} (${apiVersion}) is external; only apiVersion: builtin may run here, no programs or containers`,
      { code: 'PluginRefused' },
    );
};

type Prepare = (config: Resource, context: PluginContext) => Transform | Promise<Transform>;

const FIELD_SPECS: Shape = { list: FIELD_SPEC };
const TEXT_MAP: Shape = { map: 'text' };

/** Reads a plugin's settings; it ignores fields it does not know, as upstream. */
const read = <T>(config: Resource, fields: Readonly<Record<string, Shape>>): T =>
  // The shape is the type's.
  (decodeLoosely(toJson(config.document ?? {}), { fields }, config.kind) ?? {}) as T;

interface Fields {
  readonly fieldSpecs?: readonly FieldSpec[];
}

const setLabels: Prepare = (config) => {
  const { labels, fieldSpecs } = read<Fields & { labels?: Record<string, string> }>(config, {
    labels: TEXT_MAP,
    fieldSpecs: FIELD_SPECS,
  });
  return setTexts(labels ?? {}, fieldSpecs ?? []);
};

const setAnnotations: Prepare = (config) => {
  const { annotations, fieldSpecs } = read<Fields & { annotations?: Record<string, string> }>(config, {
    annotations: TEXT_MAP,
    fieldSpecs: FIELD_SPECS,
  });
  return setTexts(annotations ?? {}, fieldSpecs ?? []);
};

const affix =
  (kind: 'prefix' | 'suffix'): Prepare =>
  (config) => {
    const settings = read<Fields & { prefix?: string; suffix?: string }>(config, {
      prefix: 'text',
      suffix: 'text',
      fieldSpecs: FIELD_SPECS,
    });
    if (!settings.fieldSpecs)
      throw new Failure(`${config.kind} ${config.name}: fieldSpecs is required`, { code: 'InvalidPlugin' });
    return affixNames({ kind, text: settings[kind] ?? '', fields: settings.fieldSpecs });
  };

const setNamespaces: Prepare = (config) => {
  const settings = read<Fields & { unsetOnly?: boolean; setRoleBindingSubjects?: string }>(config, {
    unsetOnly: 'bool',
    setRoleBindingSubjects: 'text',
    fieldSpecs: FIELD_SPECS,
  });
  const subjects = settings.setRoleBindingSubjects || 'defaultOnly';
  if (!isSubjectMode(subjects))
    throw new Failure(
      `invalid value ${JSON.stringify(subjects)} for setRoleBindingSubjects: must be one of defaultOnly, none or allServiceAccounts`,
      { code: 'InvalidPlugin' },
    );
  const { unsetOnly, fieldSpecs = [] } = settings;
  return setNamespace({ namespace: config.namespace, fields: fieldSpecs, unsetOnly, subjects });
};

const isSubjectMode = (text: string): text is SubjectMode =>
  text === 'defaultOnly' || text === 'none' || text === 'allServiceAccounts';

const setImages: Prepare = (config) => {
  const { imageTag, fieldSpecs } = read<Fields & { imageTag?: ImageEntry }>(config, {
    imageTag: {
      fields: { name: 'text', newName: 'text', tagSuffix: 'text', newTag: 'text', digest: 'text' },
    },
    fieldSpecs: FIELD_SPECS,
  });
  return setImage(imageTag ?? {}, fieldSpecs ?? []);
};

const setCounts: Prepare = (config) => {
  const { replica, fieldSpecs } = read<Fields & { replica?: ReplicaEntry }>(config, {
    replica: { fields: { name: 'text', count: 'int' } },
    fieldSpecs: FIELD_SPECS,
  });
  return setReplicas(replica ?? {}, fieldSpecs ?? []);
};

const addValues: Prepare = (config, { loader }) =>
  addValue(read<ValueAddition>(config, VALUE_ADD), { folder: loader.root, read: loader.readText });

const TRANSFORMERS: Readonly<Record<string, Prepare>> = {
  AnnotationsTransformer: setAnnotations,
  HashTransformer: () => hashNames,
  ImageTagTransformer: setImages,
  LabelTransformer: setLabels,
  NamespaceTransformer: setNamespaces,
  PatchJson6902Transformer: (config, context) =>
    applyPatchPlugin(config, { ...context, read: context.loader.readText }),
  PatchStrategicMergeTransformer: (config, context) =>
    applyPatchPlugin(config, { ...context, read: context.loader.readText }),
  PatchTransformer: (config, context) => applyPatchPlugin(config, { ...context, read: context.loader.readText }),
  ReplacementTransformer: (config, context) => applyPatchPlugin(config, { ...context, read: context.loader.readText }),
  PrefixSuffixTransformer: async (config, context) => {
    const steps = [await affix('prefix')(config, context), await affix('suffix')(config, context)];
    return (list) => steps.forEach((step) => step(list));
  },
  PrefixTransformer: affix('prefix'),
  SuffixTransformer: affix('suffix'),
  ReplicaCountTransformer: setCounts,
  ValueAddTransformer: addValues,
};

/** A service account of Google's cloud. */
const generateAccount = (config: Resource): Resource => {
  const settings = read<{
    cloud?: string;
    kubernetesService?: { name?: string; namespace?: string };
    serviceAccount?: { name?: string; projectId?: string };
  }>(config, {
    cloud: 'text',
    kubernetesService: { fields: { name: 'text', namespace: 'text' } },
    serviceAccount: { fields: { name: 'text', projectId: 'text' } },
  });
  const { cloud = '', kubernetesService = {}, serviceAccount = {} } = settings;
  if (cloud !== 'gke')
    throw new Failure(`cloud provider ${cloud} is not supported; use gke`, { code: 'InvalidPlugin' });
  const account = `${serviceAccount.name ?? ''}@${serviceAccount.projectId ?? ''}.iam.gserviceaccount.com`;
  const { name = '', namespace } = kubernetesService;
  return new Resource({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      annotations: { 'iam.gke.io/gcp-service-account': account },
      name,
      ...(namespace ? { namespace } : {}),
    },
  });
};
