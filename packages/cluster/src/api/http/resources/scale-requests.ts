/**
 * The scale subresource: how many of something there are and should be, whatever its kind.
 * @upstream kubernetes pkg/apis/autoscaling
 */
import { isApiError, type KubeObject, type ObjectKey } from '@argosy/kube';

import { resourceName } from '../../api-context.ts';
import { checkReplicasThere, scaleNotFound, scaleOfObject } from '../../reads/scale-of-object.ts';
import { patchScale, updateScale } from '../../writes/write-scale.ts';
import { one } from '../answers/object-answers.ts';
import {
  notAllowed,
  objectFrom,
  patchFrom,
  typeOf,
  writeOptions,
  type Call,
  type ResourceAnswer,
} from '../resource-call.ts';

/** Answers GET, PUT and PATCH of a scale. Throws MethodNotAllowed, BadRequest, Invalid, NotFound, Conflict. */
export const answerScale = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { context, kind, request } = call;
  const write = { key, options: writeOptions(call) };
  const answer = (scale: KubeObject): ResourceAnswer =>
    one({ ...call, kind: { ...kind, group: 'autoscaling', kind: 'Scale', custom: false } }, 200, scale);
  switch (request.method) {
    case 'GET':
      return answer(await readScale(call, key));
    case 'PUT':
      return answer(await updateScale(context, kind, { ...write, scale: objectFrom(call) }));
    case 'PATCH':
      return answer(await patchScale(context, kind, { ...write, patch: patchFrom(call) }));
    default:
      throw notAllowed();
  }
};

const readScale = async ({ client, kind }: Call, key: ObjectKey): Promise<KubeObject> => {
  if (!kind.scale) throw notAllowed();
  try {
    const object = await client.get(typeOf(kind), key);
    checkReplicasThere(kind.scale, object);
    return scaleOfObject(kind.scale, object);
  } catch (thrown) {
    throw isApiError(thrown, 'NotFound') ? scaleNotFound(resourceName(kind), key.name) : thrown;
  }
};
