/**
 * `configurations` and `crds`: fields beyond Kustomize's own.
 * @upstream sigs.k8s.io/kustomize/api/internal/plugins/builtinconfig, api/internal/accumulator/loadconfigfromcrds.go
 */
import { isObject } from '@argosy/base';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import type { FieldSpec, NameReference } from '../fields/field-spec.ts';
import { mergeTransformerFields, NO_FIELDS, type TransformerFields } from '../fields/transformer-fields.ts';
import { decode, type Shape } from '../file/decode.ts';
import { FIELD_SPEC } from '../file/kustomization-shapes.ts';

const SPECS: Shape = { list: FIELD_SPEC };
const CONFIGURATION: Shape = {
  fields: {
    namePrefix: SPECS,
    nameSuffix: SPECS,
    namespace: SPECS,
    commonLabels: SPECS,
    labels: SPECS,
    templateLabels: SPECS,
    commonAnnotations: SPECS,
    nameReference: {
      list: { fields: { group: 'text', version: 'text', kind: 'text', fieldSpecs: SPECS } },
    },
    varReference: SPECS,
    images: SPECS,
    replicas: SPECS,
  },
};

interface Configuration extends Partial<Omit<TransformerFields, 'nameReference'>> {
  readonly nameReference?: readonly (Omit<NameReference, 'referrers'> & {
    readonly fieldSpecs?: readonly FieldSpec[];
  })[];
}

/** Reads a file of `configurations`. Throws Failure `InvalidKustomization` naming the field. */
export const parseConfiguration = (text: string, file: string): TransformerFields => {
  const [document] = parseYamlDocuments(text, file);
  // The shape is the type's.
  const { nameReference = [], ...fields } = (decode(document, CONFIGURATION, '') ?? {}) as Configuration;
  const references = nameReference.map(({ fieldSpecs = [], ...gvk }) => ({ ...gvk, referrers: fieldSpecs }));
  return { ...NO_FIELDS, ...fields, nameReference: references };
};

/** Reads a file of `crds`: OpenAPI definitions by type, whose extensions say what a field is. */
export const parseCrdFields = (text: string, file: string): TransformerFields => {
  const [document] = parseYamlDocuments(text, file);
  const definitions = isObject(document) ? document : {};
  let fields = NO_FIELDS;
  for (const name of Object.keys(definitions)) {
    const properties = propertiesOf(definitions, name);
    if (!['kind', 'apiVersion', 'metadata'].every((field) => Object.hasOwn(properties, field))) continue;
    const kind = name.slice(name.lastIndexOf('.') + 1);
    for (const found of readType(definitions, { kind, type: name, path: [], visited: [] }))
      fields = mergeTransformerFields(fields, found);
  }
  return fields;
};

interface TypePlace {
  readonly kind: string;
  readonly type: string;
  readonly path: readonly string[];
  /** Types this one stands in, so that one that holds itself ends. */
  readonly visited: readonly string[];
}

const propertiesOf = (definitions: Record<string, unknown>, type: string): Record<string, unknown> => {
  const definition = Object.hasOwn(definitions, type) ? definitions[type] : undefined;
  const schema = isObject(definition) ? (definition['Schema'] ?? definition['schema']) : undefined;
  const properties = isObject(schema) ? schema['properties'] : undefined;
  return isObject(properties) ? properties : {};
};

const readType = (definitions: Record<string, unknown>, place: TypePlace): readonly TransformerFields[] => {
  if (place.visited.includes(place.type)) return [];
  return Object.entries(propertiesOf(definitions, place.type)).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const path = [...place.path, name];
    const reference = property['$ref'];
    const below =
      typeof reference === 'string'
        ? readType(definitions, { ...place, type: reference, path, visited: [...place.visited, place.type] })
        : [];
    return [...readProperty(property, { ...place, path }), ...below];
  });
};

const readProperty = (property: Record<string, unknown>, { kind, path }: TypePlace): readonly TransformerFields[] => {
  const spec: FieldSpec = { kind, path: path.join('/') };
  const has = (extension: string): boolean => typeof property[extension] === 'string';
  const found: TransformerFields[] = [];
  if (has('x-kubernetes-annotation')) found.push({ ...NO_FIELDS, commonAnnotations: [spec] });
  if (has('x-kubernetes-label-selector')) found.push({ ...NO_FIELDS, commonLabels: [spec] });
  if (has('x-kubernetes-identity')) found.push({ ...NO_FIELDS, namePrefix: [spec] });
  const version = property['x-kubernetes-object-ref-api-version'];
  const target = property['x-kubernetes-object-ref-kind'];
  const key = property['x-kubernetes-object-ref-name-key'];
  if (typeof version !== 'string' || typeof target !== 'string') return found;
  const referrer = { kind, path: [...path, typeof key === 'string' ? key : 'name'].join('/') };
  return [...found, { ...NO_FIELDS, nameReference: [{ kind: target, version, referrers: [referrer] }] }];
};
