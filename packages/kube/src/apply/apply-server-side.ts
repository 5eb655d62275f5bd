/**
 * Server-side apply on Kubernetes objects: fields are owned by those who applied or changed them.
 * @spec https://kubernetes.io/docs/reference/using-api/server-side-apply/
 * @upstream k8s.io/apimachinery/pkg/util/managedfields/internal
 */
import { isEqual, toTimestamp, type Instant, type JsonObject } from '@argosy/base';

import { withEmptyMembers } from '../builtin/schemas/empty-objects.ts';
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import type { KubeObject, ManagedFieldsEntry } from '../objects/object.ts';
import { ApiStatusError } from '../objects/status-error.ts';
import { createdFields } from './created-fields.ts';
import { EMPTY_SET, formatFieldPath, pathsOf } from './field-set.ts';
import { fieldsLastApplied, MIGRATING_MANAGER, withLastApplied } from './last-applied.ts';
import {
  managerKey,
  parseManagerKey,
  readManagers,
  withManagedFields,
  withoutServerFields,
  withoutServerMetadata,
  writeManagers,
} from './managed-fields.ts';
import {
  applyOwned,
  updateOwned,
  type Managers,
  type TypeContext,
  type WriteInput,
  type WriteResult,
} from './managers.ts';
import { TypedProblem } from './typed-value.ts';

/** Other versions of a kind than the one that is written. */
export type OtherVersions = TypeContext;

/** What an apply needs to know. */
export interface ServerSideApply {
  /** Absent when the object does not exist yet. */
  readonly live: KubeObject | undefined;
  /** What the manager wants, and nothing else. */
  readonly config: KubeObject;
  readonly schema: StructuralSchema;
  readonly manager: string;
  /** Takes fields from other managers instead of reporting conflicts. */
  readonly force: boolean;
  readonly now: Instant;
  readonly apiVersion: string;
  /** Such as `status`; the empty text or absent for the object itself. */
  readonly subresource?: string;
  /** Versions others may own fields in; absent: all are as this one. */
  readonly versions?: OtherVersions;
  /** Members objects of the kind have from the beginning, beside metadata; default none. */
  readonly empty?: JsonObject;
}

/** A manager that owns fields the apply would change. */
export interface ApplyConflict {
  readonly manager: string;
  readonly apiVersion: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource?: string;
  /** Paths such as `.spec.replicas`. */
  readonly fields: readonly string[];
}

/** The applied object, or what others own and nothing was changed for. */
export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly object: KubeObject }
  | { readonly kind: 'conflict'; readonly conflicts: readonly ApplyConflict[] };

/** Who owns what an object had before anybody applied. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

/**
 * Merges a configuration into the live object: sets what it says, removes what the manager said last time and no longer
 * says (unless others own it), and records who owns what. The live object itself comes back when nothing changed.
 * Throws BadRequest for a configuration that carries managed fields or does not fit the schema.
 */
export const applyServerSide = (input: ServerSideApply): ApplyOutcome => {
  const { live, config, schema, apiVersion, now } = input;
  if ((config.metadata.managedFields ?? []).length > 0)
    throw new ApiStatusError('BadRequest', 'metadata.managedFields must be nil');
  const key = managerKey({ ...input, operation: 'Apply', subresource: input.subresource ?? '' });
  const context = contextOf(input);
  const bareLive = live && withManagedFields(live, []);
  const entriesBefore = live?.metadata.managedFields;
  const known = readManagers(entriesBefore);
  const write: WriteInput = {
    live: bareLive,
    next: withManagedFields(config, []),
    managers: managersBefore(context, live, { apiVersion, known, empty: input.empty ?? {} }),
    manager: key,
    apiVersion,
  };
  const tried = typed(config, () => applyOwned(context, write, input.force));
  const isMigrating = bareLive !== undefined && input.manager === MIGRATING_MANAGER;
  const conflicts = isMigrating ? withoutOwn(tried.conflicts, schema, bareLive, apiVersion) : tried.conflicts;
  if (conflicts.length > 0) return { kind: 'conflict', conflicts: conflictsOf({ ...tried, conflicts }) };
  const result = tried.conflicts.length > 0 ? typed(config, () => applyOwned(context, write, true)) : tried;
  const entries = writeManagers(
    withoutServerFields(result.managers),
    { entries: entriesBefore, known, isOwn: true },
    now,
  );
  const merged = withManagedFields(result.object as KubeObject, entries);
  const object = isMigrating ? withLastApplied(merged, config) : merged;
  return { kind: 'applied', object: live && isEqual(live, object) ? live : object };
};

/** What recording an update needs to know. */
export interface OwnershipUpdate {
  readonly live: KubeObject | undefined;
  readonly updated: KubeObject;
  readonly schema: StructuralSchema;
  readonly manager: string;
  readonly now: Instant;
  readonly operation: 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly versions?: OtherVersions;
  /** Members objects of the kind have from the beginning, beside metadata; default none. Nobody owns them for having them. */
  readonly empty?: JsonObject;
}

/**
 * The updated object with its managed fields: its author owns what changed, others lose it. An author may reset all
 * ownership by sending an empty list, as the API allows. Ownership stays as it was when the object does not fit its
 * schema: an update never fails for that, as upstream's `UpdateNoErrors`.
 */
