/**
 * A container whose program this machine does not have: it has ended before it began.
 */
import { toTimestamp, type Clock } from '@argosy/base';

import type { RunningContainer } from '../../pod-runtime.ts';

/** The container as the kubelet sees it, with what is missing. */
export const neverStarted = (clock: Clock, id: string, message: string): RunningContainer => {
  const now = toTimestamp(clock.now());
  const ended = { exitCode: 128, reason: 'StartError', message, startedAt: now, finishedAt: now, containerID: id };
  return {
    id,
    startedAt: now,
    startError: message,
    ended: Promise.resolve(ended),
    stop: async () => undefined,
    exec: async () => ({ exitCode: 126, output: message }),
    output: async () => ({ log: '', stdout: '' }),
  };
};
