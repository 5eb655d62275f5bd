/**
 * Who owns which fields, and what happens to that when somebody applies or updates.
 * @upstream sigs.k8s.io/structured-merge-diff/v4/merge/update.go
 */
import { isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import {
  EMPTY_SET,
  intersect,
  isEmptySet,
  pathsOf,
  subtract,
  subtractWithChildren,
  unite,
  uniteAll,
  type FieldPath,
  type FieldSet,
} from './field-set.ts';
import { compareTyped, type Comparison } from './typed-compare.ts';
import { fieldsOf, withNamedFields, withSchemaChanges } from './typed-fields.ts';
import { mergeTyped } from './typed-merge.ts';
import { removeFields } from './typed-remove.ts';
import { TypedProblem } from './typed-value.ts';
import { validateTyped } from './typed-validate.ts';

/** What one manager owns. */
export interface Owned {
  readonly apiVersion: string;
  readonly operation: 'Apply' | 'Update';
  readonly set: FieldSet;
}

export type Managers = ReadonlyMap<string, Owned>;

/** The types of a kind's versions. */
export interface TypeContext {
  /** Absent for a version there is none of any more: what managers own in it is forgotten. */
  readonly schemaOf: (apiVersion: string) => StructuralSchema | undefined;
  /** A value of one version in another that there is; absent: values are the same in all versions. Empty ones stay as they are. */
  readonly convert?: (value: unknown, apiVersion: string) => unknown;
  /** Fields nobody owns. */
  readonly ignoredOf?: (apiVersion: string) => FieldSet;
}

export interface WriteInput {
  readonly live: unknown;
  readonly next: unknown;
  readonly managers: Managers;
  /** Who writes. */
  readonly manager: string;
  readonly apiVersion: string;
}

export interface WriteResult {
  readonly object: unknown;
  readonly managers: Managers;
  /** Fields owned by others, by manager; with any, nothing was applied. */
  readonly conflicts: readonly { readonly manager: string; readonly fields: readonly FieldPath[] }[];
}

/** Applies a configuration. Throws a TypedProblem when it does not fit the schema. */
export const applyOwned = (context: TypeContext, input: WriteInput, force: boolean): WriteResult => {
  const { live, next, manager, apiVersion } = input;
  const schema = ownSchema(context, apiVersion);
  const problems = validateTyped(schema, next, false);
  if (problems.length > 0) throw new TypedProblem(problems.join('; '));
  const managers = new Map(reconciled(context, input));
  const last = managers.get(manager);
  const set = subtractWithChildren(fieldsOf(schema, next), context.ignoredOf?.(apiVersion) ?? EMPTY_SET);
  managers.set(manager, { apiVersion, operation: 'Apply', set });
  const merged = mergeTyped(schema, live ?? {}, next);
  const object = last ? inVersion(context, prune(context, merged, managers, last), apiVersion) : merged;
  const written = claim(context, { ...input, next: object, managers }, force);
  return { object, managers: written.managers, conflicts: written.conflicts };
};

/** Records an update: its author owns what it changed, others lose it. */
export const updateOwned = (context: TypeContext, input: WriteInput): WriteResult => {
  const { manager, apiVersion, next } = input;
  const managers = reconciled(context, input);
  const written = claim(context, { ...input, managers }, true);
  const before = written.managers.get(manager)?.set ?? EMPTY_SET;
  const { added, modified, removed } = written.comparison;
  const set = subtractWithChildren(
    unite(unite(subtract(before, removed), modified), added),
    context.ignoredOf?.(apiVersion) ?? EMPTY_SET,
  );
  return {
    object: next,
    managers: withoutEmpty([...written.managers, [manager, { apiVersion, operation: 'Update', set }]]),
    conflicts: [],
  };
};

const reconciled = (context: TypeContext, { live, managers }: WriteInput): Managers =>
  new Map(
    [...managers].flatMap(([name, owned]) => {
      const schema = context.schemaOf(owned.apiVersion);
      if (!schema) return [];
      const set = withSchemaChanges(schema, inVersion(context, live, owned.apiVersion), owned.set);
      return [[name, { ...owned, set }] as const];
    }),
  );

/** The schema of the version somebody writes in, which there is. */
const ownSchema = (context: TypeContext, apiVersion: string): StructuralSchema => context.schemaOf(apiVersion) ?? {};

const inVersion = (context: TypeContext, value: unknown, apiVersion: string): unknown => {
  const isOther = isObject(value) && value['apiVersion'] !== undefined && value['apiVersion'] !== apiVersion;
  return isOther && context.convert ? context.convert(value, apiVersion) : value;
};

/** What an update changes, as one version says it. */
interface ChangesInVersion extends Comparison {
  /** Fields whoever had them before has no more. */
  readonly taken: FieldSet;
}

/** Compares live and next in each manager's version and takes changed fields away from the others. */
const claim = (
  context: TypeContext,
  input: WriteInput,
  force: boolean,
): { readonly managers: Managers; readonly comparison: Comparison; readonly conflicts: WriteResult['conflicts'] } => {
  const compared = new Map<string, ChangesInVersion>();
  // Managers are many, versions are not.
  const compareIn = (apiVersion: string): ChangesInVersion => {
    const known = compared.get(apiVersion);
    if (known) return known;
    const ignored = context.ignoredOf?.(apiVersion) ?? EMPTY_SET;
    const [live, next] = [input.live ?? {}, input.next].map((value) => inVersion(context, value, apiVersion));
    const whole = compareTyped(ownSchema(context, apiVersion), live, next);
    const added = subtractWithChildren(whole.added, ignored);
    const removed = subtractWithChildren(whole.removed, ignored);
    const modified = subtractWithChildren(whole.modified, ignored);
    const comparison: ChangesInVersion = { added, removed, modified, taken: unite(modified, added) };
    compared.set(apiVersion, comparison);
    return comparison;
  };
  const comparison = compareIn(input.apiVersion);
  const changes = [...input.managers].map(([name, owned]) => {
    if (name === input.manager) return { name, owned, taken: EMPTY_SET, removed: EMPTY_SET };
    const { taken, removed } = compareIn(owned.apiVersion);
    return { name, owned, taken: intersect(owned.set, taken), removed };
  });
  const conflicts = changes
    .filter(({ taken }) => !isEmptySet(taken))
    .map(({ name, taken }) => ({ manager: name, fields: pathsOf(taken) }));
  if (!force && conflicts.length > 0) return { managers: input.managers, comparison, conflicts };
  const managers = withoutEmpty(
    changes.map(({ name, owned, taken, removed }) => [
      name,
      { ...owned, set: subtract(subtract(owned.set, taken), removed) },
    ]),
  );
  return { managers, comparison, conflicts: [] };
};

const withoutEmpty = (entries: readonly (readonly [string, Owned])[]): Managers =>
  new Map([...new Map(entries)].filter(([, owned]) => !isEmptySet(owned.set)));

/** Removes what the manager applied last time and nobody owns now. What is left may be of another version than it was. */
const prune = (context: TypeContext, merged: unknown, managers: Managers, last: Owned): unknown => {
  const lastSchema = context.schemaOf(last.apiVersion);
  if (isEmptySet(last.set) || !lastSchema) return merged;
  const whole = inVersion(context, merged, last.apiVersion);
  const lastSet = withNamedFields(lastSchema, last.set);
  const bare = orEmpty(removeFields(lastSchema, whole, lastSet));
  const kept = inVersion(context, withOwned(context, { whole, bare, managers, last }), last.apiVersion);
  const dangling = intersect(subtract(namedFieldsOf(lastSchema, whole), namedFieldsOf(lastSchema, kept)), lastSet);
  return removeFields(lastSchema, whole, dangling);
};

/** What was removed comes back where others own it, each in the version they own it in; the last one first. */
const withOwned = (
  context: TypeContext,
  of: { readonly whole: unknown; readonly bare: unknown; readonly managers: Managers; readonly last: Owned },
): unknown => {
  const versions = new Map<string, FieldSet[]>([[of.last.apiVersion, []]]);
  for (const { apiVersion, set } of of.managers.values()) {
    const sets = versions.get(apiVersion);
    if (sets) sets.push(set);
    else versions.set(apiVersion, [set]);
  }
  return [...versions].reduce((current, [apiVersion, sets]) => {
    const schema = context.schemaOf(apiVersion);
    if (!schema) return current;
    const [whole, pruned] = [of.whole, current].map((value) => inVersion(context, value, apiVersion));
    const kept = unite(namedFieldsOf(schema, pruned), withNamedFields(schema, uniteAll(sets)));
    return orEmpty(removeFields(schema, whole, subtract(namedFieldsOf(schema, whole), kept)));
  }, of.bare);
};

const namedFieldsOf = (schema: StructuralSchema, value: unknown): FieldSet =>
  withNamedFields(schema, fieldsOf(schema, value));

/** An object of which nothing is left is still an object. */
const orEmpty = (value: unknown): unknown => (isObject(value) ? value : {});
