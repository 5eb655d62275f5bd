/**
 * What an update leaves as it was: faults in it are not held against whoever writes, though its schema has become
 * stricter since. Pure.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/validation/ratcheting.go
 */
import { isEqual, isObject } from '@argosy/base';
import { subjectOf, type FieldError, type StructuralSchema } from '@argosy/kube';

/** The findings of `object` that are not about parts it shares with `before`. */
export const ratchetedFindings = (
  findings: readonly FieldError[],
  of: { readonly schema: StructuralSchema; readonly object: unknown; readonly before: unknown },
): readonly FieldError[] => {
  if (findings.length === 0) return findings;
  const unchanged = new Set<string>();
  collect(of, '', unchanged);
  return findings.filter((finding) => {
    const named = subjectOf(finding);
    // What stands twice is a fault of the list.
    const subject = finding.reason === 'FieldValueDuplicate' ? named.replace(/\[\d+\]$/, '') : named;
    return !unchanged.has(subject) && !pathsAbove(subject).some((path) => unchanged.has(path));
  });
};

const pathsAbove = (field: string): readonly string[] => [
  '',
  ...[...field.matchAll(/[.[]/g)].map(({ index }) => field.slice(0, index)),
];

type Part = { readonly schema: StructuralSchema | undefined; readonly object: unknown; readonly before: unknown };

/** Adds the paths of the largest parts that are as they were; members of lists are found again by their keys alone. */
const collect = ({ schema, object, before }: Part, path: string, into: Set<string>): void => {
  if (object === undefined || before === undefined) return;
  if (isEqual(object, before)) {
    into.add(path);
    return;
  }
  if (isObject(object) && isObject(before)) {
    for (const [name, value] of Object.entries(object)) {
      const part = { schema: memberSchema(schema, name), object: value, before: ownOf(before, name) };
      collect(part, path === '' ? name : `${path}.${name}`, into);
    }
    return;
  }
  if (!Array.isArray(object) || !Array.isArray(before) || schema?.['x-kubernetes-list-type'] !== 'map') return;
  const keys = (schema['x-kubernetes-list-map-keys'] as readonly string[] | undefined) ?? [];
  const known = new Map(before.map((item: unknown) => [keyOf(item, keys), item]));
  object.forEach((item: unknown, at) => {
    collect({ schema: schema.items, object: item, before: known.get(keyOf(item, keys)) }, `${path}[${at}]`, into);
  });
};

const memberSchema = (schema: StructuralSchema | undefined, name: string): StructuralSchema | undefined => {
  const { properties, additionalProperties } = schema ?? {};
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  return isObject(additionalProperties) ? (additionalProperties as StructuralSchema) : undefined;
};

const ownOf = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const keyOf = (item: unknown, keys: readonly string[]): string =>
  JSON.stringify(isObject(item) ? keys.map((key) => ownOf(item, key) ?? null) : item);
