/**
 * Tells the target of an autoscaler its new size.
 */
import { messageOf } from '@argosy/base';
import { keyOf, type HorizontalPodAutoscaler } from '@argosy/kube';

import type { LoopDeps } from '../loop-deps.ts';
import type { AutoscalerAction } from './decide.ts';
import type { ScaleTarget } from './scale-targets.ts';

/** Tells it, and the user what came of it. Throws what the API says. */
export const scaleTarget = async (
  deps: LoopDeps,
  { replicas, reason }: Extract<AutoscalerAction, { readonly kind: 'scale' }>,
  of: { readonly autoscaler: HorizontalPodAutoscaler; readonly found: ScaleTarget },
): Promise<void> => {
  const message = `New size: ${replicas}; reason: ${reason}`;
  const { resource, scale } = of.found;
  try {
    // Whatever else became of the target meanwhile, its uid says that it is still the one.
    const patch = { metadata: { uid: scale.metadata.uid ?? '' }, spec: { replicas } };
    await deps.client.patch(resource, keyOf(scale), { kind: 'merge', patch }, { subresource: 'scale' });
    deps.recorder.event(of.autoscaler, { type: 'Normal', reason: 'SuccessfulRescale', message });
  } catch (thrown) {
    deps.recorder.event(of.autoscaler, {
      type: 'Warning',
      reason: 'FailedRescale',
      message: `${message}; error: ${messageOf(thrown)}`,
    });
    throw thrown;
  }
};
