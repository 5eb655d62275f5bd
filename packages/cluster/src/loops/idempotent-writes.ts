/**
 * Writes that may find their work done: by an earlier round, or by somebody else.
 */
import { isApiError } from '@argosy/kube';

/** Changes or deletes what may be gone by now: then there is nothing to do, and nothing is returned. */
export const unlessGone = async <T>(write: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await write();
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    return undefined;
  }
};

/** Creates what may be there by now: then it is left as it is, and nothing is returned. */
export const unlessThere = async <T>(create: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await create();
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    return undefined;
  }
};
