/**
 * The scale subresource: how many of something there are and should be, whatever its kind.
 * @upstream kubernetes pkg/apis/autoscaling
 */
import { isObject } from '@argosy/base';
import type { Patch } from '@argosy/client';
import {
  ApiStatusError,
  applyJsonPatch,
  applyMergePatch,
  formatLabelSelector,
  invalidField,
  invalidObject,
  toApiVersion,
  valueAtPath,
  type KubeObject,
  type ObjectKey,
  type ScalePaths,
} from '@argosy/kube';

import { patchObject } from '../write-objects.ts';
import { one } from './object-answers.ts';
import {
  notAllowed,
  objectFrom,
  patchFrom,
  typeOf,
  writeOptions,
  type Call,
  type ResourceAnswer,
} from './resource-call.ts';

/** Answers GET, PUT and PATCH of a scale. Throws MethodNotAllowed, BadRequest, Invalid, NotFound, Conflict. */
export const answerScale = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { client, kind, request } = call;
  const { scale } = kind;
  if (!scale || !['GET', 'PUT', 'PATCH'].includes(request.method)) throw notAllowed();
  const answer = (object: KubeObject): ResourceAnswer =>
    one(
      { ...call, kind: { ...kind, group: 'autoscaling', kind: 'Scale', custom: false } },
      200,
      scaleOf(scale, object),
    );
  if (request.method === 'GET') return answer(await client.get(typeOf(kind), key));
  return answer(await writeScale(call, key, scale));
};

/** Who scales owns the number, as an owner by this subresource. */
const writeScale = async (call: Call, key: ObjectKey, paths: ScalePaths): Promise<KubeObject> => {
  const { context, client, kind, request } = call;
  const options = { ...writeOptions(call), subresource: 'scale' as const };
  const inObject = (wanted: unknown): object =>
    paths.specReplicasPath
      .split('.')
      .filter((part) => part !== '')
      .reduceRight<unknown>((inner, field) => ({ [field]: inner }), replicasOf(wanted, key)) as object;
  const merge = (wanted: unknown, guard: object): Promise<KubeObject> => {
    // A merge keeps what the object says besides; this names versions only where the caller did.
    const patch = { ...inObject(wanted), ...guard };
    return patchObject(context, kind, { key, patch: { kind: 'merge', patch }, options });
  };
  if (request.method === 'PUT') {
    const wanted = objectFrom(call);
    return merge(wanted, guardOf(wanted));
  }
  const given = patchFrom(call);
  const current = scaleOf(paths, await client.get(typeOf(kind), key));
  const wanted = patchedScale(current, given);
  if (given.kind !== 'apply') return merge(wanted, guardOf(wanted, current));
  const applied = { apiVersion: toApiVersion(kind), kind: kind.kind, metadata: { ...key }, ...inObject(given.object) };
  return patchObject(context, kind, { key, patch: { ...given, object: applied }, options });
};

const scaleOf = (scale: ScalePaths, object: KubeObject): KubeObject => {
  const selector = scale.labelSelectorPath ? valueAtPath(object, scale.labelSelectorPath) : undefined;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: valueAtPath(object, scale.specReplicasPath) ?? 0 },
    status: {
      replicas: valueAtPath(object, scale.statusReplicasPath) ?? 0,
      ...(typeof selector === 'string'
        ? { selector }
        : isObject(selector)
          ? { selector: formatLabelSelector(isLabelSelector(selector) ? selector : { matchLabels: selector }) }
          : {}),
    },
  };
};

/** Replication controllers select by labels alone. */
const isLabelSelector = (selector: object): boolean => 'matchLabels' in selector || 'matchExpressions' in selector;

/** A scale has no lists: the strategic way is the plain one. */
const patchedScale = (current: KubeObject, patch: Patch): unknown => {
  if (patch.kind === 'apply') return applyMergePatch(current, patch.object);
  if (patch.kind !== 'json') return applyMergePatch(current, patch.patch);
  const patched = applyJsonPatch(current, patch.operations, { asV4: true });
  if (patched.ok) return patched.value;
  throw new ApiStatusError('Invalid', `the server rejected our request: ${patched.error}`);
};

const replicasOf = (wanted: unknown, key: ObjectKey): number => {
  const spec = isObject(wanted) ? wanted['spec'] : undefined;
  const replicas = (isObject(spec) ? spec['replicas'] : undefined) ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw new ApiStatusError('BadRequest', 'spec.replicas: Invalid value: must be a whole number from 0');
  if (replicas >= 0) return replicas;
  throw invalidObject({ group: 'autoscaling', version: 'v1', kind: 'Scale' }, key.name, [
    invalidField('spec.replicas', replicas, 'must be greater than or equal to 0'),
  ]);
};

/** What the caller says of the object they mean; what they have from us says nothing. */
const guardOf = (wanted: unknown, known?: KubeObject): object => {
  const metadata = isObject(wanted) && isObject(wanted['metadata']) ? wanted['metadata'] : {};
  const said = (['uid', 'resourceVersion'] as const).filter(
    (name) => metadata[name] && metadata[name] !== known?.metadata[name],
  );
  return said.length > 0 ? { metadata: Object.fromEntries(said.map((name) => [name, metadata[name]])) } : {};
};
