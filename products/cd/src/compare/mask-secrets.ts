/**
 * Secrets as people may see them: each value is a run of plus signs, a longer one for each further distinct value of a
 * key, so that equal and different stay visible and neither content nor length does. @spec CD-REC-14
 */
import { isObject } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import { LAST_APPLIED, normalizeManifest } from './normalize.ts';

const SHORTEST_MASK = 8;

/** Masks several states of one Secret together; objects of other kinds come back as they are. */
export const maskTogether = <T extends KubeObject | undefined>(states: readonly T[]): readonly T[] => {
  if (!states.some((state) => state && isSecret(state))) return states;
  const seen = new Map<string, string[]>();
  const mask = (key: string, value: unknown): string => {
    const values = seen.get(key) ?? [];
    seen.set(key, values);
    const text = JSON.stringify(value);
    if (!values.includes(text)) values.push(text);
    return '+'.repeat(SHORTEST_MASK + values.indexOf(text));
  };
  // The states themselves come first, so that their masks do not depend on what was applied once.
  const masked = states.map((state) => (state ? maskData(state, mask) : state));
  return masked.map((state) => (state ? maskLastApplied(state, mask) : state)) as readonly T[];
};

type Mask = (key: string, value: unknown) => string;

const isSecret = (object: KubeObject): boolean => object.kind === 'Secret' && object.apiVersion === 'v1';

const maskData = <T extends KubeObject>(object: T, mask: Mask): T => {
  const { data, ...rest } = normalizeManifest(object) as KubeObject & { readonly data?: unknown };
  if (!isObject(data)) return object;
  return {
    ...rest,
    data: Object.fromEntries(Object.keys(data).map((key) => [key, mask(key, data[key])])),
  } as unknown as T;
};

const maskLastApplied = <T extends KubeObject>(object: T, mask: Mask): T => {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return object;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, [LAST_APPLIED]: maskText(text, mask) },
    },
  };
};

/** An annotation that cannot be read is masked as a whole. */
const maskText = (text: string, mask: Mask): string => {
  try {
    const applied = JSON.parse(text) as unknown;
    if (isObject(applied) && isObject(applied['metadata']))
      return JSON.stringify(maskData(applied as unknown as KubeObject, mask));
  } catch {
    // Falls through to the mask.
  }
  return '+'.repeat(SHORTEST_MASK);
};
