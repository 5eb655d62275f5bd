/**
 * Fields a schema does not declare: dropped before storing, or named.
 * @spec https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 * @upstream k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning
 */
import { isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { forbiddenField, type FieldError } from '../objects/field-error.ts';
import { ABSENT, mapItems, mapMembers } from './rebuild.ts';
import {
  additionalOf,
  isObjectMember,
  memberPath,
  pathOf,
  preservesUnknown,
  propertyOf,
  type Place,
} from './schema-parts.ts';

/** Hears of an undeclared member; the path is written only where it is asked for. */
type Report = (place: Place, name: string) => void;

/** Most fields that are told of one value, as upstream's strict decoder has it. */
const MOST_TOLD = 100;

/**
 * Drops what the schema does not declare. `apiVersion`, `kind` and `metadata` stay at the root and in embedded
 * resources. Parts without unknown fields are shared with the input.
 */
export const pruneUnknown = <T>(schema: StructuralSchema, value: T): T =>
  prune(schema, value, ROOT, () => undefined) as T;

/** Paths of the first fields `pruneUnknown` would drop, in the order of the value, e.g. `spec.containers[0].y`. */
export const unknownFields = (schema: StructuralSchema, value: unknown): readonly string[] => {
  const found: string[] = [];
  prune(schema, value, ROOT, (place, name) => {
    if (found.length < MOST_TOLD) found.push(memberPath(pathOf(place), name));
  });
  return found;
};

/**
 * Findings for every field of an object that this program's schema of its kind lacks: nothing is ignored silently.
 * The root's `apiVersion`, `kind`, `metadata` and `status` are not looked at.
 */
export const unsupportedFields = (schema: StructuralSchema, object: object): readonly FieldError[] =>
  unknownFields(
    schema,
    mapMembers(object as Readonly<Record<string, unknown>>, (part, name) => (name === 'status' ? ABSENT : part)),
  ).map((path) => forbiddenField(path, 'not supported yet; remove it'));

const ROOT: Place = { within: undefined, part: '' };

const prune = (schema: StructuralSchema, value: unknown, place: Place, report: Report): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? value
      : mapItems(value, (item, index) => prune(items, item, { within: place, part: index }, report));
  }
  if (!isObject(value)) return value;
  const keepsObjectMembers = place === ROOT || schema['x-kubernetes-embedded-resource'] === true;
  return mapMembers(value, (part, name) => {
    if (keepsObjectMembers && isObjectMember(name)) return part;
    const inner = propertyOf(schema, name) ?? additionalOf(schema);
    if (inner) {
      // Texts and numbers have nothing below them.
      return typeof part === 'object' ? prune(inner, part, { within: place, part: name }, report) : part;
    }
    if (preservesUnknown(schema)) return part;
    report(place, name);
    return ABSENT;
  });
};
