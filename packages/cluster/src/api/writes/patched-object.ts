/**
 * An object after a patch, before any other rule. Throws BadRequest, Invalid, UnsupportedMediaType.
 */
import { isObject } from '@argosy/base';
import type { Patch } from '@argosy/client';
import {
  ApiStatusError,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  type KubeObject,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** Applies a patch. */
export const patchedObject = (
  kind: ServedKind,
  current: KubeObject,
  patch: Exclude<Patch, { readonly kind: 'apply' }>,
): KubeObject => {
  switch (patch.kind) {
    case 'json': {
      const patched = applyJsonPatch(current, patch.operations, { asV4: true });
      if (!patched.ok) throw new ApiStatusError('Invalid', `the server rejected our request: ${patched.error}`);
      return asObject(patched.value);
    }
    case 'merge':
      return asObject(applyMergePatch(current, patch.patch));
    case 'strategic':
      if (kind.custom)
        throw new ApiStatusError(
          'UnsupportedMediaType',
          `strategic merge patch does not apply to ${kind.kind}: send a merge patch`,
        );
      return strategically(kind, current, patch.patch);
  }
};

const strategically = (kind: ServedKind, current: KubeObject, patch: unknown): KubeObject => {
  const patched = applyStrategicMergePatch(current, patch, kind.schema ?? {});
  if (!patched.ok) throw new ApiStatusError('Invalid', `the server rejected our request: ${patched.error}`);
  return asObject(patched.value);
};

const asObject = (patched: unknown): KubeObject => {
  if (!isObject(patched)) throw new ApiStatusError('BadRequest', 'the patch leaves no object');
  const metadata = patched['metadata'] ?? {};
  if (!isObject(metadata))
    throw new ApiStatusError('BadRequest', 'the patch leaves no object: its metadata must be an object');
  if (metadata !== patched['metadata']) return { ...patched, metadata } as unknown as KubeObject;
  return patched as unknown as KubeObject;
};
