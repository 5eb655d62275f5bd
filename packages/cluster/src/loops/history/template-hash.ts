/**
 * The hash of a pod template. Upstream hashes Go's printed struct, which no other program can repeat; what users rely on
 * is that it is stable, spelt in the safe alphabet and the same in names and labels.
 */
import { canonicalText, fnv1a32, safeEncode } from '@argosy/base';
import type { PodTemplateSpec } from '@argosy/kube';

/** Hashes a template; a collision count above 0 gives another hash for the same template. Pure. */
export const templateHash = (template: PodTemplateSpec, collisions: number): string =>
  safeEncode(String(fnv1a32(`${canonicalText(template)}${collisions > 0 ? `#${collisions}` : ''}`)));
