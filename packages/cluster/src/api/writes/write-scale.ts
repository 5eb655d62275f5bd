/**
 * Writes of the scale subresource: who scales owns the number, as an owner by this subresource.
 */
import { isObject } from '@argosy/base';
import type { Patch, WriteOptions } from '@argosy/client';
import {
  ApiStatusError,
  applyJsonPatch,
  applyMergePatch,
  toApiVersion,
  type KubeObject,
  type ObjectKey,
  type ScalePaths,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { ApiContext } from '../api-context.ts';
import { getObject } from '../reads/read-objects.ts';
import { replicasPatch, scaleOfObject, wantedReplicas, type Scale } from '../reads/scale-of-object.ts';
import { patchObject } from './write-objects.ts';

/** A write of the scale of one object. */
export interface ScaleWrite {
  readonly key: ObjectKey;
  readonly options?: WriteOptions;
}

/** Replaces a scale. Throws NotFound, Conflict, Invalid, BadRequest, and NotFound for a kind without scales. */
export const updateScale = (
  context: ApiContext,
  kind: ServedKind,
  of: ScaleWrite & { readonly scale: unknown },
): Promise<Scale> => merge(context, kind, { ...of, guard: guardOf(of.scale) });

/** Patches or applies a scale. Throws what a replacement throws. */
export const patchScale = async (
  context: ApiContext,
  kind: ServedKind,
  of: ScaleWrite & { readonly patch: Patch },
): Promise<Scale> => {
  const { key, patch } = of;
  if (patch.kind === 'apply') return applyScale(context, kind, { ...of, patch });
  const current = scaleOfObject(pathsOf(kind), await getObject(context, kind, key));
  const scale = patchedScale(current, patch);
  return merge(context, kind, { ...of, scale, guard: guardOf(scale, current) });
};

const pathsOf = ({ scale }: ServedKind): ScalePaths => {
  if (scale) return scale;
  throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
};

/** A merge keeps what the object says besides; this names versions only where the caller did. */
const merge = async (
  context: ApiContext,
  kind: ServedKind,
  of: ScaleWrite & { readonly scale: unknown; readonly guard: object },
): Promise<Scale> => {
  const paths = pathsOf(kind);
  const patch = { ...replicasPatch(paths, wantedReplicas(of.scale, of.key.name)), ...of.guard };
  return scaleOfObject(paths, await patchObject(context, kind, { ...written(of), patch: { kind: 'merge', patch } }));
};

const applyScale = async (
  context: ApiContext,
  kind: ServedKind,
  of: ScaleWrite & { readonly patch: Extract<Patch, { readonly kind: 'apply' }> },
): Promise<Scale> => {
  const { key, patch } = of;
  const paths = pathsOf(kind);
  checkIsScale(patch.object);
  const fields = replicasPatch(paths, wantedReplicas(patch.object, key.name));
  const object = { apiVersion: toApiVersion(kind), kind: kind.kind, metadata: { ...key }, ...fields };
  return scaleOfObject(paths, await patchObject(context, kind, { ...written(of), patch: { ...patch, object } }));
};

/** What is applied is typed: another kind's fields would be lost without a word. */
const checkIsScale = (object: object): void => {
  const { apiVersion = 'autoscaling/v1', kind = 'Scale' } = object as Partial<KubeObject>;
  if (apiVersion === 'autoscaling/v1' && kind === 'Scale') return;
  throw new ApiStatusError('BadRequest', `invalid object type: ${apiVersion}, Kind=${kind}`);
};

const written = ({ key, options }: ScaleWrite) => ({ key, options: { ...options, subresource: 'scale' as const } });

/** A scale has no lists: the strategic way is the plain one. */
const patchedScale = (current: Scale, patch: Exclude<Patch, { readonly kind: 'apply' }>): unknown => {
  if (patch.kind !== 'json') return applyMergePatch(current, patch.patch);
  const patched = applyJsonPatch(current, patch.operations, { asV4: true });
  if (patched.ok) return patched.value;
  throw new ApiStatusError('Invalid', `the server rejected our request: ${patched.error}`);
};

/** What the caller says of the object they mean; what they have from us says nothing. */
const guardOf = (wanted: unknown, known?: KubeObject): object => {
  const metadata = isObject(wanted) && isObject(wanted['metadata']) ? wanted['metadata'] : {};
  const said = (['uid', 'resourceVersion'] as const).filter(
    (name) => metadata[name] && metadata[name] !== known?.metadata[name],
  );
  return said.length > 0 ? { metadata: Object.fromEntries(said.map((name) => [name, metadata[name]])) } : {};
};
