/**
 * `helmCharts`: charts of the tree rendered by our Helm. Charts of repositories are never fetched: what a build makes
 * must not depend on what a server answers.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/HelmChartInflationGenerator.go, api/types/helmchartargs.go
 */
import { Failure } from '@argosy/base';
import type { TemplatePorts } from '@argosy/expressions';

import type { HelmCache } from '../../helm/helm-cache.ts';
import type { HelmOptions } from '../../helm/helm-options.ts';
import { renderHelmText } from '../../helm/render-helm-chart.ts';
import { joinPath, type Tree } from '../../tree/tree.ts';
import { readDocuments } from '../document/read-documents.ts';
import type { Value } from '../document/value.ts';
import { fromJson, writeDocument } from '../document/write-document.ts';
import type { HelmChartEntry, HelmGlobals } from '../file/kustomization.ts';
import { BUILTIN_MERGE_SCHEMA } from '../merge/merge-schema.ts';
import { mergeStrategically } from '../merge/strategic-merge.ts';
import { parseResources } from '../resources/parse-resources.ts';
import type { Resource } from '../resources/resource.ts';

/** What charts are rendered with (`--enable-helm`). */
export interface HelmInflation {
  /** Both win over what an entry says. */
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  /** A clock, for releases without a name, and random numbers. */
  readonly ports?: TemplatePorts;
  readonly cache?: HelmCache;
}

/** Where charts and values stand. */
export interface ChartPlace {
  readonly tree: Tree;
  readonly root: string;
  readonly readText: (path: string) => Promise<string>;
}

/** Renders a chart to objects. Throws Failure `InvalidGenerator`, `NotFound`, `NotSupported`, and those of Helm. */
export const inflateChart = async (
  entry: HelmChartEntry,
  globals: HelmGlobals,
  { place, helm }: { readonly place: ChartPlace; readonly helm: HelmInflation },
): Promise<readonly Resource[]> => {
  const { name, version, repo } = entry;
  if (!name) throw invalid('an entry has no name');
  const home = joinPath('', globals.chartHome || 'charts');
  const folder = `${home}/${version && repo ? `${name}-${version}/` : ''}${name}`;
  const path = joinPath(place.root, folder);
  if ((await place.tree.find(path))?.kind !== 'directory') throw missing(entry, path);
  const values = await valuesOf(entry, folder, place);
  const options: HelmOptions = {
    path,
    ...nameOf(entry, helm),
    ...(entry.namespace && { namespace: entry.namespace }),
    values: [
      { kind: 'text', name: `values of chart ${name}`, text: values },
      ...(entry.additionalValuesFiles ?? []).map(
        (file) => ({ kind: 'file', path: joinPath(place.root, file) }) as const,
      ),
    ],
    ...versionsOf(entry, helm),
    includeCrds: entry.includeCRDs === true,
    skipTests: entry.skipTests === true,
    noHooks: entry.skipHooks === true,
    ...(helm.ports && { ports: helm.ports }),
    ...(helm.cache && { cache: helm.cache }),
  };
  for (const file of entry.additionalValuesFiles ?? []) await place.readText(file);
  const { text } = await renderHelmText(place.tree, options);
  return parseResources(text, `chart ${name}`);
};

const missing = ({ name = '', repo }: HelmChartEntry, path: string): Failure =>
  repo
    ? new Failure(
        `helmCharts: ${name} would be pulled from ${repo}, which is not done here; put the chart at ${path}`,
        {
          code: 'NotSupported',
        },
      )
    : new Failure(`helmCharts: no repo specified for pull, no chart found at ${path}`, { code: 'NotFound' });

const nameOf = (entry: HelmChartEntry, helm: HelmInflation): Pick<HelmOptions, 'releaseName' | 'nameTemplate'> => {
  const { name = '', releaseName, nameTemplate } = entry;
  if (nameTemplate) return { nameTemplate, ...(releaseName && { releaseName }) };
  if (releaseName) return { releaseName };
  const now = helm.ports?.now?.();
  if (now === undefined) throw invalid(`${name} needs a releaseName`);
  return { releaseName: `${name}-${Math.floor(Number(now) / 1000)}` };
};

const versionsOf = (entry: HelmChartEntry, helm: HelmInflation): Pick<HelmOptions, 'kubeVersion' | 'apiVersions'> => {
  const kubeVersion = helm.kubeVersion || entry.kubeVersion;
  const apiVersions = helm.apiVersions?.length ? helm.apiVersions : entry.apiVersions;
  return { ...(kubeVersion && { kubeVersion }), ...(apiVersions && { apiVersions }) };
};

/** The values file, the inline values over it or under it, or the latter alone. */
const valuesOf = async (entry: HelmChartEntry, folder: string, { readText }: ChartPlace): Promise<string> => {
  const { valuesInline = {}, valuesMerge = 'override', valuesFile } = entry;
  if (!['override', 'merge', 'replace'].includes(valuesMerge))
    throw invalid(`valuesMerge must be one of merge, override, replace, found ${JSON.stringify(valuesMerge)}`);
  const file = valuesFile || `${folder}/values.yaml`;
  const inline = fromJson(valuesInline);
  if (Object.keys(valuesInline).length === 0) return readText(file);
  if (valuesMerge === 'replace') return writeDocument(inline);
  const [read = {}] = readDocuments(await readText(file), file);
  const [target, patch]: readonly [Value, Value] = valuesMerge === 'override' ? [read, inline] : [inline, read];
  return writeDocument(mergeStrategically(target, patch, BUILTIN_MERGE_SCHEMA) ?? {});
};

const invalid = (why: string): Failure => new Failure(`helmCharts: ${why}`, { code: 'InvalidGenerator' });
