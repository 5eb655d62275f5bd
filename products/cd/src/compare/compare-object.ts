/**
 * Whether a live object is what its manifest asks for, and what applying the manifest would make of it.
 */
import { isObject } from '@argosy/base';
import { gvkOf, type KubeObject } from '@argosy/kube';

import { LAST_APPLIED, meanSame, normalizeLive, normalizeManifest } from './normalize.ts';
import { threeWayMerge } from './three-way-merge.ts';
import type { ApplicationSpec } from '../api/application.ts';

/** The outcome of a comparison. */
export interface ObjectComparison {
  readonly modified: boolean;
  /** The live object as it would be after applying; server-written fields as they are now. */
  readonly predicted: KubeObject;
}

type IgnoreRule = NonNullable<ApplicationSpec['ignoreDifferences']>[number];

/** Compares a manifest (tracking annotation set) with its live object. */
export const compareObject = (
  desired: KubeObject,
  live: KubeObject,
  ignored: readonly IgnoreRule[] = [],
): ObjectComparison => {
  const manifest = normalizeManifest(desired);
  const predicted = threeWayMerge(lastAppliedOf(live), manifest, live) as KubeObject;
  const forms = comparableForms({ live, predicted, ignored });
  return { modified: !meanSame(forms.predicted, forms.live), predicted };
};

/** The two sides of a comparison: without what only the server writes and without ignored fields. */
export const comparableForms = (of: {
  readonly live: KubeObject | undefined;
  readonly predicted: KubeObject | undefined;
  readonly ignored: readonly IgnoreRule[] | undefined;
}): { readonly live: unknown; readonly predicted: unknown } => {
  const without = (object: KubeObject | undefined): unknown =>
    object &&
    (of.ignored ?? [])
      .filter((rule) => concerns(rule, object))
      .flatMap((rule) => rule.jsonPointers ?? [])
      .reduce<unknown>(removeAt, normalizeLive(object));
  return { live: without(of.live), predicted: without(of.predicted) };
};

/** Names of the fields that differ, as JSON pointers, for people; at most `limit`. */
export const differingFields = (left: unknown, right: unknown, limit = 20, path = ''): readonly string[] => {
  if (meanSame(left, right)) return [];
  if (!isObject(left) || !isObject(right)) return [path === '' ? '/' : path];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names
    .flatMap((name) =>
      differingFields(left[name], right[name], limit, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    )
    .slice(0, limit);
};

const lastAppliedOf = (live: KubeObject): unknown => {
  const text = live.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Anybody may write annotations: one that is no JSON only means that we do not know what was applied.
    return undefined;
  }
};

/** @spec CD-DIFF-08 */
const concerns = (rule: IgnoreRule, object: KubeObject): boolean => {
  const { group, kind } = gvkOf(object);
  const isKind = (rule.group ?? '') === '*' || (rule.group ?? '') === group;
  const isNamed = !rule.name || rule.name === object.metadata.name;
  const isPlaced = !rule.namespace || rule.namespace === object.metadata.namespace;
  return isKind && (rule.kind === '*' || rule.kind === kind) && isNamed && isPlaced;
};

/** Removes what a JSON pointer names; nothing when it names nothing (CD-DIFF-09). */
const removeAt = (value: unknown, pointer: string): unknown =>
  removeParts(
    value,
    pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
  );

const removeParts = (value: unknown, [part, ...rest]: readonly string[]): unknown => {
  if (part === undefined) return value;
  if (Array.isArray(value)) {
    const at = Number(part);
    if (!Number.isInteger(at) || at < 0 || at >= value.length) return value;
    return rest.length === 0 ? value.toSpliced(at, 1) : value.with(at, removeParts(value[at], rest));
  }
  if (!isObject(value) || !Object.hasOwn(value, part)) return value;
  const { [part]: removed, ...kept } = value;
  return rest.length === 0 ? kept : { ...kept, [part]: removeParts(removed, rest) };
};
