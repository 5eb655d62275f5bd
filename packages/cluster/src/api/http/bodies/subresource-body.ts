/**
 * Bodies of subresources that have a kind of their own and are not kept: bindings, evictions.
 */
import { isObject } from '@argosy/base';
import { ApiStatusError, type KubeObject } from '@argosy/kube';

import { checkType, typeProblem, unrecognized } from '../../body-types.ts';
import type { Call } from '../resource-call.ts';

/** The kind a body should have. */
export interface BodyKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * The body, which is about the object of the address and no other: that one was permitted. A collection's is about any in
 * it. Its type may be left out.
 * Throws BadRequest.
 */
export const subresourceBody = ({ kind, context, request }: Call, wanted: BodyKind): KubeObject => {
  const { body, path } = request;
  if (!isObject(body)) throw unrecognized(wanted.kind, typeProblem(body), JSON.stringify(body) ?? '');
  const apiVersion = wanted.group === '' ? wanted.version : `${wanted.group}/${wanted.version}`;
  const object = { metadata: {}, ...body, ...typed(body, { apiVersion, kind: wanted.kind }) } as unknown as KubeObject;
  checkType(context.registry.all(), { ...kind, ...wanted, custom: false }, object);
  const { name, namespace } = object.metadata;
  if (namespace && namespace !== path.namespace)
    throw new ApiStatusError(
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  if (path.name === undefined || name === path.name) return object;
  throw new ApiStatusError('BadRequest', `name in URL does not match name in ${wanted.kind} object`);
};

const typed = (
  body: Readonly<Record<string, unknown>>,
  wanted: { readonly apiVersion: string; readonly kind: string },
): object => ({ apiVersion: body['apiVersion'] || wanted.apiVersion, kind: body['kind'] || wanted.kind });
