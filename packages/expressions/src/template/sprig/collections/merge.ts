/**
 * Deep merging and copying of maps.
 * @spec dario.cat/mergo merge.go deepMerge; github.com/mitchellh/copystructure
 */
import { GoError, GoList, GoMap, isTrue, type GoValue } from '../../values.ts';
import { createPartCounter } from '../../part-counter.ts';

/** Merges into a map in place. What is empty there is filled; with `overwrites`, everything is. */
export const mergeInto = (target: GoMap, source: GoMap, overwrites: boolean): void =>
  mergeMaps(target, source, { overwrites, count: createPartCounter() }, 0);

interface Merge {
  readonly overwrites: boolean;
  readonly count: (depth: number) => void;
}

const mergeMaps = (target: GoMap, source: GoMap, merge: Merge, depth: number): void => {
  merge.count(depth);
  if (target === source) return;
  if (target.isNil && source.entries.size > 0) return;
  for (const [key, value] of source.entries) {
    if (value === null || value === undefined) {
      if (merge.overwrites) write(target, key, null);
      continue;
    }
    const present = target.entries.get(key);
    if (value instanceof GoMap && present instanceof GoMap) mergeMaps(present, value, merge, depth + 1);
    if (value instanceof GoList && merge.overwrites) write(target, key, value);
    const isKept = isTrue(present) && (value instanceof GoList || (value instanceof GoMap && present instanceof GoMap));
    if (!isKept && (merge.overwrites || !isTrue(present))) write(target, key, value);
  }
};

/** Sets a key; a nil map refuses. */
export const write = (target: GoMap, key: string, value: GoValue): void => {
  if (target.isNil) throw new GoError('assignment to entry in nil map');
  target.entries.set(key, value);
};

/** A copy that shares nothing that can change. */
export const copyDeep = (value: GoValue): GoValue => copyPart(value, createPartCounter(), 0);

const copyPart = (value: GoValue, count: (depth: number) => void, depth: number): GoValue => {
  count(depth);
  if (value instanceof GoList)
    return new GoList(
      value.items.map((item) => copyPart(item, count, depth + 1)),
      value.element,
      value.isNil,
    );
  if (!(value instanceof GoMap)) return value;
  const entries = [...value.entries].map(([key, item]): [string, GoValue] => [key, copyPart(item, count, depth + 1)]);
  return new GoMap(new Map(entries), value.element, {
    ...(value.name === undefined ? {} : { name: value.name }),
    isNil: value.isNil,
  });
};
