/**
 * Who owns which field. Ownership is recorded for every client of the API, by the name it gives or that of its program.
 * Objects nobody but programs of this process wrote carry no record, and the first apply counts what they have as there before.
 * @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/fieldmanager.go
 */
import type { Patch, WriteOptions } from '@argosy/client';
import {
  ApiStatusError,
  applyServerSide,
  managedFieldsOfNew,
  OBJECT_PROPERTIES,
  toApiVersion,
  updateManagedFields,
  type ApplyConflict,
  type KubeObject,
  type StructuralSchema,
  type StatusCause,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { ApiContext } from '../api-context.ts';
import { ownersInVersions, type ConvertedAnswers } from './owners-in-versions.ts';

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
    readonly answers: ConvertedAnswers;
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
    versions: ownersInVersions(context, kind, { schemaOf: wholeSchema, answers: of.answers }),
    ...(kind.empty ? { empty: kind.empty } : {}),
    ...(subresource ? { subresource } : {}),
  });
  if (outcome.kind === 'conflict')
    throw applyConflict(subresource === 'scale' ? outcome.conflicts.map(asOfScale) : outcome.conflicts);
  return outcome.object;
};

/** An object about to be written by anything but an apply, with its record of owners brought up to date. */
export const withOwners = (
  context: ApiContext,
  kind: ServedKind,
  of: {
    readonly live: KubeObject | undefined;
    readonly updated: KubeObject;
    readonly options: WriteOptions;
    readonly answers: ConvertedAnswers;
  },
): KubeObject => {
  const { live, updated, options, answers } = of;
  const isRecorded = (live?.metadata.managedFields ?? updated.metadata.managedFields ?? []).length > 0;
  if (!isRecorded && !isClient(options)) return updated;
  try {
    return updateManagedFields({
      live,
      updated,
      schema: wholeSchema(kind),
      manager: authorOf(context, options),
      now: context.clock.now(),
      operation: 'Update',
      ...(kind.empty ? { empty: kind.empty } : {}),
      apiVersion: kind.unconverted ? updated.apiVersion : toApiVersion(kind),
      ...(kind.unconverted ? {} : { versions: ownersInVersions(context, kind, { schemaOf: wholeSchema, answers }) }),
      ...(options.subresource ? { subresource: options.subresource } : {}),
    });
  } catch (thrown) {
    // An object its schema cannot describe is written all the same: validation, not bookkeeping, refuses objects.
    if (thrown instanceof ApiStatusError) return updated;
    throw thrown;
  }
};

/** Owners of an object that is about to be created: its author is alone, unless the object says who else there is. */
export const creatorOf = (
  context: ApiContext,
  kind: ServedKind,
  of: { readonly created: KubeObject; readonly options: WriteOptions },
): KubeObject['metadata']['managedFields'] => {
  const { created, options } = of;
  const { managedFields } = created.metadata;
  if ((managedFields ?? []).length > 0)
    return withOwners(context, kind, { live: undefined, updated: created, options, answers: [] }).metadata
      .managedFields;
  if (!isClient(options)) return undefined;
  return managedFieldsOfNew({
    updated: writableOf(kind, created),
    schema: wholeSchema(kind),
    manager: authorOf(context, options),
    now: context.clock.now(),
    operation: 'Update',
    ...(kind.empty ? { empty: kind.empty } : {}),
    apiVersion: kind.unconverted ? created.apiVersion : toApiVersion(kind),
  });
};

/** Without what this way of writing does not set. @upstream kubernetes pkg/registry (GetResetFields) */
const writableOf = (kind: ServedKind, object: KubeObject): KubeObject => {
  if (!kind.statusSubresource) return object;
  const { status: _status, spec, ...others } = object;
  return kind.storage === 'certificates.k8s.io/certificatesigningrequests' || spec === undefined
    ? others
    : { ...others, spec };
};

/** Programs of this process write much that nobody else ever changes: they own it from when somebody else does. */
const isClient = ({ fieldManager, program }: WriteOptions): boolean =>
  program !== undefined || (fieldManager !== undefined && fieldManager !== '');

const authorOf = (context: ApiContext, { fieldManager, program }: WriteOptions): string =>
  fieldManager || program || context.program || UNNAMED;

/** A custom kind's schema says nothing of what every object has; ownership needs the types of that too. */
const wholeSchema = ({ schema = ANYTHING }: ServedKind): StructuralSchema => {
  const known = wholeSchemas.get(schema);
  if (known) return known;
  const whole = { ...schema, properties: { ...schema.properties, ...OBJECT_PROPERTIES } };
  wholeSchemas.set(schema, whole);
  return whole;
};

const wholeSchemas = new WeakMap<StructuralSchema, StructuralSchema>();

/** Who applies a scale hears of its field, in its version. @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go */
const asOfScale = (conflict: ApplyConflict): ApplyConflict => ({
  ...conflict,
  apiVersion: 'autoscaling/v1',
  fields: ['.spec.replicas'],
});

/** One conflict stands in the line, several in lists by owner. @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go */
const applyConflict = (conflicts: readonly ApplyConflict[]): ApiStatusError => {
  const causes = conflicts.flatMap((conflict) =>
    conflict.fields.map((field) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${ownerText(conflict)}`,
      field,
    })),
  );
  const [only] = causes;
  if (causes.length === 1 && only)
    return refusal(`Apply failed with 1 conflict: ${only.message}: ${only.field}`, causes);
  const lists = conflicts.map((conflict) =>
    [`conflicts with ${ownerText(conflict)}:`, ...conflict.fields.map((field) => `- ${field}`)].join('\n'),
  );
  return refusal(`Apply failed with ${causes.length} conflicts: ${lists.join('\n')}`, causes);
};

const refusal = (message: string, causes: readonly StatusCause[]): ApiStatusError =>
  new ApiStatusError('Conflict', message, { causes });

/** Who applies keeps their fields in whatever version; who updates wrote them in one. */
const ownerText = ({ manager, subresource, operation, apiVersion }: ApplyConflict): string =>
  [
    JSON.stringify(manager),
    ...(subresource ? [`with subresource ${JSON.stringify(subresource)}`] : []),
    ...(operation === 'Update' ? [`using ${apiVersion}`] : []),
  ].join(' ');
