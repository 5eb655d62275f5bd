/**
 * A kustomization file read, its old fields turned into new ones.
 * @upstream sigs.k8s.io/kustomize/api/types/kustomization.go#FixKustomization, api/internal/target/kusttarget.go#Load
 */
import { Failure } from '@argosy/base';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import { decode } from './decode.ts';
import { KUSTOMIZATION } from './kustomization-shapes.ts';
import type { GeneratorEntry, HelmChartEntry, Kustomization, OldHelmChartEntry } from './kustomization.ts';

/** A kustomization and what its author should know of it. */
export interface ReadKustomization {
  readonly kustomization: Kustomization;
  readonly warnings: readonly string[];
}

/** Reads a file. Throws Failure `InvalidYAML`, `InvalidKustomization` naming the field. */
export const readKustomization = (text: string, file: string): ReadKustomization => {
  const [document] = parseYamlDocuments(text, file);
  // The shape is the type's.
  const read = (decodeNaming(document, file) ?? {}) as Kustomization;
  refuseInvalid(read, file);
  return { kustomization: renewFields(read), warnings: DEPRECATED.flatMap(([field, use]) => warnOf(read, field, use)) };
};

const decodeNaming = (document: unknown, file: string): unknown => {
  try {
    return decode(document, KUSTOMIZATION, '');
  } catch (thrown) {
    if (thrown instanceof Failure)
      throw new Failure(`${file}: ${thrown.message}`, { code: thrown.code, cause: thrown });
    throw thrown;
  }
};

const DEPRECATED: readonly (readonly [keyof Kustomization, string])[] = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['imageTags', 'images'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
  ['vars', 'replacements'],
];

const warnOf = (read: Kustomization, field: keyof Kustomization, use: string): readonly string[] =>
  read[field] === undefined ? [] : [`'${field}' is deprecated. Please use '${use}' instead.`];

const refuseInvalid = (read: Kustomization, file: string): void => {
  const { kind = 'Kustomization', apiVersion } = read;
  const { apiVersion: _, kind: __, ...rest } = read;
  if (Object.keys(rest).length === 0)
    throw new Failure(`${file} is empty; give it resources`, { code: 'InvalidKustomization' });
  if (kind !== 'Kustomization' && kind !== 'Component')
    throw new Failure(`${file}: kind should be Kustomization or Component, found ${kind}`, {
      code: 'InvalidKustomization',
    });
  const version = `kustomize.config.k8s.io/${kind === 'Component' ? 'v1alpha1' : 'v1beta1'}`;
  if (apiVersion && apiVersion !== version)
    throw new Failure(`${file}: apiVersion for ${kind} should be ${version}, found ${apiVersion}`, {
      code: 'InvalidKustomization',
    });
};

const renewFields = (read: Kustomization): Kustomization => ({
  ...read,
  kind: read.kind || 'Kustomization',
  resources: [...(read.resources ?? []), ...(read.bases ?? [])],
  images: [...(read.images ?? []), ...(read.imageTags ?? [])],
  configMapGenerator: (read.configMapGenerator ?? []).map(renewGenerator),
  secretGenerator: (read.secretGenerator ?? []).map(renewGenerator),
  helmCharts: [...(read.helmCharts ?? []), ...(read.helmChartInflationGenerator ?? []).map(renewChart)],
  ...(read.helmGlobals ? {} : renewGlobals(read)),
});

const renewChart = (old: OldHelmChartEntry): HelmChartEntry => ({
  name: old.chartName,
  version: old.chartVersion,
  repo: old.chartRepoUrl,
  valuesFile: old.values,
  valuesInline: old.valuesLocal,
  valuesMerge: old.valuesMerge,
  releaseName: old.releaseName,
});

const renewGlobals = ({ helmChartInflationGenerator = [] }: Kustomization): Pick<Kustomization, 'helmGlobals'> => {
  const chartHome = helmChartInflationGenerator.findLast((old) => old.chartHome)?.chartHome;
  return chartHome ? { helmGlobals: { chartHome } } : {};
};

const renewGenerator = (entry: GeneratorEntry): GeneratorEntry =>
  entry.env ? { ...entry, envs: [...(entry.envs ?? []), entry.env] } : entry;
