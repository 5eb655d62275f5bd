/**
 * What every write does with an object on its way into the store.
 */
import type { WriteOptions } from '@argosy/client';
import { ApiStatusError, gvkOf, invalidObject, type KubeObject, type ObjectMeta } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { ApiContext } from '../api-context.ts';
import { validateMetadata } from '../metadata/metadata-rules.ts';
import type { AddressedService } from '../service-addresses.ts';
import { undeclaredFields } from './undeclared-fields.ts';

/** What a webhook added may need completing as well. */
export const withDefaults = (kind: ServedKind, object: KubeObject): KubeObject =>
  kind.strategy.default?.(object) ?? object;

/** The status is written by its own subresource, where there is one. */
export const desiredOf = (kind: ServedKind, object: KubeObject): KubeObject => {
  if (!kind.statusSubresource || object.status === undefined) return object;
  const { status: _status, ...desired } = object;
  return desired;
};

/** With these owners, or none. */
export const withManagedFields = (
  object: KubeObject,
  managedFields: KubeObject['metadata']['managedFields'],
): KubeObject =>
  managedFields === object.metadata.managedFields
    ? object
    : { ...object, metadata: managedFields ? { ...object.metadata, managedFields } : withoutOwners(object.metadata) };

const withoutOwners = ({ managedFields: _managedFields, ...metadata }: ObjectMeta): ObjectMeta => metadata;

/** Services get an address; everything else stays as it is. */
export const withAddress = (context: ApiContext, kind: ServedKind, object: KubeObject): AddressedService =>
  kind.storage === '/services' ? context.addresses.assign(object) : { object, release: () => undefined };

/** Throws Invalid with all findings. */
export const validate = (kind: ServedKind, object: KubeObject, current: KubeObject | undefined): void => {
  const findings = [...validateMetadata(kind, object, current), ...(kind.strategy.validate?.(object, current) ?? [])];
  if (findings.length > 0) throw invalidObject(gvkOf(object), object.metadata.name ?? '', findings);
};

/** Refuses fields the schema does not know, or that stand twice, or warns of them, as the client asks. Throws BadRequest. */
export const checkFields = (kind: ServedKind, object: KubeObject, options: WriteOptions | undefined): void => {
  const problem = fieldProblem(kind, object, { options });
  if (problem === undefined) return;
  throw new ApiStatusError(
    'BadRequest',
    `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${problem}`,
  );
};

/** What a strict client is told of such fields; others are warned of them. A patch, of `before`, answers only for what it adds. */
export const fieldProblem = (
  kind: ServedKind,
  object: KubeObject,
  of: { readonly options: WriteOptions | undefined; readonly before?: KubeObject },
): string | undefined => {
  const { fieldValidation, duplicateFields = [], onWarning } = of.options ?? {};
  if (fieldValidation !== 'Strict' && fieldValidation !== 'Warn') return undefined;
  const found = [
    ...addedFields(kind, object, of.before).map((field) => `unknown field ${JSON.stringify(field)}`),
    ...duplicateFields.map((field) => `duplicate field ${JSON.stringify(field)}`),
  ];
  if (found.length === 0) return undefined;
  if (fieldValidation === 'Strict') return `strict decoding error: ${found.join(', ')}`;
  for (const sentence of found) onWarning?.(sentence);
  return undefined;
};

const addedFields = (kind: ServedKind, object: KubeObject, before: KubeObject | undefined): readonly string[] => {
  const unknown = undeclaredFields(kind, object);
  if (unknown.length === 0 || !before) return unknown;
  const known = new Set(undeclaredFields(kind, before));
  return unknown.filter((field) => !known.has(field));
};

/** As the store keeps it. */
export const toStored = (kind: ServedKind, object: KubeObject): KubeObject =>
  kind.strategy.toStored?.(object) ?? object;
