/**
 * kustomization.yaml: its fields as types.
 * @upstream sigs.k8s.io/kustomize/api/types/kustomization.go
 */
import type { FieldSpec } from '../fields/field-spec.ts';
import type { Selector } from '../resources/select-resources.ts';

type Texts = Readonly<Record<string, string>>;

/** An entry of `labels`. */
export interface LabelEntry {
  readonly pairs?: Texts;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
  readonly fields?: readonly FieldSpec[];
}

/** An entry of `patches` and `patchesJson6902`. */
export interface PatchEntry {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Selector;
  readonly options?: Readonly<Record<string, boolean>>;
}

/** An entry of `images`. */
export interface ImageEntry {
  readonly name?: string;
  readonly newName?: string;
  readonly tagSuffix?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/** An entry of `replicas`. */
export interface ReplicaEntry {
  readonly name?: string;
  readonly count?: number;
}

/** How a replacement treats a value. */
export interface FieldOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly encoding?: string;
  readonly create?: boolean;
}

/** Where a replacement's value comes from. */
export interface ReplacementSource extends Selector {
  readonly fieldPath?: string;
  readonly options?: FieldOptions;
}

/** Where a replacement's value goes. */
export interface ReplacementTarget {
  readonly select?: Selector;
  readonly reject?: readonly Selector[];
  readonly fieldPaths?: readonly string[];
  readonly options?: FieldOptions;
}

/** An entry of `replacements`. */
export interface ReplacementEntry {
  readonly path?: string;
  readonly source?: ReplacementSource;
  readonly targets?: readonly ReplacementTarget[];
}

/** An entry of `vars`. */
export interface VarEntry {
  readonly name?: string;
  readonly objref?: {
    readonly apiVersion?: string;
    readonly group?: string;
    readonly version?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly namespace?: string;
  };
  readonly fieldref?: { readonly fieldPath?: string };
}

/** What generated objects get. */
export interface GeneratorOptions {
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

/** An entry of `configMapGenerator` and `secretGenerator`. */
export interface GeneratorEntry {
  readonly name?: string;
  readonly namespace?: string;
  readonly behavior?: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
  readonly options?: GeneratorOptions;
  /** Of secrets only. */
  readonly type?: string;
}

/** An entry of `helmCharts`. */
export interface HelmChartEntry {
  readonly name?: string;
  readonly version?: string;
  readonly repo?: string;
  readonly releaseName?: string;
  readonly namespace?: string;
  readonly additionalValuesFiles?: readonly string[];
  readonly valuesFile?: string;
  readonly valuesInline?: Readonly<Record<string, unknown>>;
  /** `override` by default: inline values win; `merge`: the file's; `replace`: inline ones alone. */
  readonly valuesMerge?: string;
  readonly includeCRDs?: boolean;
  readonly skipHooks?: boolean;
  readonly apiVersions?: readonly string[];
  readonly kubeVersion?: string;
  readonly nameTemplate?: string;
  readonly skipTests?: boolean;
}

/** `helmGlobals`. */
export interface HelmGlobals {
  /** Folder of the charts; `charts` when empty. */
  readonly chartHome?: string;
}

/** An entry of `helmChartInflationGenerator`, the old field. */
export interface OldHelmChartEntry {
  readonly chartName?: string;
  readonly chartVersion?: string;
  readonly chartRepoUrl?: string;
  readonly chartHome?: string;
  readonly values?: string;
  readonly valuesLocal?: Readonly<Record<string, unknown>>;
  readonly valuesMerge?: string;
  readonly releaseName?: string;
}

/** `sortOptions`. */
export interface SortOptions {
  readonly order?: string;
  readonly legacySortOptions?: { readonly orderFirst?: readonly string[]; readonly orderLast?: readonly string[] };
}

/** The file. */
export interface Kustomization {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly openapi?: Texts;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly commonLabels?: Texts;
  readonly labels?: readonly LabelEntry[];
  readonly commonAnnotations?: Texts;
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly PatchEntry[];
  readonly patches?: readonly PatchEntry[];
  readonly images?: readonly ImageEntry[];
  readonly imageTags?: readonly ImageEntry[];
  readonly replacements?: readonly ReplacementEntry[];
  readonly replicas?: readonly ReplicaEntry[];
  readonly vars?: readonly VarEntry[];
  readonly sortOptions?: SortOptions;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly crds?: readonly string[];
  readonly bases?: readonly string[];
  readonly configMapGenerator?: readonly GeneratorEntry[];
  readonly secretGenerator?: readonly GeneratorEntry[];
  readonly helmGlobals?: HelmGlobals;
  readonly helmCharts?: readonly HelmChartEntry[];
  readonly helmChartInflationGenerator?: readonly OldHelmChartEntry[];
  readonly generatorOptions?: GeneratorOptions;
  readonly configurations?: readonly string[];
  readonly generators?: readonly string[];
  readonly transformers?: readonly string[];
  readonly validators?: readonly string[];
  readonly buildMetadata?: readonly string[];
}
