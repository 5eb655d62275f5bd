/**
 * The log of a container's newest attempt, or of the one before it.
 */
import type { Clock } from '@argosy/base';
import type { LogOptions } from '@argosy/client';
import { ApiStatusError } from '@argosy/kube';

import { readContainerLog } from './container-log.ts';

/** The attempts of a container and where each has its log. */
export interface AttemptLogs {
  readonly podName: string;
  readonly container: string;
  /** Attempts with a log, in order. */
  readonly attempts: readonly number[];
  readonly fileOf: (attempt: number) => string;
  /** Whether more may come into a file. */
  readonly isOpen: (file: string) => boolean;
}

/** Opens it. Throws ApiStatusError BadRequest when an earlier attempt is asked for and there was none. */
export const openAttemptLog = (clock: Clock, of: AttemptLogs, options: LogOptions): AsyncIterable<Uint8Array> => {
  const attempt = options.previous ? of.attempts.at(-2) : of.attempts.at(-1);
  if (attempt === undefined && options.previous) {
    const message = `previous terminated container "${of.container}" in pod "${of.podName}" not found`;
    throw new ApiStatusError('BadRequest', message);
  }
  const file = of.fileOf(attempt ?? 0);
  return readContainerLog(clock, file, { options, isOpen: () => of.isOpen(file) });
};
