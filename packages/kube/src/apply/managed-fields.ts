/**
 * `metadata.managedFields` as a value: reading it, writing it, and what nobody owns.
 * @upstream k8s.io/apimachinery/pkg/util/managedfields
 */
import { isObject, toTimestamp, type Instant } from '@argosy/base';

import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../objects/object.ts';
import { equalSets, fromFieldsV1, isEmptySet, subtract, toFieldsV1, type FieldSet } from './field-set.ts';
import type { Managers, Owned } from './managers.ts';

/** What identifies a manager; one who applies is the same in all versions. */
export interface ManagerName {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
}

/** A manager's key among an object's managers. */
export const managerKey = (name: ManagerName): string =>
  JSON.stringify([name.manager, name.operation, name.operation === 'Apply' ? '' : name.apiVersion, name.subresource]);

/** Reads an object's managers. Entries of unknown form are dropped. */
export const readManagers = (entries: readonly ManagedFieldsEntry[] | undefined): Managers =>
  new Map(
    (Array.isArray(entries) ? (entries as readonly unknown[]) : []).flatMap((entry) => {
      if (!isObject(entry)) return [];
      const operation = entry['operation'];
      if (operation !== 'Apply' && operation !== 'Update') return [];
      const name: ManagerName = {
        manager: textOf(entry['manager']),
        operation,
        apiVersion: textOf(entry['apiVersion']),
        subresource: textOf(entry['subresource']),
      };
      const owned: Owned = { apiVersion: name.apiVersion, operation, set: fromFieldsV1(entry['fieldsV1']) };
      return [[managerKey(name), owned] as const];
    }),
  );

/** Reads back what `managerKey` wrote. */
export const parseManagerKey = (key: string): { readonly manager: string; readonly subresource: string } => {
  const [manager = '', , , subresource = ''] = JSON.parse(key) as readonly string[];
  return { manager, subresource };
};

/** Metadata the server owns, whoever writes it. */
const SERVER_METADATA: readonly string[] = [
  'clusterName',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'name',
  'namespace',
  'resourceVersion',
  'selfLink',
  'uid',
];

const IS_SERVER_METADATA: ReadonlySet<string> = new Set(SERVER_METADATA);

/** Fields the server owns, whoever writes them. */
const SERVER_FIELDS: FieldSet = fromFieldsV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': { '.': {}, ...Object.fromEntries(SERVER_METADATA.map((name) => [`f:${name}`, {}])) },
});

/** Of metadata what somebody can own. */
export const withoutServerMetadata = (metadata: ObjectMeta): ObjectMeta => {
  const owned: Record<string, unknown> = {};
  for (const name in metadata) if (!IS_SERVER_METADATA.has(name)) owned[name] = metadata[name as keyof ObjectMeta];
  return owned;
};

/** Leaves out fields nobody owns. */
export const withoutServerFields = (managers: Managers): Managers =>
  new Map(
    [...managers]
      .map(([key, owned]) => [key, { ...owned, set: subtract(owned.set, SERVER_FIELDS) }] as const)
      .filter(([, owned]) => !isEmptySet(owned.set)),
  );

/** Managers as they were. */
export interface ManagersBefore {
  readonly entries: readonly ManagedFieldsEntry[] | undefined;
  /** The same, read. */
  readonly known: Managers;
  /** Whether the entries were written here: then what did not change need not be written anew. */
  readonly isOwn: boolean;
}

/**
 * Writes managers as entries: those that apply first, then by time and name. A manager whose fields did not change
 * keeps its time.
 */
export const writeManagers = (
  managers: Managers,
  { entries: before, known, isOwn }: ManagersBefore,
  now: Instant,
): readonly ManagedFieldsEntry[] => {
  const written = new Map(
    (before ?? []).map((entry) => [
      managerKey({
        manager: entry.manager ?? '',
        operation: entry.operation ?? 'Update',
        apiVersion: entry.apiVersion ?? '',
        subresource: entry.subresource ?? '',
      }),
      entry,
    ]),
  );
  const entries = [...managers].map(([key, owned]): ManagedFieldsEntry => {
    const { manager, subresource } = parseManagerKey(key);
    const last = known.get(key);
    const isSame = last !== undefined && last.apiVersion === owned.apiVersion && equalSets(last.set, owned.set);
    const entry = isSame ? written.get(key) : undefined;
    const time = isSame ? entry?.time : toTimestamp(now);
    const fields = isOwn ? entry?.fieldsV1 : undefined;
    return {
      manager,
      operation: owned.operation,
      apiVersion: owned.apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fields ?? toFieldsV1(owned.set),
      ...(subresource === '' ? {} : { subresource }),
    };
  });
  return entries.toSorted(compareEntries);
};

const compareEntries = (left: ManagedFieldsEntry, right: ManagedFieldsEntry): number => {
  const orderOf = (entry: ManagedFieldsEntry): string =>
    [
      entry.operation === 'Apply' ? '0' : '1',
      entry.operation === 'Apply' ? '' : entry.time,
      entry.manager,
      entry.apiVersion,
      entry.subresource,
    ].join('\n');
  return orderOf(left) < orderOf(right) ? -1 : 1;
};

/** The object with these entries; without any, the member goes away. */
export const withManagedFields = (object: KubeObject, entries: readonly ManagedFieldsEntry[]): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
