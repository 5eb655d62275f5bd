/**
 * Which names in its directory a file source watches. @spec EV-SRC-22
 */
import { fail, ok, type Result } from '@argosy/base';
import { compileRegularExpression } from '@argosy/expressions';

import type { FileSource } from '../../api/event-source.ts';

/** Tells whether a name is one the source watches. */
export const compileWatchedPath = (source: FileSource): Result<(name: string) => boolean> => {
  const { path: name = '', pathRegexp = '' } = source.watchPathConfig ?? {};
  if (pathRegexp === '') return ok((other) => other === name);
  const pattern = compileRegularExpression(pathRegexp);
  return pattern.ok ? ok((other) => pattern.value.test(other)) : fail(pattern.error);
};
