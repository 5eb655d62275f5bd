/**
 * Values of a chart: what the user gave, over what the chart says, over what its charts say; globals go down.
 * @upstream helm pkg/chartutil/coalesce.go
 */
import { Failure } from '@argosy/base';
import { goTypeOf, GoMap, type GoValue } from '@argosy/expressions';

import type { Chart } from '../chart/chart.ts';
import { copyTable, joinKeys, layOver } from './tables.ts';

/** Where globals stand. */
const GLOBAL = 'global';

/** How values are brought together. */
export interface CoalesceOptions {
  /** Keeps nulls, as while imported values are gathered. */
  readonly keepsNulls: boolean;
  readonly warn: (warning: string) => void;
}

/** All values of a chart as its templates see them. Throws Failure `InvalidValues` when a chart's values are no table. */
export const coalesceValues = (chart: Chart, given: GoMap, options: CoalesceOptions): GoMap =>
  coalesce(chart, copyTable(given), '', options);

const coalesce = (chart: Chart, given: GoMap, path: string, options: CoalesceOptions): GoMap => {
  const below = joinKeys(path, chart.metadata.name);
  const entries = new Map(overDefaults(chart, given, below, options).entries);
  const own = new GoMap(entries);
  for (const child of chart.dependencies) {
    const { name } = child.metadata;
    const values = entries.has(name) ? entries.get(name) : new GoMap();
    if (!(values instanceof GoMap))
      throw new Failure(`type mismatch on ${name}: ${describeWrong(values)}`, { code: 'InvalidValues' });
    entries.set(name, coalesce(child, withGlobals(values, own, below, options), below, options));
  }
  return own;
};

const overDefaults = (chart: Chart, given: GoMap, path: string, options: CoalesceOptions): GoMap => {
  const entries = new Map(given.entries);
  const children = new Set(chart.dependencies.map((child) => child.metadata.name));
  for (const [key, below] of copyTable(chart.values).entries) {
    const above = entries.get(key);
    if (!entries.has(key)) entries.set(key, below);
    else if (above === null || above === undefined) {
      if (!options.keepsNulls) entries.delete(key);
    } else if (above instanceof GoMap) {
      const keepsNulls = children.has(key) || options.keepsNulls;
      if (below instanceof GoMap)
        entries.set(key, layOver(above, below, { ...options, keepsNulls, path: joinKeys(path, key) }));
      else if (below !== null) options.warn(`warning: skipped value for ${joinKeys(path, key)}: Not a table.`);
    }
  }
  return new GoMap(entries);
};

/** A chart's values with the globals of the chart above, which win. */
const withGlobals = (values: GoMap, above: GoMap, path: string, options: CoalesceOptions): GoMap => {
  const [own, theirs] = [globalsOf(values), globalsOf(above)];
  if (!own || !theirs) {
    options.warn(`warning: skipping globals because ${own ? 'source' : 'destination'} ${GLOBAL} is not a table.`);
    return values;
  }
  const globals = new Map(own.entries);
  for (const [key, value] of theirs.entries) {
    const known = globals.get(key);
    if (value instanceof GoMap) {
      if (!globals.has(key)) globals.set(key, new GoMap(new Map(value.entries)));
      else if (known instanceof GoMap)
        globals.set(key, layOver(value, known, { ...options, keepsNulls: true, path: joinKeys(path, key) }));
      else options.warn(`Conflict: cannot merge map onto non-map for ${JSON.stringify(key)}. Skipping.`);
    } else if (known instanceof GoMap) options.warn(`key ${key} is table. Skipping`);
    else globals.set(key, value);
  }
  return new GoMap(new Map([...values.entries, [GLOBAL, new GoMap(globals)]]));
};

const globalsOf = (values: GoMap): GoMap | undefined => {
  const globals = values.entries.has(GLOBAL) ? values.entries.get(GLOBAL) : new GoMap();
  return globals instanceof GoMap ? globals : undefined;
};

const describeWrong = (value: GoValue): string =>
  value === null || value === undefined ? '%!t(<nil>)' : `expected a table, got ${goTypeOf(value)}`;
