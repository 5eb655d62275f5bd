/**
 * Strategic merge patch for built-in kinds: lists of objects merge by a key instead of being replaced.
 * @spec https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
import { fail, isEqual, isObject, ok, type Result } from '@argosy/base';

/** Key by which the items of a list field merge; several are tried in order. Lists not named here are replaced. */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  ports: ['containerPort', 'port'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  secrets: ['name'],
  addresses: ['type'],
  podIPs: ['ip'],
  schedulingGates: ['name'],
  resourceClaims: ['name'],
};

/** Lists of texts that are merged as sets. */
const MERGED_TEXTS: ReadonlySet<string> = new Set(['finalizers']);

const DIRECTIVE = '$patch';
const DELETE_FROM = '$deleteFromPrimitiveList/';
const ELEMENT_ORDER = '$setElementOrder/';
const RETAIN_KEYS = '$retainKeys';

/** Applies a patch; fails with a sentence for directives nobody knows and items without their merge key. Changes nothing in place. */
export const applyStrategicMergePatch = (object: unknown, patch: unknown): Result<unknown> => {
  try {
    return ok(mergeValue(object, patch, ''));
  } catch (thrown) {
    if (thrown instanceof PatchProblem) return fail(thrown.message);
    throw thrown;
  }
};

/** What is wrong with a patch; never leaves this file. */
class PatchProblem extends Error {}

const mergeValue = (current: unknown, patch: unknown, field: string): unknown => {
  if (Array.isArray(patch)) return mergeList(Array.isArray(current) ? current : [], patch, field);
  if (!isObject(patch)) return patch;
  return mergeObject(isObject(current) ? current : {}, patch);
};

const mergeObject = (
  current: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw new PatchProblem(`unknown patch type ${JSON.stringify(directive)}: use merge, replace or delete`);
  const merged = new Map(Object.entries(retained(current, patch)));
  for (const [name, value] of Object.entries(patch)) {
    if (name === DIRECTIVE || name === RETAIN_KEYS || name.startsWith(ELEMENT_ORDER)) continue;
    if (name.startsWith(DELETE_FROM)) {
      const list = name.slice(DELETE_FROM.length);
      merged.set(
        list,
        asList(merged.get(list)).filter((item) => !asList(value).some((gone) => isEqual(gone, item))),
      );
    } else if (value === null) merged.delete(name);
    else merged.set(name, mergeValue(merged.get(name), value, name));
  }
  return toObject(orderLists(merged, patch));
};

const retained = (
  current: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const keys = patch[RETAIN_KEYS];
  if (!Array.isArray(keys)) return current;
  return Object.fromEntries(Object.entries(current).filter(([name]) => keys.includes(name)));
};

const mergeList = (current: readonly unknown[], patch: readonly unknown[], field: string): readonly unknown[] => {
  if (patch.some((item) => isObject(item) && item[DIRECTIVE] === 'replace'))
    return patch.filter((item) => !(isObject(item) && item[DIRECTIVE] === 'replace')).map(cleaned);
  if (MERGED_TEXTS.has(field)) return [...current, ...patch.filter((item) => !current.includes(item))];
  const keys = Object.hasOwn(MERGE_KEYS, field) ? (MERGE_KEYS[field] ?? []) : [];
  const key = keys.find(
    (candidate) =>
      patch.every((item) => isObject(item) && item[candidate] !== undefined) &&
      current.every((item) => isObject(item) && item[candidate] !== undefined),
  );
  if (keys.length > 0 && key === undefined && patch.length > 0) {
    if (patch.every(isObject))
      throw new PatchProblem(`map: an item of ${field} does not contain the declared merge key: ${keys.join(' or ')}`);
    return patch;
  }
  return key === undefined ? patch.map(cleaned) : mergeByKey(current, patch, key);
};

const mergeByKey = (current: readonly unknown[], patch: readonly unknown[], key: string): readonly unknown[] => {
  const items = [...current];
  for (const change of patch) {
    if (!isObject(change)) continue;
    const at = items.findIndex((item) => isObject(item) && isEqual(item[key], change[key]));
    if (change[DIRECTIVE] === 'delete') {
      if (at >= 0) items.splice(at, 1);
    } else if (at < 0) items.push(mergeValue({}, change, ''));
    else items[at] = mergeValue(items[at], change, '');
  }
  return items;
};

/** `$setElementOrder/x` gives the order of the items both sides know; others keep their place after those before them. */
const orderLists = (
  merged: ReadonlyMap<string, unknown>,
  patch: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> => {
  const ordered = new Map(merged);
  for (const [name, order] of Object.entries(patch)) {
    const list = name.startsWith(ELEMENT_ORDER) ? ordered.get(name.slice(ELEMENT_ORDER.length)) : undefined;
    if (!Array.isArray(order) || !Array.isArray(list)) continue;
    const rank = (item: unknown): number =>
      order.findIndex((wanted) =>
        isObject(wanted) && isObject(item)
          ? Object.entries(wanted).every(([key, value]) => isEqual(item[key], value))
          : isEqual(wanted, item),
      );
    const known = list.filter((item) => rank(item) >= 0).sort((left, right) => rank(left) - rank(right));
    const unknown = list.filter((item) => rank(item) < 0);
    ordered.set(name.slice(ELEMENT_ORDER.length), [...known, ...unknown]);
  }
  return ordered;
};

const withoutDirectives = (patch: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  toObject(new Map(Object.entries(patch).filter(([name, value]) => !name.startsWith('$') && value !== null)));

const cleaned = (item: unknown): unknown => (isObject(item) ? withoutDirectives(item) : item);

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A key named __proto__ must stay data. */
const toObject = (entries: ReadonlyMap<string, unknown>): Record<string, unknown> => Object.fromEntries(entries);
