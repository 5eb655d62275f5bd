/**
 * Sprig's functions of maps. Keys come in order where Go gives them in none.
 * @spec https://masterminds.github.io/sprig/dicts.html
 */
import { goFunction } from '../../functions/signature.ts';
import { GoError, goMap, GoList, GoMap, goTypeOf, textList, type GoFunctions, type GoValue } from '../../values.ts';
import { toText } from '../coerce.ts';
import { copyDeep, mergeInto, write } from './merge.ts';

const dictionary = (values: readonly GoValue[]): GoMap => {
  const entries = new Map<string, GoValue>();
  for (let index = 0; index < values.length; index += 2)
    entries.set(toText(values[index]), index + 1 < values.length ? values[index + 1] : '');
  return new GoMap(entries);
};

const merging = (overwrites: boolean) =>
  goFunction(['map', '...map'], ([target, sources]) => {
    for (const source of sources) mergeInto(target, source, overwrites);
    return target;
  });

const notOfType = (value: GoValue, wanted: string): GoError =>
  new GoError(
    value === null || value === undefined
      ? `interface conversion: interface {} is nil, not ${wanted}`
      : `interface conversion: interface {} is ${goTypeOf(value)}, not ${wanted}`,
  );

const asMap = (value: GoValue): GoMap => {
  if (value instanceof GoMap && value.type === 'map[string]interface {}') return value;
  throw notOfType(value, 'map[string]interface {}');
};

const dig = goFunction(['...any'], ([args]) => {
  if (args.length < 3) throw new GoError('dig needs at least three arguments');
  const root = asMap(args.at(-1));
  const keys = args.slice(0, -2).map((key) => {
    if (typeof key !== 'string') throw notOfType(key, 'string');
    return key;
  });
  let value: GoValue = root;
  for (const key of keys) {
    const map: GoMap = asMap(value);
    if (!map.entries.has(key)) return args.at(-2);
    value = map.entries.get(key);
  }
  return value;
});

const copy = goFunction(['any'], ([value]) => {
  if (value === null || value === undefined) throw new GoError('reflect: call of reflect.Value.Type on zero Value');
  return copyDeep(value);
});
const merge = merging(false);
const mergeOverwrite = merging(true);

/** Functions of maps. */
export const DICT_FUNCTIONS: GoFunctions = {
  deepCopy: copy,
  dict: goFunction(['...any'], ([values]) => dictionary(values)),
  dig,
  get: goFunction(['map', 'string'], ([map, key]) => (map.entries.has(key) ? map.entries.get(key) : '')),
  hasKey: goFunction(['map', 'string'], ([map, key]) => map.entries.has(key)),
  keys: goFunction(['...map'], ([maps]) => textList(maps.flatMap((map) => map.sortedKeys()))),
  merge,
  mergeOverwrite,
  mustDeepCopy: copy,
  mustMerge: merge,
  mustMergeOverwrite: mergeOverwrite,
  omit: goFunction(['map', '...string'], ([map, keys]) => {
    const omitted = new Set(keys);
    return goMap([...map.entries].filter(([key]) => !omitted.has(key)));
  }),
  pick: goFunction(['map', '...string'], ([map, keys]) =>
    goMap(keys.filter((key) => map.entries.has(key)).map((key) => [key, map.entries.get(key)])),
  ),
  pluck: goFunction(
    ['string', '...map'],
    ([key, maps]) => new GoList(maps.filter((map) => map.entries.has(key)).map((map) => map.entries.get(key))),
  ),
  set: goFunction(['map', 'string', 'any'], ([map, key, value]) => {
    write(map, key, value);
    return map;
  }),
  unset: goFunction(['map', 'string'], ([map, key]) => {
    map.entries.delete(key);
    return map;
  }),
  values: goFunction(['map'], ([map]) => new GoList(map.sortedKeys().map((key) => map.entries.get(key)))),
};
