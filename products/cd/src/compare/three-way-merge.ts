/**
 * What an object would be after applying a manifest to it: fields of the manifest win, fields it no longer has but had
 * when last applied go, everything else stays. Lists of named objects merge by name, so that what the server fills in
 * is no difference.
 * @upstream kubernetes kubectl apply; argo-cd gitops-engine/pkg/diff/diff.go#ThreeWayDiff @spec CD-DIFF-01
 */
import { isEqual, isObject } from '@argosy/base';

/** Fields that tell the objects of a list apart, tried in this order. */
const LIST_KEYS = ['name', 'containerPort', 'port', 'mountPath', 'key', 'type', 'ip'] as const;

/** Merges; `lastApplied` is absent for objects never applied. Shares unchanged parts with its arguments. */
export const threeWayMerge = (lastApplied: unknown, desired: unknown, live: unknown): unknown => {
  if (Array.isArray(desired) && Array.isArray(live))
    return mergeLists(Array.isArray(lastApplied) ? lastApplied : [], desired, live);
  if (!isObject(desired) || !isObject(live)) return desired;
  const before = isObject(lastApplied) ? lastApplied : {};
  const merged: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(live)) {
    const isDropped = Object.hasOwn(before, name) && !Object.hasOwn(desired, name);
    if (!isDropped) define(merged, name, value);
  }
  for (const [name, value] of Object.entries(desired)) {
    // A null in a manifest asks for nothing: the API drops it.
    if (value === null && !Object.hasOwn(live, name)) continue;
    define(merged, name, Object.hasOwn(live, name) ? threeWayMerge(before[name], value, live[name]) : value);
  }
  return merged;
};

const define = (target: Record<string, unknown>, name: string, value: unknown): void => {
  // A key named __proto__ must stay data.
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
};

const mergeLists = (
  lastApplied: readonly unknown[],
  desired: readonly unknown[],
  live: readonly unknown[],
): readonly unknown[] => {
  const key = LIST_KEYS.find((candidate) => [desired, live].every((list) => isKeyedBy(list, candidate)));
  if (key === undefined) return isEqual(desired, live) ? live : alignByPlace(desired, live);
  const liveByKey = new Map(live.map((item) => [keyIn(item, key), item] as const));
  const beforeByKey = new Map(lastApplied.map((item) => [keyIn(item, key), item] as const));
  const wanted = new Set(desired.map((item) => keyIn(item, key)));
  const merged = desired.map((item) => {
    const counterpart = liveByKey.get(keyIn(item, key));
    return counterpart === undefined ? item : threeWayMerge(beforeByKey.get(keyIn(item, key)), item, counterpart);
  });
  // What others added (a sidecar injected by a webhook) stays; what we once applied and no longer want goes.
  const foreign = live.filter((item) => !wanted.has(keyIn(item, key)) && !beforeByKey.has(keyIn(item, key)));
  return [...merged, ...foreign];
};

const isKeyedBy = (list: readonly unknown[], key: string): boolean => {
  const keys = list.map((item) => keyIn(item, key));
  return list.length > 0 && keys.every((value) => value !== undefined) && new Set(keys).size === keys.length;
};

const keyIn = (item: unknown, key: string): string | number | undefined => {
  const value = isObject(item) ? item[key] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
};

/** Lists without keys are the manifest's; items at the same place keep what the server filled in. */
const alignByPlace = (desired: readonly unknown[], live: readonly unknown[]): readonly unknown[] =>
  desired.length === live.length && desired.every(isObject) && live.every(isObject)
    ? desired.map((item, at) => threeWayMerge(undefined, item, live[at]))
    : desired;
