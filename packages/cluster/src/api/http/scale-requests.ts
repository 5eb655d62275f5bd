/**
 * The scale subresource: how many of something there are and should be, whatever its kind.
 * @upstream kubernetes pkg/apis/autoscaling
 */
import { isObject } from '@argosy/base';
import { ApiStatusError, formatLabelSelector, valueAtPath, type KubeObject, type ObjectKey } from '@argosy/kube';

import { isDryRun, notAllowed, typeOf, type Call, type ResourceAnswer } from './resource-call.ts';

/** Answers GET, PUT and PATCH of a scale. Throws MethodNotAllowed, BadRequest, NotFound. */
export const answerScale = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { client, kind, request } = call;
  const scale = kind.scale;
  if (!scale) throw notAllowed(request.method);
  const describe = (object: KubeObject): unknown => {
    const selector = scale.labelSelectorPath ? valueAtPath(object, scale.labelSelectorPath) : undefined;
    return {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: {
        name: key.name,
        namespace: key.namespace,
        uid: object.metadata.uid,
        resourceVersion: object.metadata.resourceVersion,
        creationTimestamp: object.metadata.creationTimestamp,
      },
      spec: { replicas: valueAtPath(object, scale.specReplicasPath) ?? 0 },
      status: {
        replicas: valueAtPath(object, scale.statusReplicasPath) ?? 0,
        ...(typeof selector === 'string'
          ? { selector }
          : isObject(selector)
            ? { selector: formatLabelSelector(selector) }
            : {}),
      },
    };
  };
  if (request.method === 'GET')
    return { kind: 'json', status: 200, value: describe(await client.get(typeOf(kind), key)) };
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw notAllowed(request.method);
  const body = isObject(request.body) ? request.body : {};
  const spec = isObject(body['spec']) ? body['spec'] : {};
  const replicas = spec['replicas'];
  if (!Number.isInteger(replicas) || (replicas as number) < 0)
    throw new ApiStatusError('BadRequest', 'spec.replicas: Invalid value: must be a whole number from 0');
  const fields = scale.specReplicasPath.split('.').filter((part) => part !== '');
  const patch = fields.reduceRight<unknown>((inner, field) => ({ [field]: inner }), replicas);
  return {
    kind: 'json',
    status: 200,
    value: describe(
      await client.patch(typeOf(kind), key, { kind: 'merge', patch: patch as object }, { dryRun: isDryRun(request) }),
    ),
  };
};
