/**
 * `import-values`: values of a chart's charts that become its own defaults.
 * @upstream helm pkg/chartutil/dependencies.go#processImportValues
 */
import { GoMap } from '@argosy/expressions';

import type { Chart } from '../chart/chart.ts';
import { coalesceValues } from './coalesce.ts';
import { copyTable, layOver, tableAt, type LayOptions } from './tables.ts';

/** The chart with what it imports among its values; the innermost charts first. */
export const importValues = (chart: Chart, warn: (warning: string) => void): Chart =>
  importInto(chart, warn, new Set());

/** `done`: what was imported once is not again when its chart takes part twice, as Helm notes it in the declaration. */
const importInto = (chart: Chart, warn: (warning: string) => void, done: Set<symbol>): Chart => {
  const inner: Chart = { ...chart, dependencies: chart.dependencies.map((child) => importInto(child, warn, done)) };
  const wanted = inner.metadata.dependencies;
  if (!wanted) return inner;
  const options: LayOptions = { keepsNulls: true, warn, path: '' };
  const values = coalesceValues(inner, new GoMap(), { keepsNulls: true, warn });
  let imported = new GoMap();
  for (const { name, declaration, importValues: entries } of wanted) {
    if (done.has(declaration)) continue;
    done.add(declaration);
    for (const entry of entries) {
      const { child, parent } = typeof entry === 'string' ? { child: `exports.${entry}`, parent: '.' } : entry;
      const table = tableAt(values, `${name}.${child}`);
      if (table) imported = layOver(imported, nested(parent, table), options);
      else warn(`Warning: ImportValues missing table from chart ${name}: ${JSON.stringify(child)} is not a table`);
    }
  }
  return { ...inner, values: layOver(copyTable(values), copyTable(imported), options) };
};

const nested = (path: string, table: GoMap): GoMap =>
  path === '.' ? table : path.split('.').reduceRight((inner, key) => new GoMap(new Map([[key, inner]])), table);
