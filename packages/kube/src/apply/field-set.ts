/**
 * Sets of fields, as `managedFields` keep them: a tree whose edges are written `f:name`, `k:{"key":1}` or `v:1`.
 * @spec https://kubernetes.io/docs/reference/using-api/server-side-apply/
 * @upstream sigs.k8s.io/structured-merge-diff/v4/fieldpath
 */
import { isObject, type JsonObject } from '@argosy/base';

/** A set of paths. A path may be a member, lead to members, or both; every child leads to a member. Sets share their parts. */
export interface FieldSet {
  readonly members: ReadonlySet<string>;
  readonly children: ReadonlyMap<string, FieldSet>;
}

/** A path from the object's root; the root itself (no edge) is nobody's. */
export type FieldPath = readonly string[];

/** A set under construction. */
export interface FieldSetDraft extends FieldSet {
  readonly members: Set<string>;
  readonly children: Map<string, FieldSetDraft>;
}

/** A set to insert into. */
export const createFieldSet = (): FieldSetDraft => ({ members: new Set(), children: new Map() });

/** The set without members. */
export const EMPTY_SET: FieldSet = createFieldSet();

/** A place in a set that is being built. What lies below it is made when something is first put there. */
export interface DraftPlace {
  readonly within: DraftPlace | undefined;
  readonly edge: string;
  below: FieldSetDraft | undefined;
}

/** The root of a set its caller is building. */
export const rootOf = (set: FieldSetDraft): DraftPlace => ({ within: undefined, edge: '', below: set });

/** A place one edge further. */
export const placeAt = (within: DraftPlace, edge: string): DraftPlace => ({ within, edge, below: undefined });

/** Puts an edge of a place into its set. Objects may be as deep as wide: the way from the root is gone once, not for every edge. */
export const insertEdge = (place: DraftPlace, edge: string): void => void draftBelow(place).members.add(edge);

const draftBelow = (place: DraftPlace): FieldSetDraft => {
  if (place.below) return place.below;
  const siblings = place.within ? draftBelow(place.within).children : undefined;
  const below = siblings?.get(place.edge) ?? createFieldSet();
  siblings?.set(place.edge, below);
  place.below = below;
  return below;
};

/** Tells whether a set has no members. */
export const isEmptySet = (set: FieldSet): boolean => set.members.size === 0 && set.children.size === 0;

/** What lies below an edge. */
export const below = (set: FieldSet, edge: string): FieldSet => set.children.get(edge) ?? EMPTY_SET;

/** All members of both. */
export const unite = (left: FieldSet, right: FieldSet): FieldSet => {
  if (left === right || isEmptySet(right)) return left;
  if (isEmptySet(left)) return right;
  const children = new Map(left.children);
  for (const [edge, child] of right.children) children.set(edge, unite(below(left, edge), child));
  return { members: withAll(left.members, right.members), children };
};

/** All members of any, in one pass: a large set is not copied for each small one beside it. */
export const uniteAll = (sets: readonly FieldSet[]): FieldSet => {
  const [only = EMPTY_SET] = sets;
  if (sets.length <= 1) return only;
  const members = new Set<string>();
  const parts = new Map<string, FieldSet[]>();
  for (const set of sets) {
    for (const edge of set.members) members.add(edge);
    for (const [edge, child] of set.children) {
      const known = parts.get(edge);
      if (known) known.push(child);
      else parts.set(edge, [child]);
    }
  }
  return { members, children: new Map([...parts].map(([edge, children]) => [edge, uniteAll(children)] as const)) };
};

/** Members of `left` that `right` has not. */
export const subtract = (left: FieldSet, right: FieldSet): FieldSet => {
  if (isEmptySet(left) || isEmptySet(right)) return left;
  return {
    members: without(left.members, right.members),
    children: mapChildren(left.children, (child, edge) => subtract(child, below(right, edge))),
  };
};

/** Members of `left` that are neither in `right` nor below a member of it. */
export const subtractWithChildren = (left: FieldSet, right: FieldSet): FieldSet => {
  if (isEmptySet(left) || isEmptySet(right)) return left;
  return {
    members: without(left.members, right.members),
    children: mapChildren(left.children, (child, edge) =>
      right.members.has(edge) ? EMPTY_SET : subtractWithChildren(child, below(right, edge)),
    ),
  };
};

/** Members both have. */
export const intersect = (left: FieldSet, right: FieldSet): FieldSet => {
  if (isEmptySet(left) || isEmptySet(right)) return EMPTY_SET;
  return {
    members: new Set([...left.members].filter((edge) => right.members.has(edge))),
    children: mapChildren(left.children, (child, edge) => intersect(child, below(right, edge))),
  };
};

