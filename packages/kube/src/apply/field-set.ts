/**
 * Sets of fields, as `managedFields` keep them: a tree whose edges are written `f:name`, `k:{"key":1}` or `v:1`.
 * @spec https://kubernetes.io/docs/reference/using-api/server-side-apply/
 * @upstream sigs.k8s.io/structured-merge-diff/v4/fieldpath
 */
import { isObject, type JsonObject } from '@argosy/base';

/** A set of paths. A path may be a member, lead to members, or both. */
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

/** Inserts a path into a set its caller is building. */
export const insertPath = (set: FieldSetDraft, path: FieldPath): void => {
  const last = path.at(-1);
  if (last === undefined) return;
  let at = set;
  for (const edge of path.slice(0, -1)) {
    let child = at.children.get(edge);
    if (!child) at.children.set(edge, (child = createFieldSet()));
    at = child;
  }
  at.members.add(last);
};

/** Tells whether a set has no members. */
export const isEmptySet = (set: FieldSet): boolean =>
  set.members.size === 0 && [...set.children.values()].every(isEmptySet);

/** What lies below an edge. */
export const below = (set: FieldSet, edge: string): FieldSet => set.children.get(edge) ?? EMPTY_SET;

/** All members of both. */
export const unite = (left: FieldSet, right: FieldSet): FieldSet => ({
  members: new Set([...left.members, ...right.members]),
  children: mapChildren(new Set([...left.children.keys(), ...right.children.keys()]), (edge) =>
    unite(below(left, edge), below(right, edge)),
  ),
});

/** Members of `left` that `right` has not. */
export const subtract = (left: FieldSet, right: FieldSet): FieldSet => ({
  members: new Set([...left.members].filter((edge) => !right.members.has(edge))),
  children: mapChildren(left.children.keys(), (edge) => subtract(below(left, edge), below(right, edge))),
});

/** Members of `left` that are neither in `right` nor below a member of it. */
export const subtractWithChildren = (left: FieldSet, right: FieldSet): FieldSet => ({
  members: new Set([...left.members].filter((edge) => !right.members.has(edge))),
  children: mapChildren(left.children.keys(), (edge) =>
    right.members.has(edge) ? EMPTY_SET : subtractWithChildren(below(left, edge), below(right, edge)),
  ),
});

/** Members both have. */
export const intersect = (left: FieldSet, right: FieldSet): FieldSet => ({
  members: new Set([...left.members].filter((edge) => right.members.has(edge))),
  children: mapChildren(left.children.keys(), (edge) => intersect(below(left, edge), below(right, edge))),
});

/** Tells whether two sets have the same members. */
export const equalSets = (left: FieldSet, right: FieldSet): boolean =>
  isEmptySet(subtract(left, right)) && isEmptySet(subtract(right, left));

/** All members, sorted by how they are written. */
export const pathsOf = (set: FieldSet): readonly FieldPath[] =>
  [...new Set([...set.members, ...set.children.keys()])]
    .toSorted()
    .flatMap((edge) => [
      ...(set.members.has(edge) ? [[edge]] : []),
      ...pathsOf(below(set, edge)).map((rest) => [edge, ...rest]),
    ]);

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
export const toFieldsV1 = (set: FieldSet): JsonObject =>
  Object.fromEntries(
    [...new Set([...set.members, ...set.children.keys()])].toSorted().flatMap((edge) => {
      const inner = toFieldsV1(below(set, edge));
      const hasInner = Object.keys(inner).length > 0;
      if (!set.members.has(edge)) return hasInner ? [[edge, inner] as const] : [];
      return [[edge, hasInner ? { '.': {}, ...inner } : {}] as const];
    }),
  );

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
export const keyEdge = (keys: readonly (readonly [string, unknown])[]): string =>
  `k:${JSON.stringify(Object.fromEntries([...keys].sort(([left], [right]) => (left < right ? -1 : 1))))}`;

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

const mapChildren = (edges: Iterable<string>, make: (edge: string) => FieldSet): ReadonlyMap<string, FieldSet> => {
  const children = new Map<string, FieldSet>();
  for (const edge of edges) {
    const child = make(edge);
    if (!isEmptySet(child)) children.set(edge, child);
  }
  return children;
};
