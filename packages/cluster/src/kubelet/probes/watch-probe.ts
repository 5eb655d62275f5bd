/**
 * Repeats a probe and tells when its verdict turns. @upstream kubernetes pkg/kubelet/prober/worker.go
 */
import { delay, type Clock } from '@argosy/base';
import type { Probe } from '@argosy/kube';

import type { ProbeResult } from './run-probe.ts';

/** Runs until the signal aborts, or `onVerdict` says stop. A verdict is told after as many equal results as the threshold asks. */
export const watchProbe = async (
  clock: Clock,
  probe: Probe,
  told: {
    readonly run: () => Promise<ProbeResult>;
    readonly onFailure: (message: string) => void;
    readonly onVerdict: (passed: boolean) => 'go on' | 'stop';
    readonly signal: AbortSignal;
  },
): Promise<void> => {
  let streak = 0;
  let last: boolean | undefined;
  await delay(clock, (probe.initialDelaySeconds ?? 0) * 1000, told.signal);
  while (!told.signal.aborted) {
    const { passed, message } = await told.run();
    if (told.signal.aborted) return;
    if (!passed) told.onFailure(message);
    streak = passed === last ? streak + 1 : 1;
    last = passed;
    const needed = passed ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (streak === needed && told.onVerdict(passed) === 'stop') return;
    await delay(clock, (probe.periodSeconds ?? 10) * 1000, told.signal);
  }
};