export const updateManagedFields = (input: OwnershipUpdate): KubeObject => {
  const { live, updated, apiVersion, now, empty = {} } = input;
  const sent = updated.metadata.managedFields;
  if (live && isReset(sent)) return withManagedFields(updated, []);
  const given = sent === undefined || sent === null ? undefined : readManagers(sent);
  const isOwn = !given || given.size === 0;
  const bare = withManagedFields(updated, []);
  if (!live && isOwn) return withManagedFields(bare, managedFieldsOfNew(input));
  const entries = isOwn ? live?.metadata.managedFields : sent;
  const key = managerKey({ ...input, operation: 'Update', subresource: input.subresource ?? '' });
  const managers = isOwn ? readManagers(entries) : given;
  const written = managersAfter(managers, () =>
    updateOwned(contextOf(input), {
      live: live ? withEmptyMembers(empty, withManagedFields(live, [])) : empty,
      next: withEmptyMembers(empty, bare),
      managers,
      manager: key,
      apiVersion,
    }),
  );
  return withManagedFields(bare, writeManagers(withoutServerFields(written), { entries, known: managers, isOwn }, now));
};

/**
 * The entries of an object that is new and whose author is alone. Nobody owns anything where the object does not fit its
 * schema.
 */
export const managedFieldsOfNew = (
  input: Omit<OwnershipUpdate, 'live' | 'versions'>,
): readonly ManagedFieldsEntry[] => {
  const { schema, manager, operation, apiVersion, now, subresource, empty = {} } = input;
  const fields = createdFieldsOf(schema, empty, input.updated);
  if (Object.keys(fields).length === 0) return [];
  const entry = { manager, operation, apiVersion, time: toTimestamp(now), fieldsType: 'FieldsV1', fieldsV1: fields };
  return [subresource ? { ...entry, subresource } : entry];
};

const createdFieldsOf = (schema: StructuralSchema, empty: JsonObject, object: KubeObject): JsonObject => {
  const owned: Record<string, unknown> = { ...object, metadata: withoutServerMetadata(object.metadata) };
  owned['apiVersion'] = owned['kind'] = undefined;
  try {
    return createdFields(schema, { ...empty, metadata: {} }, owned);
  } catch (thrown) {
    if (thrown instanceof TypedProblem) return {};
    throw thrown;
  }
};

const managersAfter = (before: Managers, run: () => { readonly managers: Managers }): Managers => {
  try {
    return run().managers;
  } catch (thrown) {
    if (thrown instanceof TypedProblem) return before;
    throw thrown;
  }
};

const isReset = (sent: KubeObject['metadata']['managedFields']): boolean =>
  Array.isArray(sent) && (sent.length === 0 || (sent.length === 1 && isEqual(sent[0], {})));

/** Conflicts about anything but what the user applied from the client before. */
const withoutOwn = (
  conflicts: WriteResult['conflicts'],
  schema: StructuralSchema,
  live: KubeObject,
  apiVersion: string,
): WriteResult['conflicts'] => {
  if (conflicts.length === 0) return conflicts;
  const own = new Set(pathsOf(fieldsLastApplied(schema, live, apiVersion)).map(formatFieldPath));
  return conflicts
    .map(({ manager, fields }) => ({ manager, fields: fields.filter((field) => !own.has(formatFieldPath(field))) }))
    .filter(({ fields }) => fields.length > 0);
};

const contextOf = ({
  schema,
  apiVersion,
  versions,
}: {
  readonly schema: StructuralSchema;
  readonly apiVersion: string;
  readonly versions?: OtherVersions;
}): TypeContext =>
  versions
    ? { ...versions, schemaOf: (other) => (other === apiVersion ? schema : versions.schemaOf(other)) }
    : { schemaOf: () => schema };

/** Managers of the live object. One that nobody managed is owned by whoever was there before the first apply. */
const managersBefore = (
  context: TypeContext,
  live: KubeObject | undefined,
  of: { readonly apiVersion: string; readonly known: Managers; readonly empty: JsonObject },
): Managers => {
  const { apiVersion, known: managers, empty } = of;
  if (!live || managers.size > 0) return managers;
  const manager = managerKey({ manager: BEFORE_FIRST_APPLY, operation: 'Update', apiVersion, subresource: '' });
  const next = withEmptyMembers(empty, withManagedFields(live, []));
  const input = { live: empty, next, managers, manager, apiVersion };
  return withoutServerFields(managersAfter(managers, () => updateOwned(context, input)));
};

const conflictsOf = (result: {
  readonly managers: Managers;
  readonly conflicts: ReturnType<typeof applyOwned>['conflicts'];
}): readonly ApplyConflict[] =>
  result.conflicts.map(({ manager: key, fields }) => {
    const owned = result.managers.get(key) ?? { apiVersion: '', operation: 'Update', set: EMPTY_SET };
    const { manager, subresource } = parseManagerKey(key);
    return {
      manager,
      apiVersion: owned.apiVersion,
      operation: owned.operation,
      ...(subresource === '' ? {} : { subresource }),
      fields: fields.map(formatFieldPath),
    };
  });

/** Deviates: upstream answers 500 without a reason, as if the fault were the server's; here 400 says whose it is. */
const typed = <T>(config: KubeObject, run: () => T): T => {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof TypedProblem)
      throw new ApiStatusError(
        'BadRequest',
        `failed to create typed patch object (${config.metadata.namespace ?? ''}/${config.metadata.name ?? ''}; ${config.apiVersion}, Kind=${config.kind}): ${thrown.message}`,
      );
    throw thrown;
  }
};
