/**
 * Objects that do not fit the types of their kind. Kubernetes finds that before anything else; here it is looked for when
 * a write has failed, so that objects that fit cost nothing.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go#transformDecodeError
 */
import { ApiStatusError, decodeProblem, messageNameOf, toApiVersion, type KubeObject } from '@argosy/kube';

import type { ServedKind } from '../kinds/served-kind.ts';
import type { ApiContext } from './api-context.ts';

/** Runs a write of an object as it was given. Throws what the write throws, and BadRequest when the object does not fit its types. */
export const orUndecodable = async <T>(
  context: ApiContext,
  of: { readonly kind: ServedKind; readonly object: KubeObject },
  write: () => Promise<T>,
): Promise<T> => {
  try {
    return await write();
  } catch (thrown) {
    const problem = problemOf(context, of.kind, of.object);
    throw problem === undefined ? thrown : undecodable(of.kind, problem);
  }
};

/** What is wrong with the types of an object of a built-in kind; absent when nothing is, or the object is of another kind. */
const problemOf = (
  { messages }: Pick<ApiContext, 'messages'>,
  kind: ServedKind,
  object: KubeObject,
): string | undefined => {
  const apiVersion = toApiVersion(kind);
  if (kind.custom || object?.kind !== kind.kind || object.apiVersion !== apiVersion) return undefined;
  return decodeProblem(messages, messageNameOf(apiVersion, kind.kind), object);
};

const undecodable = (kind: ServedKind, problem: string): ApiStatusError =>
  new ApiStatusError(
    'BadRequest',
    `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${problem}`,
  );