/** Tells whether two sets have the same members. */
export const equalSets = (left: FieldSet, right: FieldSet): boolean =>
  left === right ||
  (left.members.size === right.members.size &&
    left.children.size === right.children.size &&
    [...left.members].every((edge) => right.members.has(edge)) &&
    [...left.children].every(([edge, child]) => equalSets(child, below(right, edge))));

/** All members, sorted by how they are written. */
export const pathsOf = (set: FieldSet): readonly FieldPath[] =>
  edgesOf(set).flatMap((edge) => [
    ...(set.members.has(edge) ? [[edge]] : []),
    ...pathsOf(below(set, edge)).map((rest) => [edge, ...rest]),
  ]);

/** Edges of a set, sorted. */
const edgesOf = (set: FieldSet): readonly string[] =>
  (set.children.size === 0 ? [...set.members] : [...withAll(set.members, set.children.keys())]).sort();

/** Writes a path as conflicts show it: `.spec.ports[port=80,protocol="TCP"].name`. */
export const formatFieldPath = (path: FieldPath): string =>
  path
    .map((edge) => {
      const content = edge.slice(2);
      if (edge.startsWith('f:')) return `.${content}`;
      if (!edge.startsWith('k:')) return edge.startsWith('v:') ? `[=${content}]` : `[${content}]`;
      const keys = parseJson(content);
      if (!isObject(keys)) return `[${content}]`;
      return `[${Object.entries(keys)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');

/** Writes a set as `fieldsV1`. */
export const toFieldsV1 = (set: FieldSet): JsonObject => {
  const fields: Record<string, JsonObject> = {};
  for (const edge of edgesOf(set)) {
    const inner = toFieldsV1(below(set, edge));
    fields[edge] = set.members.has(edge) && set.children.has(edge) ? { '.': {}, ...inner } : inner;
  }
  return fields;
};

/** Reads `fieldsV1`; what is no edge is skipped. */
export const fromFieldsV1 = (fields: unknown): FieldSet => {
  const set = createFieldSet();
  if (!isObject(fields)) return set;
  for (const [edge, inner] of Object.entries(fields)) {
    if (edge === '.' || !/^[fkvi]:/.test(edge)) continue;
    const canonical = canonicalEdge(edge);
    const isMember = !isObject(inner) || Object.keys(inner).length === 0 || Object.hasOwn(inner, '.');
    if (isMember) set.members.add(canonical);
    const child = fromFieldsV1(inner);
    if (!isEmptySet(child)) set.children.set(canonical, child as FieldSetDraft);
  }
  return set;
};

/** The edge to an item with these keys, sorted by name. */
export const keyEdge = (keys: readonly (readonly [string, unknown])[]): string => {
  const [only] = keys;
  // Most lists have one key, and long ones an edge for every item.
  if (only && keys.length === 1) return `k:{${JSON.stringify(only[0])}:${JSON.stringify(only[1])}}`;
  return `k:${JSON.stringify(Object.fromEntries([...keys].sort(([left], [right]) => (left < right ? -1 : 1))))}`;
};

/** Others may write keys in another order or with spaces. */
const canonicalEdge = (edge: string): string => {
  if (edge.startsWith('f:')) return edge;
  const content = parseJson(edge.slice(2));
  if (content === undefined) return edge;
  return edge.startsWith('k:') && isObject(content)
    ? keyEdge(Object.entries(content))
    : `${edge.slice(0, 2)}${JSON.stringify(content)}`;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Managed fields are sent by clients too; what cannot be read matches nothing.
    return undefined;
  }
};

const withAll = (edges: ReadonlySet<string>, more: Iterable<string>): ReadonlySet<string> => {
  const all = new Set(edges);
  for (const edge of more) all.add(edge);
  return all;
};

const without = (edges: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> => {
  if (others.size === 0) return edges;
  const left = new Set<string>();
  for (const edge of edges) if (!others.has(edge)) left.add(edge);
  return left;
};

const mapChildren = (
  of: ReadonlyMap<string, FieldSet>,
  make: (child: FieldSet, edge: string) => FieldSet,
): ReadonlyMap<string, FieldSet> => {
  const children = new Map<string, FieldSet>();
  for (const [edge, child] of of) {
    const made = make(child, edge);
    if (!isEmptySet(made)) children.set(edge, made);
  }
  return children;
};
