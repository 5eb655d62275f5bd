/**
 * Charts of other repositories that a chart depends on and does not carry along, as `helm dependency build` would put
 * them there.
 * @spec CD-HELM-11
 * @upstream helm pkg/downloader/manager.go
 */
import { Failure, messageOf } from '@argosy/base';

import type { FoundChart } from '../../chart-repository/chart-repositories.ts';
import { isCompatible } from '../values/enable-dependencies.ts';
import type { Chart, ChartDependency } from './chart.ts';
import type { LockedDependency } from './chart-lock.ts';
import { loadChart } from './load-chart.ts';
import { readChartFolder } from './read-chart-folder.ts';

/** Reaches chart repositories. */
export interface ChartResolver {
  /** Opens a chart. Throws Failure when it may not or cannot be read. */
  open(wanted: LockedDependency): Promise<FoundChart>;
  /** The address of the repository that `@name` or `alias:name` means. */
  urlOf(alias: string): string | undefined;
}

/** Charts of these dependencies, each once. Throws Failure naming the dependency. */
export const resolveDependencies = async (
  dependencies: readonly ChartDependency[],
  locked: readonly LockedDependency[] | undefined,
  resolver: ChartResolver,
): Promise<readonly Chart[]> => {
  const wanted = dependencies.map((dependency) => toWanted(dependency, locked, resolver));
  const distinct = new Map(wanted.map((one) => [JSON.stringify(one), one] as const));
  return Promise.all([...distinct.values()].map((one) => openDependency(one, resolver)));
};

const ALIAS = /^(?:@|alias:)/;

const toWanted = (
  { name, version, repository }: ChartDependency,
  locked: readonly LockedDependency[] | undefined,
  resolver: ChartResolver,
): LockedDependency => {
  const lock = locked?.find((entry) => entry.name === name && isCompatible(version, entry.version));
  const address = lock?.repository || repository;
  const url = ALIAS.test(address) ? resolver.urlOf(address) : address;
  if (url === undefined)
    throw new Failure(
      `dependency ${JSON.stringify(name)}: no repository is named ${JSON.stringify(address)}; add one, or write its address`,
      { code: 'MissingDependency' },
    );
  return { name, version: lock?.version ?? version, repository: url };
};

const openDependency = async (wanted: LockedDependency, resolver: ChartResolver): Promise<Chart> => {
  try {
    const { tree } = await resolver.open(wanted);
    return loadChart(await readChartFolder(tree, ''));
  } catch (thrown) {
    const { code, retryable } = thrown instanceof Failure ? thrown : { code: 'InvalidChart', retryable: false };
    throw new Failure(`dependency ${JSON.stringify(wanted.name)} ${wanted.version}: ${messageOf(thrown)}`, {
      code,
      retryable,
      cause: thrown,
    });
  }
};
