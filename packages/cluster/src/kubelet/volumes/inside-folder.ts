/**
 * Paths that authors of pods give, kept inside the folder they are meant for.
 */
import path from 'node:path';

import { Failure } from '@argosy/base';

/** Joins; throws a Failure FailedMount for what would leave the folder. Pure. */
export const insideFolder = (folder: string, name: string): string => {
  const joined = path.resolve(folder, name);
  const root = path.resolve(folder);
  if (!path.isAbsolute(name) && joined !== root && joined.startsWith(root === '/' ? '/' : `${root}/`)) return joined;
  throw new Failure(`path ${JSON.stringify(name)} must be relative and may not leave its volume`, {
    code: 'FailedMount',
    retryable: true,
  });
};
