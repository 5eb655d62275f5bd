/**
 * Who owns which field. Ownership is recorded from the first write that names its author on; objects nobody ever
 * named an author for carry no record, and the first apply counts what they have as there before.
 * @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/fieldmanager.go
 */
import type { Patch, WriteOptions } from '@argosy/client';
import {
  ApiStatusError,
  applyServerSide,
  BUILTIN_SCHEMAS,
  toApiVersion,
  updateManagedFields,
  type ApplyConflict,
  type KubeObject,
  type StructuralSchema,
} from '@argosy/kube';

import type { ServedKind } from '../kinds/served-kind.ts';
import { resourceName, type ApiContext } from './api-context.ts';

/** Author of writes that name none. */
const UNNAMED = 'unknown';
const ANYTHING: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** The applied object. Throws Conflict naming the fields and their owners, BadRequest. */
export const appliedObject = (
  context: ApiContext,
  kind: ServedKind,
  of: {
    readonly live: KubeObject | undefined;
    readonly patch: Extract<Patch, { readonly kind: 'apply' }>;
    readonly options: WriteOptions;
  },
): KubeObject => {
  const { fieldManager, subresource } = of.options;
  if (!fieldManager)
    throw new ApiStatusError('BadRequest', 'fieldManager: Required value: is required for apply patch');
  const outcome = applyServerSide({
    live: of.live,
    // The caller has checked that the object is one of this kind.
    config: of.patch.object as KubeObject,
    schema: wholeSchema(kind),
    manager: fieldManager,
    force: of.patch.force ?? false,
    now: context.clock.now(),
    apiVersion: toApiVersion(kind),
    ...(subresource ? { subresource } : {}),
  });
  if (outcome.kind === 'conflict') throw applyConflict(kind, outcome.conflicts);
  return outcome.object;
};

/** An object about to be written by anything but an apply, with its record of owners brought up to date. */
export const withOwners = (
  context: ApiContext,
  kind: ServedKind,
  of: { readonly live: KubeObject | undefined; readonly updated: KubeObject; readonly options: WriteOptions },
): KubeObject => {
  const { live, updated, options } = of;
  const isRecorded = (live?.metadata.managedFields ?? updated.metadata.managedFields ?? []).length > 0;
  if (!isRecorded && !options.fieldManager) return updated;
  try {
    return updateManagedFields({
      live,
      updated,
      schema: wholeSchema(kind),
      manager: options.fieldManager ?? UNNAMED,
      now: context.clock.now(),
      operation: 'Update',
      apiVersion: kind.unconverted ? updated.apiVersion : toApiVersion(kind),
      ...(options.subresource ? { subresource: options.subresource } : {}),
    });
  } catch (thrown) {
    // An object its schema cannot describe is written all the same: validation, not bookkeeping, refuses objects.
    if (thrown instanceof ApiStatusError) return updated;
    throw thrown;
  }
};

/** A custom kind's schema says nothing of what every object has; ownership needs the types of that too. */
const wholeSchema = (kind: ServedKind): StructuralSchema => {
  const schema = kind.schema ?? ANYTHING;
  const { apiVersion, kind: name, metadata } = BUILTIN_SCHEMAS['/ConfigMap']?.properties ?? {};
  if (!apiVersion || !name || !metadata) return schema;
  return { ...schema, properties: { ...schema.properties, apiVersion, kind: name, metadata } };
};

const applyConflict = (kind: ServedKind, conflicts: readonly ApplyConflict[]): ApiStatusError => {
  const causes = conflicts.flatMap(({ manager, apiVersion, fields }) =>
    fields.map((field) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with "${manager}" using ${apiVersion}`,
      field,
    })),
  );
  const described = conflicts.map(({ manager, apiVersion, fields }) => {
    const owner = `"${manager}" using ${apiVersion}:`;
    return fields.length === 1
      ? `conflict with ${owner} ${fields.join('')}`
      : `conflicts with ${owner}\n${fields.map((field) => `- ${field}`).join('\n')}`;
  });
  const count = `${causes.length} conflict${causes.length === 1 ? '' : 's'}`;
  const { group, resource } = resourceName(kind);
  return new ApiStatusError('Conflict', `Apply failed with ${count}: ${described.join('\n')}`, {
    group,
    kind: resource,
    causes,
  });
};
