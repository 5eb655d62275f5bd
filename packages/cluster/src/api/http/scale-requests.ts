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
  valueAtPath,
  type KubeObject,
  type ObjectKey,
  type ScalePaths,
} from '@argosy/kube';

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
  const wanted =
    request.method === 'PUT'
      ? objectFrom(call)
      : patchedScale(scaleOf(scale, await client.get(typeOf(kind), key)), patchFrom(call));
  const fields = scale.specReplicasPath.split('.').filter((part) => part !== '');
  const change = fields.reduceRight<unknown>((inner, field) => ({ [field]: inner }), replicasOf(wanted, key));
  // A merge keeps what the object says besides; this names versions only where the caller did.
  const patch = { ...(change as object), ...(request.method === 'PUT' ? guardOf(wanted) : {}) };
  return answer(await client.patch(typeOf(kind), key, { kind: 'merge', patch }, writeOptions(call)));
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

/** A scale has no lists: the strategic way is the plain one, and so is an apply. */
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

const guardOf = (wanted: unknown): object => {
  const metadata = isObject(wanted) && isObject(wanted['metadata']) ? wanted['metadata'] : {};
  const { uid, resourceVersion } = metadata;
  return uid || resourceVersion
    ? { metadata: { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) } }
    : {};
};
