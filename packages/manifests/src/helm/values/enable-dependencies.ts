/**
 * Which of a chart's charts take part, under which name: conditions, tags, aliases.
 * @upstream helm pkg/chartutil/dependencies.go#processDependencyEnabled
 */
import { parseConstraint, parseVersion, satisfies, type GoMap } from '@argosy/expressions';

import type { Chart, ChartDependency } from '../chart/chart.ts';
import { coalesceValues } from './coalesce.ts';
import { leafAt, tableAt } from './tables.ts';

/** The chart without those of its charts that values switch off; the others bear their aliases. */
export const enableDependencies = (chart: Chart, values: GoMap, warn: (warning: string) => void): Chart =>
  enable(chart, values, { path: '', warn, renamed: new Set() });

interface Look {
  /** Path of the chart that depends, with a dot at its end. */
  readonly path: string;
  readonly warn: (warning: string) => void;
  /**
   * Dependencies that bear their alias already. Helm renames the declaration itself, so a chart that takes part twice
   * finds it renamed the second time, and then no chart of the old name is taken for it.
   */
  readonly renamed: Set<symbol>;
}

const enable = (chart: Chart, values: GoMap, look: Look): Chart => {
  const { path, warn, renamed } = look;
  const declared = chart.metadata.dependencies;
  if (!declared) return chart;
  const aliased = declared.map((entry) => ({ ...entry, name: entry.alias || entry.name }));
  const wanted = declared.map((entry, at) => (renamed.has(entry.declaration) ? (aliased[at] ?? entry) : entry));
  for (const { alias, declaration } of declared) if (alias !== '') renamed.add(declaration);
  const named: Chart = { ...chart, dependencies: withAliases(chart.dependencies, wanted) };
  const seen = coalesceValues(named, values, { keepsNulls: false, warn });
  const disabled = new Set(aliased.filter((entry) => !isEnabled(entry, seen, look)).map(({ name }) => name));
  const kept = aliased.filter(({ name }) => !disabled.has(name));
  return {
    ...chart,
    metadata: { ...chart.metadata, dependencies: kept.length === 0 ? undefined : kept },
    innerPath: undefined,
    dependencies: named.dependencies
      .filter(({ metadata }) => !disabled.has(metadata.name))
      .map((child) => enable(child, seen, { ...look, path: `${path}${child.metadata.name}.` })),
  };
};

/** Whether a chart's version is one that a dependency asks for. */
export const isCompatible = (constraint: string, version: string): boolean => {
  const [wanted, actual] = [parseConstraint(constraint), parseVersion(version)];
  return wanted.ok && actual.ok && satisfies(actual.value, wanted.value);
};

/** Charts nobody names come first, then those named, in the order of naming. */
const withAliases = (charts: readonly Chart[], wanted: readonly ChartDependency[]): readonly Chart[] => {
  const isFor = (chart: Chart, entry: ChartDependency): boolean =>
    chart.metadata.name === entry.name && isCompatible(entry.version, chart.metadata.version);
  const unnamed = charts.filter((chart) => !wanted.some((entry) => isFor(chart, entry)));
  const named = wanted.flatMap((entry) => {
    const chart = charts.find((candidate) => isFor(candidate, entry));
    if (!chart) return [];
    return [entry.alias === '' ? chart : { ...chart, metadata: { ...chart.metadata, name: entry.alias } }];
  });
  return [...unnamed, ...named];
};

/** The first condition that has a value decides, else the tags, else it takes part. */
const isEnabled = (entry: ChartDependency, values: GoMap, look: Look): boolean => {
  for (const condition of entry.condition.trim().split(',')) {
    if (condition === '') continue;
    const value = leafAt(values, look.path + condition);
    if (typeof value === 'boolean') return value;
    if (value !== undefined)
      look.warn(`Warning: Condition path '${condition}' for chart ${entry.name} returned non-bool value`);
  }
  return isTagged(entry, values, look);
};

const isTagged = (entry: ChartDependency, values: GoMap, look: Look): boolean => {
  const tags = tableAt(values, 'tags');
  if (!tags) return true;
  const set = entry.tags.filter((tag) => tags.entries.has(tag)).map((tag) => ({ tag, value: tags.entries.get(tag) }));
  for (const { tag, value } of set)
    if (typeof value !== 'boolean') look.warn(`Warning: Tag '${tag}' for chart ${entry.name} returned non-bool value`);
  return set.some(({ value }) => value === true) || !set.some(({ value }) => value === false);
};
