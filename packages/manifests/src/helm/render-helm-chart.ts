/**
 * Renders a chart of a tree as `helm template` does, in process.
 * @upstream helm cmd/helm/template.go, pkg/action/install.go#RunWithContext, pkg/action/action.go#renderResources
 */
import { Failure } from '@argosy/base';
import { fromBytes, type GoMap } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';

import type { Tree } from '../tree/tree.ts';
import { toKubeObjects } from '../yaml/parse-manifests.ts';
import { isLibraryChart, type Chart, type ChartFile } from './chart/chart.ts';
import { findChart } from './chart/find-chart.ts';
import { DEFAULT_API_VERSIONS, DEFAULT_KUBE_VERSION, normalizeKubeVersion } from './engine/capabilities.ts';
import { renderTemplates } from './engine/render-templates.ts';
import { NO_CACHE } from './helm-cache.ts';
import type { HelmOptions } from './helm-options.ts';
import { chartCrds, readCrds } from './output/chart-crds.ts';
import { onlyShown } from './output/only-shown.ts';
import { sortManifests, trimSpace, type SortedManifests } from './output/sort-manifests.ts';
import { resolveReleaseName } from './release-name.ts';
import { coalesceValues } from './values/coalesce.ts';
import { enableDependencies, isCompatible } from './values/enable-dependencies.ts';
import { readGivenValues } from './values/given-values.ts';
import { importValues } from './values/import-values.ts';

/** What a chart renders to. */
export interface HelmRender {
  /** In Helm's order: CRDs, manifests by kind, hooks with their annotations. */
  readonly objects: readonly KubeObject[];
  /** NOTES.txt, when the chart has one. */
  readonly notes?: string;
  /** What Helm would print to standard error. */
  readonly warnings: readonly string[];
}

/**
 * Renders to objects. Throws Failure: InvalidChart, InvalidValues, MissingDependency, TemplateFailed (Helm's message
 * with template and line), InvalidYAML, InvalidManifest, NotFound, PathOutside.
 */
export const renderHelmChart = async (tree: Tree, options: HelmOptions = {}): Promise<HelmRender> => {
  const { crds, manifests, hooks, notes, warnings } = await renderParts(tree, options, true);
  const objects = [
    ...crds.flatMap((file) => readCrds(file, options.cache ?? NO_CACHE)),
    ...[...manifests, ...hooks].flatMap(({ document, source }) =>
      document === null ? [] : toKubeObjects(document, source),
    ),
  ];
  return { objects, ...(notes !== undefined && { notes }), warnings };
};

/** Renders to the text that `helm template` prints, `# Source:` comments and all. Throws as `renderHelmChart`. */
export const renderHelmText = async (
  tree: Tree,
  options: HelmOptions = {},
): Promise<{ readonly text: string; readonly warnings: readonly string[] }> => {
  const { crds, manifests, hooks, warnings } = await renderParts(tree, options, false);
  const main = [
    ...crds.map(({ name, data }) => withSource(name, fromBytes(data))),
    ...manifests.map(({ source, text }) => withSource(source, text)),
  ].join('');
  const text = `${trimSpace(main)}\n${hooks.map((hook) => withSource(hook.source, hook.text)).join('')}`;
  return { text: options.showOnly?.length ? onlyShown(text, options.showOnly) : text, warnings };
};

interface Parts extends SortedManifests {
  /** Names are those of the whole chart, such as `chart/crds/a.yaml`. */
  readonly crds: readonly ChartFile[];
  readonly notes: string | undefined;
  readonly warnings: readonly string[];
}

const NOTES = 'NOTES.txt';

const renderParts = async (tree: Tree, options: HelmOptions, wantsDocuments: boolean): Promise<Parts> => {
  const cache = options.cache ?? NO_CACHE;
  const warnings: string[] = [];
  const warn = (warning: string): void => void warnings.push(warning);
  const name = resolveReleaseName(options);
  const given = await readGivenValues(tree, options);
  const found = await findChart(tree, options.path ?? '', {
    cache,
    ...(options.charts && { charts: options.charts }),
  });
  judgeChart(found, warn);
  const chart = importValues(enableDependencies(found, given, warn), warn);
  const values = coalesceValues(chart, given, { keepsNulls: false, warn });
  if (!options.skipSchemaValidation && hasSchema(chart)) {
    // Loaded only when a chart has a schema: the library costs start time.
    const { validateSchemas } = await import('./values/validate-schema.ts');
    validateSchemas(chart, values, { warn, cache });
  }
  const texts = renderTexts(chart, values, { options, name });
  const isNotes = (source: string): boolean => source.endsWith(NOTES);
  const manifestTexts = new Map([...texts].filter(([source]) => !isNotes(source)));
  const sorted = sortManifests(manifestTexts, { warn, cache, wantsDocuments });
  const hooks = options.noHooks ? [] : sorted.hooks;
  return {
    crds: options.includeCrds ? chartCrds(chart) : [],
    manifests: sorted.manifests,
    hooks: options.skipTests ? hooks.filter(({ hookEvents }) => !isTest(hookEvents ?? [])) : hooks,
    notes: texts.get(`${chart.metadata.name}/templates/${NOTES}`),
    warnings,
  };
};

const judgeChart = ({ metadata, ...chart }: Chart, warn: (warning: string) => void): void => {
  if (isLibraryChart({ metadata, ...chart }))
    throw new Failure(`${metadata.type} charts are not installable`, { code: 'InvalidChart' });
  if (metadata.deprecated) warn('WARNING: This chart is deprecated');
};

const renderTexts = (
  chart: Chart,
  values: GoMap,
  { options, name }: { readonly options: HelmOptions; readonly name: string },
): ReadonlyMap<string, string> => {
  const kubeVersion = normalizeKubeVersion(options.kubeVersion ?? DEFAULT_KUBE_VERSION);
  const wanted = chart.metadata.kubeVersion;
  if (wanted !== '' && !isCompatible(wanted, kubeVersion))
    throw new Failure(`chart requires kubeVersion: ${wanted} which is incompatible with Kubernetes ${kubeVersion}`, {
      code: 'InvalidChart',
    });
  return renderTemplates(chart, {
    values,
    release: { name, namespace: options.namespace ?? 'default', isUpgrade: options.isUpgrade ?? false },
    capabilities: { kubeVersion, apiVersions: [...DEFAULT_API_VERSIONS, ...(options.apiVersions ?? [])] },
    ports: options.ports ?? {},
    cache: options.cache ?? NO_CACHE,
    ...(options.lookup && { lookup: options.lookup }),
    ...(options.budget && { budget: options.budget }),
  });
};

const hasSchema = (chart: Chart): boolean => chart.schema !== undefined || chart.dependencies.some(hasSchema);

const isTest = (events: readonly string[]): boolean => events.includes('test') || events.includes('test-success');

const withSource = (source: string, text: string): string => `---\n# Source: ${source}\n${text}\n`;
