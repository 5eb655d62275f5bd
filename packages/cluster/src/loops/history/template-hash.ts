/**
 * The hash of a pod template. Upstream hashes Go's printed struct, which no other program can repeat; what users rely on
 * is that it is stable, spelt in the safe alphabet and the same in names and labels.
 */
import { fnv1a32, safeEncode } from '@argosy/base';
import type { PodTemplateSpec } from '@argosy/kube';

/** Hashes a template; a collision count above 0 gives another hash for the same template. Pure. */
export const templateHash = (template: PodTemplateSpec, collisions: number): string =>
  safeEncode(String(fnv1a32(`${canonical(template)}${collisions > 0 ? `#${collisions}` : ''}`)));

/** JSON with sorted keys: two equal values are written alike. Pure. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`;
};
