/**
 * policy.k8s: after an object was created or changed, waits until it has labels. @spec EV-TRG-15
 */
import { delay, Failure } from '@argosy/base';
import type { ServedResource } from '@argosy/client';
import { isApiError, keyOf, type KubeObject } from '@argosy/kube';

import type { KubernetesPolicy } from '../api/trigger-schema.ts';
import { compileBackoff } from '../sensor/compile-backoff.ts';
import { describe } from './kubernetes-trigger.ts';
import { invalid } from './resource-source.ts';
import type { TriggerContext, TriggerDeps } from './trigger-context.ts';

/** Looks again and again as the backoff says. Running out of it is an error only when the policy says so. */
export const awaitLabels = async (
  deps: TriggerDeps,
  context: TriggerContext,
  of: { readonly policy: KubernetesPolicy; readonly resource: ServedResource; readonly live: KubeObject },
): Promise<void> => {
  const wanted = Object.entries(of.policy.labels ?? {});
  const backoff = compileBackoff(of.policy.backoff ?? {}, 'policy.k8s.backoff');
  if (!backoff.ok) throw invalid(backoff.error);
  const hasLabels = (object: KubeObject): boolean =>
    wanted.every(([label, value]) => object.metadata.labels?.[label] === value);
  let waitMs = backoff.value.durationMs;
  for (let look = 1; look <= backoff.value.attempts && !context.signal.aborted; look += 1) {
    const live = await found(deps, of.resource, of.live);
    if (live && hasLabels(live)) return;
    await delay(deps.clock, waitMs * (1 + backoff.value.jitter * deps.random.next()), context.signal);
    waitMs *= backoff.value.factor;
  }
  if (of.policy.errorOnBackoffTimeout === true)
    throw new Failure(`${describe(of.live)} did not get the labels of policy.k8s in time`, {
      code: 'PolicyTimeout',
      retryable: true,
    });
};

const found = async (
  deps: TriggerDeps,
  resource: ServedResource,
  object: KubeObject,
): Promise<KubeObject | undefined> => {
  try {
    return await deps.client.get(resource, keyOf(object));
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};
