/**
 * The fields each transformer writes: Kustomize's own and those of `configurations` and `crds`.
 * @upstream sigs.k8s.io/kustomize/api/internal/plugins/builtinconfig/transformerconfig.go
 */
import { compareGvks } from '../resources/kind-order.ts';
import { isSameGvk } from '../resources/resource-id.ts';
import {
  COMMON_ANNOTATIONS,
  COMMON_LABELS,
  IMAGES,
  NAMES,
  NAMESPACES,
  REPLICAS,
  TEMPLATE_LABELS,
  VAR_REFERENCES,
} from './default-fields.ts';
import { mergeFieldSpecs, type FieldSpec, type NameReference } from './field-spec.ts';
import { NAME_REFERENCES } from './name-references.ts';

/** Fields by what is written there. */
export interface TransformerFields {
  readonly namePrefix: readonly FieldSpec[];
  readonly nameSuffix: readonly FieldSpec[];
  readonly namespace: readonly FieldSpec[];
  readonly commonLabels: readonly FieldSpec[];
  readonly labels: readonly FieldSpec[];
  readonly templateLabels: readonly FieldSpec[];
  readonly commonAnnotations: readonly FieldSpec[];
  readonly nameReference: readonly NameReference[];
  readonly varReference: readonly FieldSpec[];
  readonly images: readonly FieldSpec[];
  readonly replicas: readonly FieldSpec[];
}

/** No fields at all. */
export const NO_FIELDS: TransformerFields = {
  namePrefix: [],
  nameSuffix: [],
  namespace: [],
  commonLabels: [],
  labels: [],
  templateLabels: [],
  commonAnnotations: [],
  nameReference: [],
  varReference: [],
  images: [],
  replicas: [],
};

/** Adds fields to others, both ordered by kind. Throws Failure `InvalidConfiguration`. */
export const mergeTransformerFields = (fields: TransformerFields, added: TransformerFields): TransformerFields => {
  if (added === NO_FIELDS || fields === added) return fields;
  // Even into nothing the fields are merged one by one: that is where narrower ones drive out general ones.
  if (fields === NO_FIELDS && added === DEFAULT_FIELDS) return added;
  const merge = (name: Exclude<keyof TransformerFields, 'nameReference'>): readonly FieldSpec[] =>
    fields[name] === added[name]
      ? fields[name]
      : mergeFieldSpecs(fields[name], added[name]).toSorted((left, right) => compareGvks(left, right));
  return {
    namePrefix: merge('namePrefix'),
    nameSuffix: merge('nameSuffix'),
    namespace: merge('namespace'),
    commonLabels: merge('commonLabels'),
    labels: merge('labels'),
    templateLabels: merge('templateLabels'),
    commonAnnotations: merge('commonAnnotations'),
    nameReference: mergeNameReferences(fields.nameReference, added.nameReference),
    varReference: merge('varReference'),
    images: merge('images'),
    replicas: merge('replicas'),
  };
};

const mergeNameReferences = (
  references: readonly NameReference[],
  added: readonly NameReference[],
): readonly NameReference[] => {
  if (references === added) return references;
  const merged = [...references];
  for (const reference of added) {
    const at = merged.findIndex((other) => isSameGvk(other, reference));
    const known = merged[at];
    if (known) merged[at] = { ...known, referrers: mergeFieldSpecs(known.referrers, reference.referrers) };
    else merged.push(reference);
  }
  return merged.toSorted((left, right) => compareGvks(left, right));
};

const sorted = <T extends FieldSpec | NameReference>(specs: readonly T[]): readonly T[] =>
  specs.toSorted((left, right) => compareGvks(left, right));

/** Kustomize's own. */
export const DEFAULT_FIELDS: TransformerFields = {
  namePrefix: NAMES,
  nameSuffix: NAMES,
  namespace: sorted(NAMESPACES),
  commonLabels: sorted(COMMON_LABELS),
  labels: [],
  templateLabels: sorted(TEMPLATE_LABELS),
  commonAnnotations: sorted(COMMON_ANNOTATIONS),
  nameReference: sorted(NAME_REFERENCES),
  varReference: sorted(VAR_REFERENCES),
  images: sorted(IMAGES),
  replicas: sorted(REPLICAS),
};
