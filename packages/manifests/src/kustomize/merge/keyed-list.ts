/**
 * Lists whose items are told apart by keys: `containers` by name, `ports` by port and protocol, `finalizers` by
 * themselves (no key).
 * @upstream sigs.k8s.io/kustomize/kyaml/yaml/walk/associative_sequence.go, kyaml/yaml/fns.go#ElementSetter
 */
import { Failure } from '@argosy/base';

import { parsePlain } from '../document/plain-scalar.ts';
import { isEmptyValue, isMap, isMissing, memberOf, setMember, textOf, type Value } from '../document/value.ts';

/** The two sides; `undefined` where one has nothing. */
export interface Sides {
  readonly target: Value | undefined;
  readonly patch: Value | undefined;
}

/** The two lists and their keys; no keys for lists of scalars. */
export interface KeyedLists {
  readonly target: Value[];
  readonly patch: Value[] | undefined;
  readonly keys: readonly string[];
}

/** Most items to merge: every one is compared with every other. */
const MOST_ITEMS = 10_000;

/** The items of one identity: a value for each key, empty where an item lacks it. */
type Identity = readonly string[];

/** Merges two lists: the patch's items first, then what only the target has. Throws Failure `TooLarge`. */
export const mergeKeyedList = (lists: KeyedLists, mergeItems: (items: Sides) => Value | undefined): Value => {
  const count = lists.target.length + (lists.patch?.length ?? 0);
  if (count > MOST_ITEMS)
    throw new Failure(`patches: a list of ${count} items is too long to merge by ${lists.keys.join(', ') || 'value'}`, {
      code: 'TooLarge',
    });
  const keys = lists.keys.length === 0 ? [''] : lists.keys;
  const identities = mergeIdentities(collectIdentities(lists), keys);
  const merged: Value[] = [];
  let usedKeys: readonly string[] = keys;
  for (const identity of identities) {
    const used = withoutUnused(identities, identity, keys);
    usedKeys = used.keys;
    const search = withoutUnused([used.identity], used.identity, used.keys);
    const item = mergeItems({
      target: findItem(lists.target, search),
      patch: lists.patch && findItem(lists.patch, search),
    });
    if (isGone(item)) setItem(lists.target, undefined, used);
    else setItem(merged, withKeys(item, used), used);
  }
  return identities.length === 0 ? lists.target : appendItems(merged, lists.target, usedKeys);
};

interface Keyed {
  readonly keys: readonly string[];
  readonly identity: Identity;
}

const isGone = (item: Value | undefined): item is undefined => isMissing(item) || (isMap(item) && isEmptyValue(item));

const collectIdentities = ({ target, patch, keys }: KeyedLists): readonly Identity[] => {
  const identities: Identity[] = [];
  for (const item of [...(patch ?? []), ...target]) {
    const identity = keys.length === 0 ? [textOf(item)] : keys.map((key) => keyText(item, key));
    if (!identities.some((other) => isSameIdentity(other, identity))) identities.push(identity);
  }
  return identities;
};

const keyText = (item: Value, key: string): string => {
  const value = memberOf(item, key);
  return isEmptyValue(value) ? '' : textOf(value);
};

const isSameIdentity = (left: Identity, right: Identity): boolean =>
  left.length === right.length && left.every((text, at) => text === right[at]);

/** Identities that differ only in what one of them lacks are the same: a port without and with protocol. */
const mergeIdentities = (identities: readonly Identity[], keys: readonly string[]): readonly Identity[] => {
  if (keys.length < 2) return identities;
  const merged = [...identities];
  for (let left = 0; left < merged.length; left += 1) {
    for (let right = 0; right < merged.length; right += 1) {
      const common = commonIdentity(merged[left] ?? [], merged[right] ?? []);
      if (!common) continue;
      merged[left] = common;
      merged[right] = common;
    }
  }
  return merged;
};

const commonIdentity = (left: Identity, right: Identity): Identity | undefined => {
  let isCommon = false;
  const common: string[] = [];
  for (const [at, text] of left.entries()) {
    const other = right[at] ?? '';
    if (text !== other && text !== '' && other !== '') return undefined;
    isCommon ||= text === other;
    common.push(text === '' ? other : text);
  }
  return isCommon ? common : undefined;
};

/** Leaves out keys that no item has; all of them when none has any. */
const withoutUnused = (identities: readonly Identity[], identity: Identity, keys: readonly string[]): Keyed => {
  const isUsed = keys.map((_, at) => identities.some((other) => (other[at] ?? '') !== ''));
  if (!isUsed.includes(true)) return { keys, identity };
  return {
    keys: keys.filter((_, at) => isUsed[at]),
    identity: identity.filter((text, at) => text !== '' || isUsed[at]),
  };
};

const findItem = (list: readonly Value[], { keys, identity }: Keyed): Value | undefined => {
  if (keys[0] === '') return list.find((item) => textOf(item) === identity[0]);
  return list.find(
    (item) =>
      isMap(item) &&
      keys.every((key, at) => {
        const value = memberOf(item, key);
        return value !== undefined && textOf(value) === identity[at];
      }),
  );
};

/** A merged item has its keys even where they came from the other side. */
const withKeys = (item: Value | undefined, { keys, identity }: Keyed): Value => {
  if (isMap(item)) {
    for (const [at, key] of keys.entries()) {
      const text = identity[at] ?? '';
      if (memberOf(item, key) === undefined && text !== '') setMember(item, key, parsePlain(text));
    }
  }
  return item ?? null;
};

/**
 * Puts an item in the place of all those of its identity, or at the end; without an item they go. Values may be fewer
 * than keys: an item found by its keys so far counts as found.
 */
const setItem = (list: Value[], item: Value | undefined, { keys, identity }: Keyed): void => {
  const isMapping = keys[0] !== '' && identity.length > 0 && identity[0] !== '';
  const kept: Value[] = [];
  let isFound = false;
  for (const other of list) {
    if (isMissing(other) || (isMap(other) && isEmptyValue(other))) continue;
    const isOther = (!isMap(other) && isMapping) || !isSameItem(other, { keys, identity });
    if (isOther && (isMapping || identity.length > 0)) kept.push(other);
    if (isOther) continue;
    isFound = true;
    if (item !== undefined) kept.push(item);
  }
  if (item !== undefined && !isMissing(item) && !isFound) kept.push(item);
  list.splice(0, list.length, ...kept);
};

const isSameItem = (item: Value, { keys, identity }: Keyed): boolean => {
  if (identity.length === 0) return false;
  return identity.every((text, at) => {
    const key = keys[at] ?? '';
    if (key === '') return textOf(item) === text;
    const value = memberOf(item, key);
    return value !== undefined && (text === '' || textOf(value) === text);
  });
};

const appendItems = (merged: Value[], items: readonly Value[], keys: readonly string[]): Value => {
  for (const item of items) {
    if (keys[0] === '') {
      setItem(merged, item, { keys, identity: [textOf(item)] });
      continue;
    }
    const identity: string[] = [];
    for (const key of keys) {
      const value = memberOf(item, key);
      if (value === undefined) merged.push(item);
      else identity.push(textOf(value));
    }
    if (keys.length > 1) setItem(merged, undefined, { keys, identity });
    setItem(merged, item, { keys, identity });
  }
  return merged;
};
