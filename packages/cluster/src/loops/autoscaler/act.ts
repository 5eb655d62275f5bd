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
  const { object, resource } = of.found;
  try {
    const patch = { metadata: { uid: object.metadata.uid ?? '' }, spec: { replicas } };
    await deps.client.patch(resource, keyOf(object), { kind: 'merge', patch });
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
