/**
 * A container whose program could not be run: it has ended before it began.
 */
import { toTimestamp, type Clock } from '@argosy/base';

import type { RunningContainer } from '../../pod-runtime.ts';
import { toContainerId } from './supervised-container.ts';

/** Exit code of a program that was never run. @upstream kubernetes pkg/kubelet/kuberuntime StartError */
const NEVER_STARTED = 128;

/** The container as the kubelet sees it, with what the engine said. */
export const neverStarted = (clock: Clock, containerId: string, message: string): RunningContainer => {
  const now = toTimestamp(clock.now());
  const id = toContainerId(containerId);
  const ended = {
    exitCode: NEVER_STARTED,
    reason: 'StartError',
    message,
    startedAt: now,
    finishedAt: now,
    containerID: id,
  };
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
