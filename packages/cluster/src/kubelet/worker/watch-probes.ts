/**
 * The probes of a running container: until it has started the startup probe alone, then readiness and liveness.
 */
import type { Container, Probe } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { runProbe, type ProbeResult } from '../probes/run-probe.ts';
import { watchProbe } from '../probes/watch-probe.ts';
import type { PodScope } from './pod-scope.ts';

/** A probe that may end its container, in a time of its own. */
type EndingProbe = Probe & { readonly terminationGracePeriodSeconds?: number };

/** Watches until the signal aborts or a probe ends the container. */
export const watchProbes = async (
  scope: PodScope,
  of: { readonly container: Container; readonly running: RunningContainer; readonly signal: AbortSignal },
): Promise<void> => {
  const { container, running, signal } = of;
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const { record } = scope;
  const watch = (kind: string, probe: Probe, onVerdict: (passed: boolean) => 'go on' | 'stop') =>
    watchProbe(scope.deps.clock, probe, {
      run: scope.isSimulated ? passes : () => runProbe(probe, { container, running, podIP: record.podIP ?? '' }),
      onFailure: (message) => scope.tell('Warning', 'Unhealthy', `${kind} probe failed: ${message}`, container.name),
      onVerdict,
      signal,
    });
  const kill = (kind: string, { terminationGracePeriodSeconds: grace }: EndingProbe): 'stop' => {
    const message = `Container ${container.name} failed ${kind} probe, will be restarted`;
    void scope.stop(container.name, { message, ...(grace === undefined ? {} : { graceMs: grace * 1000 }) });
    return 'stop';
  };
  // One that was taken over may have started long ago.
  if (startupProbe && !record.of(container.name)?.started)
    await watch('Startup', startupProbe, (passed) => {
      if (!passed) return kill('startup', startupProbe);
      void record.note(container.name, { started: true, ready: readinessProbe === undefined });
      return 'stop';
    });
  if (signal.aborted || (startupProbe && !record.of(container.name)?.started)) return;
  const onReadiness = (passed: boolean): 'go on' => {
    void record.note(container.name, { ready: passed });
    return 'go on';
  };
  await Promise.all([
    ...(readinessProbe ? [watch('Readiness', readinessProbe, onReadiness)] : []),
    ...(livenessProbe
      ? [watch('Liveness', livenessProbe, (passed) => (passed ? 'go on' : kill('liveness', livenessProbe)))]
      : []),
  ]);
};

const passes = async (): Promise<ProbeResult> => ({ passed: true, message: '' });
