/**
 * The rules of a blue-green strategy, and of anti-affinity, which both strategies have. @spec RO-VAL-02, RO-VAL-07
 */
import type { AntiAffinity, BlueGreenStrategy } from '../api/strategy.ts';
import { type Fault, fault } from './fault.ts';

/** The first broken rule of a blue-green strategy. */
export const findBlueGreenFault = (blueGreen: BlueGreenStrategy, historyLimit: number): Fault => {
  const at = 'spec.strategy.blueGreen';
  if (blueGreen.activeService !== undefined && blueGreen.activeService === blueGreen.previewService)
    return fault(`${at}.previewService`, 'must not be the same Service as activeService');
  if ((blueGreen.scaleDownDelayRevisionLimit ?? 0) > historyLimit)
    return fault(`${at}.scaleDownDelayRevisionLimit`, 'must not be above spec.revisionHistoryLimit');
  return findAntiAffinityFault(blueGreen.antiAffinity, at);
};

/** Exactly one of the two kinds. */
export const findAntiAffinityFault = (antiAffinity: AntiAffinity | undefined, at: string): Fault => {
  if (!antiAffinity) return undefined;
  const preferred = antiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
  const required = antiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  if ((preferred === undefined) === (required === undefined))
    return fault(
      `${at}.antiAffinity`,
      'give exactly one of preferred… and requiredDuringSchedulingIgnoredDuringExecution',
    );
  const weight = preferred?.weight;
  return preferred && (weight === undefined || weight < 1 || weight > 100)
    ? fault(`${at}.antiAffinity.preferredDuringSchedulingIgnoredDuringExecution.weight`, 'must be in the range 1-100')
    : undefined;
};
