/**
 * Tables of values and how one is laid over another: the upper wins, null takes away.
 * @upstream helm pkg/chartutil/coalesce.go#coalesceTablesFullKey, values.go
 */
import { fail, ok, type Result } from '@argosy/base';
import { goTypeOf, GoList, GoMap, readGoYaml, type GoValue } from '@argosy/expressions';

/** How tables are laid over each other. */
export interface LayOptions {
  /** Keeps nulls for a later step instead of letting them take away. */
  readonly keepsNulls: boolean;
  readonly warn: (warning: string) => void;
  /** Path so far, for warnings. */
  readonly path: string;
}

/** Reads a table from YAML or JSON; numbers are float64, nothing is an empty table. */
export const readTable = (text: string): Result<GoMap> => {
  const read = readGoYaml(text);
  if (!read.ok) return read;
  const { value } = read;
  if (value === null || value === undefined) return ok(new GoMap());
  if (value instanceof GoMap) return ok(value);
  return fail(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goTypeOf(value)} into Go value of type map[string]interface {}`,
  );
};

/** Lays a table over another; neither is changed. */
export const layOver = (upper: GoMap, lower: GoMap, options: LayOptions): GoMap =>
  layOnto(copyTable(upper), lower, options);

/** Fills a table with what one below it has; parts of both become one, and whoever holds them sees the change. */
export const layOnto = (upper: GoMap, lower: GoMap, options: LayOptions): GoMap => {
  for (const [key, below] of lower.entries) {
    const path = joinKeys(options.path, key);
    const above = upper.entries.get(key);
    if (!upper.entries.has(key)) upper.entries.set(key, below);
    else if (isNull(above)) {
      if (!options.keepsNulls && !isNull(below)) upper.entries.delete(key);
    } else if (below instanceof GoMap) {
      if (above instanceof GoMap) layOnto(above, below, { ...options, path });
      else options.warn(`cannot overwrite table with non table for ${path}`);
    } else if (above instanceof GoMap && !isNull(below))
      options.warn(`destination for ${path} is a table. Ignoring non-table value`);
  }
  return upper;
};

/** Merges values files: the later wins, key by key; nulls stay. @upstream helm pkg/cli/values/options.go#mergeMaps */
export const mergeValues = (first: GoMap, second: GoMap): GoMap => {
  const entries = new Map(first.entries);
  for (const [key, value] of second.entries) {
    const known = entries.get(key);
    entries.set(key, value instanceof GoMap && known instanceof GoMap ? mergeValues(known, value) : value);
  }
  return new GoMap(entries);
};

/** A value none of whose tables and lists is shared with the original: templates change values in place. */
const copyValue = (value: GoValue): GoValue => {
  if (value instanceof GoMap) return copyTable(value);
  return value instanceof GoList ? new GoList(value.items.map(copyValue), value.element, value.isNil) : value;
};

/** `copyValue` of a table. */
export const copyTable = (table: GoMap): GoMap => new GoMap(copyEntries(table.entries), table.element);

const copyEntries = (entries: ReadonlyMap<string, GoValue>): Map<string, GoValue> => {
  const copied = new Map<string, GoValue>();
  for (const [key, value] of entries) copied.set(key, typeof value === 'object' ? copyValue(value) : value);
  return copied;
};

/** The table at a path of keys; `undefined` where none is. */
export const tableAt = (table: GoMap, path: string): GoMap | undefined => {
  let current = table;
  for (const key of path.split('.')) {
    const next = current.entries.get(key);
    if (!(next instanceof GoMap)) return undefined;
    current = next;
  }
  return current;
};

/** The value at a path that is no table; `undefined` where none is. */
export const leafAt = (table: GoMap, path: string): GoValue => {
  const dot = path.lastIndexOf('.');
  const holder = dot < 0 ? table : tableAt(table, path.slice(0, dot));
  const value = holder?.entries.get(path.slice(dot + 1));
  return value instanceof GoMap ? undefined : value;
};

/** Joins a path and a key. */
export const joinKeys = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const isNull = (value: GoValue): boolean => value === null || value === undefined;
