/**
 * A chart from its files, with the charts below `charts/` inside it.
 * @upstream helm pkg/chart/loader/load.go#LoadFiles
 */
import { Failure, messageOf } from '@argosy/base';
import { fromBytes, GoMap } from '@argosy/expressions';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import { readTable } from '../values/tables.ts';
import { NO_CACHE, type HelmCache } from '../helm-cache.ts';
import type { Chart, ChartFile, ChartMetadata, ChartTemplate } from './chart.ts';
import { readChartMetadata, validateChartMetadata } from './chart-metadata.ts';
import { openChartArchive } from './open-archive.ts';

/** Charts inside charts inside charts: deeper is an attack. */
const DEEPEST = 20;
const MAIN = 'Chart.yaml';

/** Builds a chart, or gives the one made of these very files. Throws Failure `InvalidChart` with Helm's words. */
export const loadChart = (files: readonly ChartFile[], cache: HelmCache = NO_CACHE): Chart => {
  const main = files.find(({ name }) => name === MAIN);
  const load = (): Chart => loadAt(files, { depth: 0, above: '' });
  if (!main) return load();
  const parts = ['chart', ...files.flatMap(({ name, data }) => [name, data])];
  return cache.keepWith(main.data, parts, load);
};

/** How deep, and where the charts beside it lie. */
interface Place {
  readonly depth: number;
  readonly above: string;
}

const loadAt = (files: readonly ChartFile[], place: Place): Chart => {
  if (place.depth > DEEPEST) throw invalid(`charts nested deeper than ${DEEPEST}`);
  const byName = new Map(files.map((file) => [file.name, file]));
  const metadata = readMetadata(byName);
  const path = place.above + metadata.name;
  const isVersion1 = metadata.apiVersion === 'v1';
  const inner = new Map<string, ChartFile[]>();
  const templates: ChartTemplate[] = [];
  const rest: ChartFile[] = [];
  for (const file of files) {
    if (isWithCharts(file.name)) addInner(inner, file);
    else if (file.name.startsWith('templates/')) templates.push({ ...file, text: fromBytes(file.data) });
    else if (!isChartsOwn(file.name, isVersion1)) rest.push(file);
  }
  const schema = byName.get('values.schema.json');
  return {
    metadata,
    templates,
    files: rest,
    values: readValues(byName.get('values.yaml')),
    schema: schema && fromBytes(schema.data),
    dependencies: loadInner(inner, metadata.name, { depth: place.depth + 1, above: `${path}/charts/` }),
    innerPath: path,
  };
};

const readMetadata = (byName: ReadonlyMap<string, ChartFile>): ChartMetadata => {
  const main = byName.get(MAIN);
  const requirements = byName.get('requirements.yaml');
  const known = main && readChartMetadata(readDocument(main), main.name);
  const metadata = requirements ? readChartMetadata(readDocument(requirements), requirements.name, known) : known;
  if (!metadata) throw invalid('Chart.yaml file is missing');
  return validateChartMetadata(metadata);
};

const readValues = (file: ChartFile | undefined): GoMap => {
  if (!file) return new GoMap();
  const table = readTable(fromBytes(file.data));
  if (!table.ok) throw invalid(`cannot load ${file.name}: ${table.error}`);
  return table.value;
};

const readDocument = (file: ChartFile): unknown => {
  try {
    return parseYamlDocuments(fromBytes(file.data), file.name)[0] ?? null;
  } catch (thrown) {
    throw invalid(`cannot load ${messageOf(thrown)}`, thrown);
  }
};

/** Signatures lie beside the charts and are ordinary files. */
const isWithCharts = (name: string): boolean => name.startsWith('charts/') && !name.endsWith('.prov');

const isChartsOwn = (name: string, isVersion1: boolean): boolean => {
  if (name === 'requirements.yaml' || name === 'requirements.lock') return !isVersion1;
  return name === 'Chart.yaml' || name === 'Chart.lock' || name === 'values.yaml' || name === 'values.schema.json';
};

const addInner = (inner: Map<string, ChartFile[]>, file: ChartFile): void => {
  const name = file.name.slice('charts/'.length);
  const [chart = ''] = name.split('/');
  const known = inner.get(chart);
  if (known) known.push({ name, data: file.data });
  else inner.set(chart, [{ name, data: file.data }]);
};

/** In order of name: Helm's own order of charts that no dependency names is random. */
const loadInner = (inner: ReadonlyMap<string, readonly ChartFile[]>, parent: string, place: Place): readonly Chart[] =>
  [...inner]
    .filter(([name]) => !/^[_.]/.test(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, files]) => {
      try {
        return loadAt(name.endsWith('.tgz') ? openPacked(name, files, parent) : filesBelow(files), place);
      } catch (thrown) {
        throw invalid(`error unpacking subchart ${name} in ${parent}: ${messageOf(thrown)}`, thrown);
      }
    });

const openPacked = (name: string, files: readonly ChartFile[], parent: string): readonly ChartFile[] => {
  const [file] = files;
  if (!file || file.name !== name)
    throw invalid(`error unpacking subchart tar in ${parent}: expected ${name}, got ${file?.name ?? 'nothing'}`);
  return openChartArchive(file.data, name);
};

/** Files that lie in `charts/` itself are no chart. */
const filesBelow = (files: readonly ChartFile[]): readonly ChartFile[] =>
  files.flatMap(({ name, data }) => (name.includes('/') ? [{ name: name.slice(name.indexOf('/') + 1), data }] : []));

const invalid = (problem: string, cause?: unknown): Failure => new Failure(problem, { code: 'InvalidChart', cause });
