/**
 * A chart of a tree, with the charts it depends on: those in `charts/`, and those of the same tree named by `file://`.
 * @upstream helm pkg/action/install.go#CheckDependencies, pkg/downloader/manager.go (file repositories)
 */
import { Failure, messageOf } from '@argosy/base';

import { joinPath, normalizePath, type Tree } from '../../tree/tree.ts';
import { isCompatible } from '../values/enable-dependencies.ts';
import type { Chart, ChartDependency } from './chart.ts';
import { loadChart } from './load-chart.ts';
import { openChartArchive } from './open-archive.ts';
import { readChartFolder } from './read-chart-folder.ts';

const LOCAL = 'file://';
/** A chart that depends on itself would be read for ever. */
const DEEPEST = 10;

/** Reads the chart at a path. Throws Failure: NotFound, InvalidChart, MissingDependency. */
export const findChart = (tree: Tree, path: string): Promise<Chart> => readAt(tree, normalizePath(path), 0);

const readAt = async (tree: Tree, path: string, depth: number): Promise<Chart> => {
  if (depth > DEEPEST)
    throw new Failure(`${path}: charts that depend on each other by ${LOCAL} go deeper than ${DEEPEST}`, {
      code: 'InvalidChart',
    });
  const chart = await readChart(tree, path);
  const missing = (chart.metadata.dependencies ?? []).filter(
    ({ name }) => !chart.dependencies.some(({ metadata }) => metadata.name === name),
  );
  const local = missing.filter(({ repository }) => repository.startsWith(LOCAL));
  const absent = missing.filter(({ repository }) => !repository.startsWith(LOCAL));
  if (absent.length > 0) throw missingDependencies(absent);
  const found: Chart[] = [];
  for (const dependency of local) found.push(await readLocal(tree, path, { dependency, depth }));
  return { ...chart, dependencies: [...chart.dependencies, ...found] };
};

const readChart = async (tree: Tree, path: string): Promise<Chart> => {
  const entry = await tree.find(path);
  if (entry?.kind === 'directory') return loadChart(await readChartFolder(tree, path));
  if (entry?.kind === 'file') return loadChart(openChartArchive(await tree.read(path), path));
  throw new Failure(`${path || '.'}: no chart there; name a folder with a Chart.yaml or a chart archive (.tgz)`, {
    code: 'NotFound',
  });
};

const readLocal = async (
  tree: Tree,
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
  const chart = await attempt(name, repository, () => readAt(tree, joinPath(path, where), at.depth + 1));
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
