/**
 * kustomization.yaml: its fields as shapes to read them by; the types are in kustomization.ts.
 * @upstream sigs.k8s.io/kustomize/api/types/kustomization.go
 */
import type { Shape } from './decode.ts';

const TEXTS: Shape = { list: 'text' };
const TEXT_MAP: Shape = { map: 'text' };

/** The fields a choice of objects has. */
export const SELECTOR: Readonly<Record<string, Shape>> = {
  group: 'text',
  version: 'text',
  kind: 'text',
  name: 'text',
  namespace: 'text',
  annotationSelector: 'text',
  labelSelector: 'text',
};
const SELECTOR_ID: Readonly<Record<string, Shape>> = {
  group: 'text',
  version: 'text',
  kind: 'text',
  name: 'text',
  namespace: 'text',
};

/** A field of a kind. */
export const FIELD_SPEC: Shape = {
  fields: { group: 'text', version: 'text', kind: 'text', path: 'text', create: 'bool' },
};

const PATCH: Shape = {
  fields: { path: 'text', patch: 'text', target: { fields: SELECTOR }, options: { map: 'bool' } },
};
const IMAGE: Shape = {
  fields: { name: 'text', newName: 'text', tagSuffix: 'text', newTag: 'text', digest: 'text' },
};
const OPTIONS: Shape = {
  fields: { delimiter: 'text', index: 'int', encoding: 'text', create: 'bool' },
};

/** The parts of a replacement. */
export const REPLACEMENT: Readonly<Record<string, Shape>> = {
  source: { fields: { ...SELECTOR_ID, fieldPath: 'text', options: OPTIONS } },
  targets: {
    list: {
      fields: {
        select: { fields: SELECTOR },
        reject: { list: { fields: SELECTOR } },
        fieldPaths: TEXTS,
        options: OPTIONS,
      },
    },
  },
};

const GENERATOR_OPTIONS: Shape = {
  fields: { labels: TEXT_MAP, annotations: TEXT_MAP, disableNameSuffixHash: 'bool', immutable: 'bool' },
};

/** The fields of generators of data. */
export const GENERATOR: Readonly<Record<string, Shape>> = {
  name: 'text',
  namespace: 'text',
  behavior: 'text',
  literals: TEXTS,
  files: TEXTS,
  envs: TEXTS,
  env: 'text',
  options: GENERATOR_OPTIONS,
};

/** The fields all charts share. */
export const HELM_GLOBALS: Readonly<Record<string, Shape>> = { chartHome: 'text', configHome: 'text' };

/** The fields of a chart. */
export const HELM_CHART: Readonly<Record<string, Shape>> = {
  name: 'text',
  version: 'text',
  repo: 'text',
  releaseName: 'text',
  namespace: 'text',
  additionalValuesFiles: TEXTS,
  valuesFile: 'text',
  valuesInline: { map: 'any' },
  valuesMerge: 'text',
  includeCRDs: 'bool',
  skipHooks: 'bool',
  apiVersions: TEXTS,
  kubeVersion: 'text',
  nameTemplate: 'text',
  skipTests: 'bool',
  debug: 'bool',
};

const OLD_HELM_CHART: Readonly<Record<string, Shape>> = {
  chartName: 'text',
  chartVersion: 'text',
  chartRepoUrl: 'text',
  chartRepoName: 'text',
  chartHome: 'text',
  helmBin: 'text',
  helmHome: 'text',
  values: 'text',
  valuesLocal: { map: 'any' },
  valuesMerge: 'text',
  releaseName: 'text',
  releaseNamespace: 'text',
  extraArgs: TEXTS,
};

/** All fields of the file. */
export const KUSTOMIZATION: Shape = {
  fields: {
    apiVersion: 'text',
    kind: 'text',
    metadata: {
      fields: { name: 'text', namespace: 'text', labels: TEXT_MAP, annotations: TEXT_MAP },
    },
    openapi: TEXT_MAP,
    namePrefix: 'text',
    nameSuffix: 'text',
    namespace: 'text',
    commonLabels: TEXT_MAP,
    labels: {
      list: {
        fields: { pairs: TEXT_MAP, includeSelectors: 'bool', includeTemplates: 'bool', fields: { list: FIELD_SPEC } },
      },
    },
    commonAnnotations: TEXT_MAP,
    patchesStrategicMerge: TEXTS,
    patchesJson6902: { list: PATCH },
    patches: { list: PATCH },
    images: { list: IMAGE },
    imageTags: { list: IMAGE },
    replacements: { list: { fields: { ...REPLACEMENT, path: 'text' } } },
    replicas: { list: { fields: { name: 'text', count: 'int' } } },
    vars: {
      list: {
        fields: {
          name: 'text',
          objref: { fields: { ...SELECTOR_ID, apiVersion: 'text' } },
          fieldref: { fields: { fieldPath: 'text' } },
        },
      },
    },
    sortOptions: {
      fields: { order: 'text', legacySortOptions: { fields: { orderFirst: TEXTS, orderLast: TEXTS } } },
    },
    resources: TEXTS,
    components: TEXTS,
    crds: TEXTS,
    bases: TEXTS,
    configMapGenerator: { list: { fields: GENERATOR } },
    secretGenerator: { list: { fields: { ...GENERATOR, type: 'text' } } },
    helmGlobals: { fields: HELM_GLOBALS },
    helmCharts: { list: { fields: HELM_CHART } },
    helmChartInflationGenerator: { list: { fields: OLD_HELM_CHART } },
    generatorOptions: GENERATOR_OPTIONS,
    configurations: TEXTS,
    generators: TEXTS,
    transformers: TEXTS,
    validators: TEXTS,
    buildMetadata: TEXTS,
  },
};
