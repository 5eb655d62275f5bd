/**
 * Which of several objects a name means.
 * @upstream sigs.k8s.io/kustomize/api/filters/nameref/nameref.go#selectReferral
 */
import { Failure } from '@argosy/base';

import { memberOf, textOf, valueAt } from '../document/value.ts';
import { CLUSTER_SCOPE, describeId, isSelectedGvk, type Gvk } from '../resources/resource-id.ts';
import type { Resource } from '../resources/resource.ts';
import type { FieldSpec } from '../fields/field-spec.ts';

/** One field that holds a name, and what may be meant by it. */
export interface NameField {
  readonly referrer: Resource;
  readonly spec: FieldSpec;
  /** The kind of what is named. */
  readonly target: Gvk;
  /** Renamed objects by each name they had. */
  readonly byName: ReadonlyMap<string, readonly Resource[]>;
  /** Everything there is. */
  readonly all: readonly Resource[];
}

/** What is looked for. */
export interface Reference {
  /** As it stands in the referring object. */
  readonly name: string;
  readonly field: NameField;
  /** Whether two candidates would be written the same. */
  readonly isSame: (left: Resource, right: Resource) => boolean;
}

/** The object meant; `undefined` when none is. Throws Failure `AmbiguousReference`. */
export const chooseReferral = (candidates: readonly Resource[], reference: Reference): Resource | undefined => {
  const { referrer, target } = reference.field;
  const possible = candidates.filter(
    (candidate) =>
      candidate.previousIds.some((id) => isSelectedGvk(id, target)) &&
      isRoleMeant(candidate, reference.field) &&
      isReachable(candidate, referrer),
  );
  if (possible.length <= 1) return possible[0];
  const loose = possible.filter((candidate) => isSameContext(candidate, referrer, 'loose'));
  const close = loose.length > 1 ? loose.filter((candidate) => isSameContext(candidate, referrer, 'exact')) : loose;
  const [first] = close;
  if (!first || close.every((other) => reference.isSame(first, other))) return first;
  throw new Failure(
    `found multiple possible referrals for ${reference.name}: ${close.map(({ id }) => describeId(id)).join(', ')}`,
    { code: 'AmbiguousReference' },
  );
};

/**
 * Those that were in a namespace; if nothing at all was, those that are in it now. An absent namespace is any.
 * @upstream nameref.go#filterMapCandidatesByNamespace
 */
export const candidatesIn = (
  candidates: readonly Resource[],
  namespace: string | undefined,
  { all, referrer }: NameField,
): readonly Resource[] => {
  if (namespace === undefined) return candidates;
  if (namespace === CLUSTER_SCOPE) return [];
  const isKnown = all.some(
    (other) => other.originalId.scope === namespace && couldReach(other, referrer, subjectNamespaces(referrer)),
  );
  return candidates.filter(({ id, originalId }) => (isKnown ? originalId : id).scope === namespace);
};

const couldReach = (candidate: Resource, referrer: Resource, subjects: ReadonlySet<string>): boolean => {
  const { scope } = referrer.id;
  const other = candidate.id.scope;
  return scope === CLUSTER_SCOPE || other === CLUSTER_SCOPE || scope === other || subjects.has(candidate.namespace);
};

/** A role reference names group and kind as well. */
const isRoleMeant = (candidate: Resource, { referrer, spec }: NameField): boolean => {
  if (!spec.path.endsWith('roleRef/name')) return true;
  const roleRef = memberOf(referrer.document, 'roleRef');
  const group = memberOf(roleRef, 'apiGroup');
  const kind = memberOf(roleRef, 'kind');
  if (group === undefined || kind === undefined) return true;
  const gvk: Gvk = { group: textOf(group), kind: textOf(kind) };
  return candidate.previousIds.some((id) => isSelectedGvk(id, gvk));
};

/** Objects refer to those of their namespace, to those of none, and role bindings to service accounts anywhere. */
const isReachable = (candidate: Resource, referrer: Resource): boolean => {
  const { scope } = referrer.id;
  const other = candidate.id.scope;
  if (scope === CLUSTER_SCOPE || other === CLUSTER_SCOPE || scope === other) return true;
  return candidate.kind === 'ServiceAccount' && subjectNamespaces(referrer).has(candidate.namespace);
};

/** Whether two objects went through the same prefixes and suffixes; loosely, having none goes with any. */
const isSameContext = (candidate: Resource, referrer: Resource, how: 'loose' | 'exact'): boolean => {
  const isSame = (left: readonly string[], right: readonly string[]): boolean =>
    (how === 'loose' && (left.length === 0 || right.length === 0)) || hasSameEnd(left, right);
  return isSame(candidate.prefixes, referrer.prefixes) && isSame(candidate.suffixes, referrer.suffixes);
};

const hasSameEnd = (left: readonly string[], right: readonly string[]): boolean => {
  const [short, long] = left.length > right.length ? [right, left] : [left, right];
  if (short.length === 0) return long.length === 0;
  return short.every((text, at) => text === long[at + long.length - short.length]);
};

/** The namespaces of service accounts a role binding names. */
const subjectNamespaces = (referrer: Resource): ReadonlySet<string> => {
  const subjects = referrer.kind === 'RoleBinding' ? valueAt(referrer.document, 'subjects') : undefined;
  if (!Array.isArray(subjects)) return new Set();
  return new Set(
    subjects
      .filter((subject) => textOf(memberOf(subject, 'kind')) === 'ServiceAccount')
      .map((subject) => textOf(memberOf(subject, 'namespace')))
      .filter((namespace) => namespace !== ''),
  );
};
