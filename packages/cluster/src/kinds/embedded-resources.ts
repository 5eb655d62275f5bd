/**
 * Objects within custom objects (`x-kubernetes-embedded-resource`): each has a version, a kind, and metadata as all have.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta
 */
import { isObject } from '@argosy/base';
import {
  decodeProblem,
  invalidField,
  mapItems,
  mapMembers,
  MESSAGES,
  OBJECT_PROPERTIES,
  pruneUnknown,
  validateAnnotations,
  validateDns1035Label,
  validateDns1123Label,
  validateLabelKey,
  validateLabels,
  validatePathSegmentName,
  type FieldError,
  type StructuralSchema,
} from '@argosy/kube';

type Members = Readonly<Record<string, unknown>>;

/** Whether objects of a schema may hold others. */
export const holdsResources = (schema: StructuralSchema): boolean =>
  schema['x-kubernetes-embedded-resource'] === true || partsOf(schema).some(holdsResources);

/** The object without what metadata of objects within it does not have; itself when there is nothing of it. */
export const withKnownMetadata = <T>(schema: StructuralSchema, value: T): T => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? (mapItems(value, (item) => withKnownMetadata(items, item)) as T) : value;
  }
  return isObject(value) ? (mapMembers(value, (part, name) => keptMember(schema, name, part)) as T) : value;
};

/** Findings of the objects within one; those of what they must have at all are its schema's. */
export const resourceFindings = (schema: StructuralSchema, value: unknown, path = ''): readonly FieldError[] => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item: unknown, at) => resourceFindings(items, item, `${path}[${at}]`)) : [];
  }
  if (!isObject(value)) return [];
  const own = schema['x-kubernetes-embedded-resource'] === true ? identityFindings(value, path) : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([name, part]) => {
      const inner = memberSchema(schema, name);
      return inner ? resourceFindings(inner, part, path === '' ? name : `${path}.${name}`) : [];
    }),
  ];
};

const partsOf = ({
  properties,
  items,
  additionalProperties: values,
}: StructuralSchema): readonly StructuralSchema[] => [
  ...Object.values(properties ?? {}),
  ...(items ? [items] : []),
  ...(typeof values === 'object' ? [values] : []),
];

const memberSchema = (schema: StructuralSchema, name: string): StructuralSchema | undefined => {
  const { properties, additionalProperties: values } = schema;
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  return typeof values === 'object' ? values : undefined;
};

const keptMember = (schema: StructuralSchema, name: string, part: unknown): unknown => {
  if (schema['x-kubernetes-embedded-resource'] === true && name === 'metadata')
    return pruneUnknown(OBJECT_PROPERTIES.metadata, part);
  const inner = memberSchema(schema, name);
  return inner ? withKnownMetadata(inner, part) : part;
};

const identityFindings = (resource: Members, path: string): readonly FieldError[] => {
  const { apiVersion, kind, metadata } = resource;
  const kindProblems = typeof kind === 'string' && kind !== '' ? validateDns1035Label(kind.toLowerCase()) : [];
  return [
    ...(typeof apiVersion === 'string' && apiVersion.split('/').length > 2
      ? [invalidField(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
      : []),
    ...(kindProblems.length > 0
      ? [
          invalidField(
            `${path}.kind`,
            kind,
            `may have mixed case, but should otherwise match: ${kindProblems.join(',')}`,
          ),
        ]
      : []),
    ...(metadata === undefined ? [] : metadataFindings(metadata, `${path}.metadata`)),
  ];
};

const metadataFindings = (metadata: unknown, path: string): readonly FieldError[] => {
  const misread = decodeProblem(MESSAGES, 'meta.ObjectMeta', metadata);
  if (misread !== undefined) return [invalidField(path, metadata, misread)];
  // Read as its type has it: what is there is of the right type.
  const { name, namespace, labels, annotations, finalizers } = (metadata ?? {}) as {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  return [
    ...(name ? validatePathSegmentName(name) : []).map((problem) => invalidField(`${path}.name`, name, problem)),
    ...(namespace ? validateDns1123Label(namespace) : []).map((problem) =>
      invalidField(`${path}.namespace`, namespace, problem),
    ),
    ...validateLabels(labels, `${path}.labels`),
    ...validateAnnotations(annotations, `${path}.annotations`),
    ...(finalizers ?? []).flatMap((finalizer) =>
      validateLabelKey(finalizer).map((problem) => invalidField(`${path}.finalizers`, finalizer, problem)),
    ),
  ];
};
