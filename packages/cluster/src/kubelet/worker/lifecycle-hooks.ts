/**
 * What a container's author wants done right after its start and before its end.
 * @upstream kubernetes pkg/kubelet/lifecycle/handlers.go
 */
import { delay } from '@argosy/base';
import type { Container, Probe } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { runProbe } from '../probes/run-probe.ts';
import type { PodScope } from './pod-scope.ts';

/** A hook: one of a probe's actions, or a pause. */
type Hook = Probe & { readonly sleep?: { readonly seconds?: number } };

/** A hook has as long as it likes, up to the grace period where one counts: this stands for "no limit", in seconds. */
const NO_LIMIT_SECONDS = 86_400;
/** A container is given at least this long to end by itself, however long its hook took. @upstream minimumGracePeriodInSeconds */
export const LEAST_GRACE_MS = 2000;

/** Runs the hook after the start. `false`: it failed, and the container must not go on. */
export const runPostStart = async (
  scope: PodScope,
  of: { readonly container: Container; readonly running: RunningContainer },
): Promise<boolean> => {
  const hook = of.container.lifecycle?.postStart as Hook | undefined;
  if (!hook || scope.isSimulated) return true;
  const failure = await runHook(scope, hook, { ...of, timeoutSeconds: NO_LIMIT_SECONDS });
  if (failure === undefined) return true;
  // What the hook said may be secret: it is for the log.
  scope.deps.log.warn('PostStartHook failed', { ...whose(scope, of.container), error: failure });
  scope.tell('Warning', 'FailedPostStartHook', 'PostStartHook failed', of.container.name);
  return false;
};

/** Runs the hook before the end, within the grace period; returns what of that is left for the container, in milliseconds. */
export const runPreStop = async (
  scope: PodScope,
  of: { readonly container: Container; readonly running: RunningContainer; readonly graceMs: number },
): Promise<number> => {
  const hook = of.container.lifecycle?.preStop as Hook | undefined;
  if (!hook || scope.isSimulated || of.graceMs <= 0) return of.graceMs;
  const { clock } = scope.deps;
  const begun = clock.now();
  const finished = new AbortController();
  const failure = await Promise.race([
    runHook(scope, hook, { ...of, timeoutSeconds: of.graceMs / 1000 }),
    delay(clock, of.graceMs, finished.signal).then(() => 'did not end within the grace period'),
    of.running.ended.then(() => undefined),
  ]);
  finished.abort();
  if (failure !== undefined) {
    scope.deps.log.warn('PreStopHook failed', { ...whose(scope, of.container), error: failure });
    scope.tell('Warning', 'FailedPreStopHook', 'PreStopHook failed', of.container.name);
  }
  return Math.max(LEAST_GRACE_MS, of.graceMs - (clock.now() - begun));
};

const whose = ({ pod }: PodScope, { name }: Container): Readonly<Record<string, unknown>> => ({
  namespace: pod.metadata.namespace,
  pod: pod.metadata.name,
  container: name,
});

/** Runs a hook; resolves with what went wrong, if anything did. */
const runHook = async (
  scope: PodScope,
  hook: Hook,
  of: { readonly container: Container; readonly running: RunningContainer; readonly timeoutSeconds: number },
): Promise<string | undefined> => {
  if (hook.sleep) {
    await delay(scope.deps.clock, (hook.sleep.seconds ?? 0) * 1000);
    return undefined;
  }
  const { container, running, timeoutSeconds } = of;
  const podIP = scope.record.podIP ?? '';
  const { passed, message } = await runProbe({ ...hook, timeoutSeconds }, { container, running, podIP });
  return passed ? undefined : message || 'it did not succeed';
};
