/**
 * `helmCharts`: charts of the tree, or of a repository where the caller reaches any, rendered by our Helm.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/HelmChartInflationGenerator.go, api/types/helmchartargs.go
 */
import { Failure } from '@argosy/base';
import type { TemplatePorts } from '@argosy/expressions';

import type { ChartResolver } from '../../helm/chart/resolve-dependencies.ts';
import type { HelmCache } from '../../helm/helm-cache.ts';
import type { HelmOptions, HelmValues } from '../../helm/helm-options.ts';
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
  /** Opens charts of repositories; they are refused without. */
  readonly charts?: ChartResolver;
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
  const { name } = entry;
  if (!name) throw invalid('an entry has no name');
  const chart = await locateChart(entry, globals, { place, helm });
  const values = await valuesOf(entry, chart, place);
  const more = entry.additionalValuesFiles ?? [];
  const options: HelmOptions = {
    path: chart.path,
    ...nameOf(entry, helm),
    ...(entry.namespace && { namespace: entry.namespace }),
    values: [
      { kind: 'text', name: `values of chart ${name}`, text: values },
      ...(await Promise.all(more.map((file) => readValuesFile(file, place)))),
    ],
    ...versionsOf(entry, helm),
    includeCrds: entry.includeCRDs === true,
    skipTests: entry.skipTests === true,
    noHooks: entry.skipHooks === true,
    ...(helm.ports && { ports: helm.ports }),
    ...(helm.cache && { cache: helm.cache }),
    ...(helm.charts && { charts: helm.charts }),
  };
  const { text } = await renderHelmText(chart.tree, options);
  return parseResources(text, `chart ${name}`);
};

/** A chart and its own values. */
interface LocatedChart {
  readonly tree: Tree;
  readonly path: string;
  readonly ownValues: () => Promise<string>;
}

/** The chart below the kustomization's chart home; what is not there is pulled, as kustomize does. */
const locateChart = async (
  entry: HelmChartEntry,
  globals: HelmGlobals,
  { place, helm }: { readonly place: ChartPlace; readonly helm: HelmInflation },
): Promise<LocatedChart> => {
  const { name = '', version = '', repo } = entry;
  const home = joinPath('', globals.chartHome || 'charts');
  const folder = `${home}/${version && repo ? `${name}-${version}/` : ''}${name}`;
  const path = joinPath(place.root, folder);
  if ((await place.tree.find(path))?.kind === 'directory')
    return { tree: place.tree, path, ownValues: () => place.readText(`${folder}/values.yaml`) };
  if (!repo || !helm.charts) throw missing(entry, path);
  const { tree } = await helm.charts.open({ repository: repo, name, version });
  return { tree, path: '', ownValues: async () => new TextDecoder().decode(await tree.read('values.yaml')) };
};

const readValuesFile = async (file: string, { readText }: ChartPlace): Promise<HelmValues> => ({
  kind: 'text',
  name: file,
  text: await readText(file),
});

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
const valuesOf = async (entry: HelmChartEntry, chart: LocatedChart, { readText }: ChartPlace): Promise<string> => {
  const { valuesInline = {}, valuesMerge = 'override', valuesFile } = entry;
  if (!['override', 'merge', 'replace'].includes(valuesMerge))
    throw invalid(`valuesMerge must be one of merge, override, replace, found ${JSON.stringify(valuesMerge)}`);
  const file = valuesFile || `values.yaml of chart ${entry.name ?? ''}`;
  const readFile = (): Promise<string> => (valuesFile ? readText(valuesFile) : chart.ownValues());
  const inline = fromJson(valuesInline);
  if (Object.keys(valuesInline).length === 0) return readFile();
  if (valuesMerge === 'replace') return writeDocument(inline);
  const [read = {}] = readDocuments(await readFile(), file);
  const [target, patch]: readonly [Value, Value] = valuesMerge === 'override' ? [read, inline] : [inline, read];
  return writeDocument(mergeStrategically(target, patch, BUILTIN_MERGE_SCHEMA) ?? {});
};

const invalid = (why: string): Failure => new Failure(`helmCharts: ${why}`, { code: 'InvalidGenerator' });
