/**
 * Which objects a list or watch selects: label and field selectors as one predicate. Throws BadRequest.
 */
import {
  ApiStatusError,
  matchesFieldSelector,
  matchesRequirements,
  parseFieldSelector,
  parseLabelSelector,
  toRequirements,
  unsupportedSelectorField,
  type KubeObject,
  type LabelRequirement,
  type LabelSelector,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** The selectors of a request. */
export interface Selectors {
  readonly labelSelector?: string | LabelSelector;
  readonly fieldSelector?: string;
}

/** Tells whether an object is selected; `undefined` when everything is. */
export type Selection = ((object: KubeObject) => boolean) | undefined;

/** Reads the selectors of a request. */
export const selectionOf = (kind: ServedKind, selectors: Selectors): Selection => {
  const labels = labelRequirements(selectors.labelSelector);
  const fields = parseFieldSelector(selectors.fieldSelector ?? '');
  if (!fields.ok) throw new ApiStatusError('BadRequest', fields.error);
  if (labels.length === 0 && fields.value.length === 0) return undefined;
  const supported = Object.keys(fieldsOf(kind, EMPTY));
  const unknown = unsupportedSelectorField(fields.value, supported);
  if (unknown !== undefined)
    throw new ApiStatusError('BadRequest', `field label not supported: ${unknown}: use one of ${supported.join(', ')}`);
  return (object) =>
    matchesRequirements(labels, object.metadata.labels) &&
    (fields.value.length === 0 || matchesFields(fields.value, fieldsOf(kind, object)));
};

const EMPTY: KubeObject = { apiVersion: '', kind: '', metadata: {} };

const matchesFields = (
  requirements: Parameters<typeof matchesFieldSelector>[0],
  fields: Readonly<Record<string, string>>,
): boolean => matchesFieldSelector(requirements, (field) => fields[field]);

const labelRequirements = (selector: string | LabelSelector | undefined): readonly LabelRequirement[] => {
  if (typeof selector === 'object') return toRequirements(selector);
  const parsed = parseLabelSelector(selector ?? '');
  if (!parsed.ok) throw new ApiStatusError('BadRequest', `unable to parse requirement: ${parsed.error}`);
  return parsed.value;
};

const fieldsOf = (kind: ServedKind, object: KubeObject): Readonly<Record<string, string>> => ({
  'metadata.name': object.metadata.name ?? '',
  // What has no namespace may be asked for one, in kinds users declared excepted.
  ...(kind.namespaced || !kind.custom ? { 'metadata.namespace': object.metadata.namespace ?? '' } : {}),
  ...kind.strategy.selectableFields?.(object),
});
