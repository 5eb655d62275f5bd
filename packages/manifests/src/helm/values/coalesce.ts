/**
 * Values of a chart: what the user gave, over what the chart says, over what its charts say; globals go down.
 * @upstream helm pkg/chartutil/coalesce.go
 */
import { Failure } from '@argosy/base';
import { goTypeOf, GoMap, type GoValue } from '@argosy/expressions';

import type { Chart } from '../chart/chart.ts';
import { copyTable, joinKeys, layOnto } from './tables.ts';

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

/**
 * Changes what is given, in the very places where Helm does: tables of globals are shared by the charts above and below
 * from their third level on, so what a chart says of them is seen above it and beside it as well.
 */
const coalesce = (chart: Chart, given: GoMap, path: string, options: CoalesceOptions): GoMap => {
  const below = joinKeys(path, chart.metadata.name);
  layOntoDefaults(chart, given, below, options);
  for (const child of chart.dependencies) {
    const { name } = child.metadata;
    const values = given.entries.has(name) ? given.entries.get(name) : new GoMap();
    if (!(values instanceof GoMap))
      throw new Failure(`type mismatch on ${name}: ${describeWrong(values)}`, { code: 'InvalidValues' });
    takeGlobals(values, given, below, options);
    given.entries.set(name, coalesce(child, values, below, options));
  }
  return given;
};

const layOntoDefaults = (chart: Chart, { entries }: GoMap, path: string, options: CoalesceOptions): void => {
  const children = new Set(chart.dependencies.map((child) => child.metadata.name));
  for (const [key, below] of copyTable(chart.values).entries) {
    const above = entries.get(key);
    if (!entries.has(key)) entries.set(key, below);
    else if (above === null || above === undefined) {
      if (!options.keepsNulls) entries.delete(key);
    } else if (above instanceof GoMap) {
      const keepsNulls = children.has(key) || options.keepsNulls;
      if (below instanceof GoMap) layOnto(above, below, { ...options, keepsNulls, path: joinKeys(path, key) });
      else if (below !== null) options.warn(`warning: skipped value for ${joinKeys(path, key)}: Not a table.`);
    }
  }
};

/** Puts the globals of the chart above, which win, into a chart's values. */
const takeGlobals = (values: GoMap, above: GoMap, path: string, options: CoalesceOptions): void => {
  const [own, theirs] = [globalsOf(values), globalsOf(above)];
  if (!own || !theirs) {
    options.warn(`warning: skipping globals because ${own ? 'source' : 'destination'} ${GLOBAL} is not a table.`);
    return;
  }
  for (const [key, value] of theirs.entries) {
    const known = own.entries.get(key);
    if (value instanceof GoMap) {
      const shared = new GoMap(new Map(value.entries));
      if (!own.entries.has(key)) own.entries.set(key, shared);
      else if (known instanceof GoMap)
        own.entries.set(key, layOnto(shared, known, { ...options, keepsNulls: true, path: joinKeys(path, key) }));
      else options.warn(`Conflict: cannot merge map onto non-map for ${JSON.stringify(key)}. Skipping.`);
    } else if (known instanceof GoMap) options.warn(`key ${key} is table. Skipping`);
    else own.entries.set(key, value);
  }
  values.entries.set(GLOBAL, own);
};

const globalsOf = (values: GoMap): GoMap | undefined => {
  const globals = values.entries.has(GLOBAL) ? values.entries.get(GLOBAL) : new GoMap();
  return globals instanceof GoMap ? globals : undefined;
};

const describeWrong = (value: GoValue): string =>
  value === null || value === undefined ? '%!t(<nil>)' : `expected a table, got ${goTypeOf(value)}`;
