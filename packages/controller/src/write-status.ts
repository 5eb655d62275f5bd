/**
 * The one way a loop writes status: only if it differs, by the path the kind allows.
 */
import { isEqual } from '@argosy/base';
import type { Writer } from '@argosy/client';
import type { KubeObject, ResourceType } from '@argosy/kube';

/** How a kind's status is written: kinds of upstream without the subresource carry it in the object itself. */
export type StatusPath = 'subresource' | 'object';

/**
 * Writes `status` if it differs from the object's, guarded by its resourceVersion, and returns the object as it is
 * now. Throws Conflict when somebody wrote since it was read, NotFound when it is gone.
 */
export const writeStatus = async <T extends KubeObject>(
  client: Writer,
  resource: ResourceType<T>,
  object: T,
  status: T['status'],
  path: StatusPath,
): Promise<T> => {
  if (isEqual(object.status, status)) return object;
  const next: T = { ...object, status };
  return client.update(resource, next, path === 'subresource' ? { subresource: 'status' } : {});
};
