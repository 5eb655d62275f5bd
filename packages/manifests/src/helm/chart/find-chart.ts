/**
 * A chart of a tree, with the charts it depends on: those in `charts/`, those of the same tree named by `file://`, and
 * those of other repositories.
 * @upstream helm pkg/action/install.go#CheckDependencies, pkg/downloader/manager.go (file repositories)
 */
import { Failure, messageOf } from '@argosy/base';

import { joinPath, normalizePath, type Tree } from '../../tree/tree.ts';
import { NO_CACHE, type HelmCache } from '../helm-cache.ts';
import { isCompatible } from '../values/enable-dependencies.ts';
import type { Chart, ChartDependency, ChartFile } from './chart.ts';
import { readChartLock } from './chart-lock.ts';
import { loadChart } from './load-chart.ts';
import { openChartArchive } from './open-archive.ts';
import { readChartFolder } from './read-chart-folder.ts';
import { resolveDependencies, type ChartResolver } from './resolve-dependencies.ts';

const LOCAL = 'file://';
/** A chart that depends on itself would be read for ever. */
const DEEPEST = 10;

/**
 * Reads the chart at a path. Charts of other repositories are refused without `charts`. Throws Failure: NotFound,
 * InvalidChart, MissingDependency, and those of `charts`.
 */
export const findChart = (
  tree: Tree,
  path: string,
  { charts, cache }: { readonly charts?: ChartResolver; readonly cache: HelmCache },
): Promise<Chart> => readAt({ tree, charts, cache }, normalizePath(path), 0);

interface Place {
  readonly tree: Tree;
  readonly charts: ChartResolver | undefined;
  readonly cache: HelmCache;
}

const readAt = async (place: Place, path: string, depth: number): Promise<Chart> => {
  const { charts, cache } = place;
  if (depth > DEEPEST)
    throw new Failure(`${path}: charts that depend on each other by ${LOCAL} go deeper than ${DEEPEST}`, {
      code: 'InvalidChart',
    });
  const files = await readFiles(place, path);
  // A chart that takes part twice is two charts: each has dependencies of its own.
  const chart = loadChart(files, depth === 0 ? cache : NO_CACHE);
  const missing = (chart.metadata.dependencies ?? []).filter(
    ({ name }) => !chart.dependencies.some(({ metadata }) => metadata.name === name),
  );
  const local = missing.filter(({ repository }) => repository.startsWith(LOCAL));
  const absent = missing.filter(({ repository }) => !repository.startsWith(LOCAL));
  const unknown = charts ? absent.filter(({ repository }) => repository === '') : absent;
  if (unknown.length > 0) throw missingDependencies(unknown);
  const locked = charts && missing.length > 0 ? readChartLock(files, (alias) => charts.urlOf(alias)) : undefined;
  const found: Chart[] = [];
  for (const dependency of local) found.push(await readLocal(place, path, { dependency, depth }));
  const remote = charts && absent.length > 0 ? await resolveDependencies(absent, locked, charts) : [];
  return { ...chart, dependencies: [...chart.dependencies, ...found, ...remote] };
};

const readFiles = async ({ tree, cache }: Place, path: string): Promise<readonly ChartFile[]> => {
  const entry = await tree.find(path);
  if (entry?.kind === 'directory') return readChartFolder(tree, path, cache);
  if (entry?.kind === 'file') {
    const archive = await tree.read(path);
    return cache.keepWith(archive, ['archive', path], () => openChartArchive(archive, path));
  }
  throw new Failure(`${path || '.'}: no chart there; name a folder with a Chart.yaml or a chart archive (.tgz)`, {
    code: 'NotFound',
  });
};

const readLocal = async (
  place: Place,
  path: string,
  at: { readonly dependency: ChartDependency; readonly depth: number },
): Promise<Chart> => {
  const { name, version, repository } = at.dependency;
  const where = repository.slice(LOCAL.length);
  if (where.startsWith('/'))
    throw new Failure(
      `dependency ${JSON.stringify(name)}: ${repository} is an absolute path; use one relative to the chart, such as ${LOCAL}../${name}`,
      { code: 'PathOutside' },
    );
  const chart = await attempt(name, repository, () => readAt(place, joinPath(path, where), at.depth + 1));
  if (!isCompatible(version, chart.metadata.version))
    throw new Failure(
      `dependency ${JSON.stringify(name)}: can't get a valid version for ${name}: ${repository} has ${chart.metadata.version}, wanted ${version}`,
      { code: 'MissingDependency' },
    );
  return chart;
};

const attempt = async (name: string, repository: string, body: () => Promise<Chart>): Promise<Chart> => {
  try {
    return await body();
  } catch (thrown) {
    const code = thrown instanceof Failure ? thrown.code : 'InvalidChart';
    throw new Failure(`dependency ${JSON.stringify(name)} (${repository}): ${messageOf(thrown)}`, {
      code,
      cause: thrown,
    });
  }
};

const missingDependencies = (absent: readonly ChartDependency[]): Failure => {
  const names = absent.map(({ name }) => name).join(', ');
  const repositories = [...new Set(absent.map(({ repository }) => repository).filter((url) => url !== ''))];
  const from = repositories.length > 0 ? ` (from ${repositories.join(', ')})` : '';
  return new Failure(
    `found in Chart.yaml, but missing in charts/ directory: ${names}${from}; put them there with \`helm dependency build\``,
    { code: 'MissingDependency' },
  );
};
