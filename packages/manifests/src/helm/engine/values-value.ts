/**
 * `.Values`, and all that a template is given: maps of a type of Helm's, which has methods.
 * @upstream helm pkg/chartutil/values.go
 */
import { fail, ok, type Result } from '@argosy/base';
import { GoError, goFunction, GoMap, writeGoYaml, type GoFunctions, type GoValue } from '@argosy/expressions';

/** A map as `chartutil.Values`; both are one map, and whoever holds either sees changes. */
export const valuesValue = (map: GoMap): GoMap =>
  new GoMap(map.entries, 'interface {}', { name: 'chartutil.Values', methods: methodsOf(map) });

const methodsOf = (map: GoMap): GoFunctions => ({
  YAML: goFunction([], () => writeGoYaml(map)),
  AsMap: goFunction([], () => new GoMap(map.entries)),
  Table: goFunction(['string'], ([path]) => {
    const table = tableAt(map, path.split('.'));
    if (!table.ok) throw new GoError(table.error);
    return valuesValue(table.value);
  }),
  PathValue: goFunction(['string'], ([path]) => {
    if (path === '') throw new GoError('YAML path cannot be empty');
    return valueAt(map, path.split('.'));
  }),
});

const tableAt = (map: GoMap, path: readonly string[]): Result<GoMap> => {
  let table = map;
  for (const name of path) {
    const next = table.entries.get(name);
    if (!(next instanceof GoMap)) return fail(`${JSON.stringify(name)} is not a table`);
    table = next;
  }
  return ok(table);
};

const valueAt = (map: GoMap, path: readonly string[]): GoValue => {
  const key = path.at(-1) ?? '';
  const table = tableAt(map, path.slice(0, -1));
  const value = table.ok ? table.value.entries.get(key) : undefined;
  if (value === undefined || value instanceof GoMap) throw new GoError(`${JSON.stringify(key)} is not a value`);
  return value;
};
