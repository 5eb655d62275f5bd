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

/** The types of a kind's versions. Values are the same in all versions; their schemas may differ. */
export interface TypeContext {
  readonly schemaOf: (apiVersion: string) => StructuralSchema;
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
  const schema = context.schemaOf(apiVersion);
  const problems = validateTyped(schema, next, false);
  if (problems.length > 0) throw new TypedProblem(problems.join('; '));
  const managers = new Map(reconciled(context, input));
  const last = managers.get(manager);
  const set = subtractWithChildren(fieldsOf(schema, next), context.ignoredOf?.(apiVersion) ?? EMPTY_SET);
  managers.set(manager, { apiVersion, operation: 'Apply', set });
  const merged = mergeTyped(schema, live ?? {}, next);
  const object = last ? prune(context, merged, managers, last) : merged;
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
    [...managers].map(([name, owned]) => [
      name,
      { ...owned, set: withSchemaChanges(context.schemaOf(owned.apiVersion), live, owned.set) },
    ]),
  );

/** Compares live and next in each manager's version and takes changed fields away from the others. */
const claim = (
  context: TypeContext,
  input: WriteInput,
  force: boolean,
): { readonly managers: Managers; readonly comparison: Comparison; readonly conflicts: WriteResult['conflicts'] } => {
  const compared = new Map<string, Comparison>();
  const compareIn = (apiVersion: string): Comparison => {
    const known = compared.get(apiVersion);
    if (known) return known;
    const ignored = context.ignoredOf?.(apiVersion) ?? EMPTY_SET;
    const whole = compareTyped(context.schemaOf(apiVersion), input.live ?? {}, input.next);
    const comparison: Comparison = {
      added: subtractWithChildren(whole.added, ignored),
      removed: subtractWithChildren(whole.removed, ignored),
      modified: subtractWithChildren(whole.modified, ignored),
    };
    compared.set(apiVersion, comparison);
    return comparison;
  };
  const comparison = compareIn(input.apiVersion);
  const changes = [...input.managers].map(([name, owned]) => {
    if (name === input.manager) return { name, owned, taken: EMPTY_SET, removed: EMPTY_SET };
    const { added, modified, removed } = compareIn(owned.apiVersion);
    return { name, owned, taken: intersect(owned.set, unite(modified, added)), removed };
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

/** Removes what the manager applied last time and nobody owns now. */
const prune = (context: TypeContext, merged: unknown, managers: Managers, last: Owned): unknown => {
  if (isEmptySet(last.set)) return merged;
  const lastSchema = context.schemaOf(last.apiVersion);
  const lastSet = withNamedFields(lastSchema, last.set);
  const bare = orEmpty(removeFields(lastSchema, merged, lastSet));
  const versions = new Map<string, FieldSet>();
  for (const { apiVersion, set } of managers.values())
    versions.set(apiVersion, unite(versions.get(apiVersion) ?? EMPTY_SET, set));
  const pruned = [...versions].reduce((current, [apiVersion, owned]) => {
    const schema = context.schemaOf(apiVersion);
    const kept = unite(namedFieldsOf(schema, current), withNamedFields(schema, owned));
    return orEmpty(removeFields(schema, merged, subtract(namedFieldsOf(schema, merged), kept)));
  }, bare);
  const dangling = intersect(subtract(namedFieldsOf(lastSchema, merged), namedFieldsOf(lastSchema, pruned)), lastSet);
  return removeFields(lastSchema, merged, dangling);
};

const namedFieldsOf = (schema: StructuralSchema, value: unknown): FieldSet =>
  withNamedFields(schema, fieldsOf(schema, value));

/** An object of which nothing is left is still an object. */
const orEmpty = (value: unknown): unknown => (isObject(value) ? value : {});
