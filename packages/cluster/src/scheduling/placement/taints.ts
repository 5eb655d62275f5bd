/**
 * Taints and who tolerates them. @spec https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
import { isObject } from '@argosy/base';
import type { KubeObject, Pod } from '@argosy/kube';

/** A taint of a node. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

/** The taint that stands for `kubectl cordon`. */
export const UNSCHEDULABLE_TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** The first taint with one of these effects that a pod does not tolerate. Pure. */
export const untoleratedTaint = (pod: Pod, node: KubeObject, effects: readonly string[]): Taint | undefined =>
  taintsOf(node).find((taint) => effects.includes(taint.effect) && !tolerates(pod, taint));

/** Whether a pod tolerates a taint. Pure. */
export const tolerates = (pod: Pod, taint: Taint): boolean => tolerationsOf(pod, taint).length > 0;

/** Seconds a pod may stay beside a taint: none without a toleration, `Infinity` with one that names no time. Pure. */
export const toleratedSeconds = (pod: Pod, taint: Taint): number => {
  const tolerations = tolerationsOf(pod, taint);
  if (tolerations.length === 0) return 0;
  return Math.min(...tolerations.map(({ tolerationSeconds }) => Math.max(0, tolerationSeconds ?? Infinity)));
};

const tolerationsOf = (pod: Pod, taint: Taint): readonly Toleration[] => {
  const given = pod.spec?.['tolerations'];
  const tolerations = Array.isArray(given) ? (given as readonly Toleration[]) : [];
  return tolerations.filter(
    ({ key = '', operator = 'Equal', value = '', effect = '' }) =>
      (effect === '' || effect === taint.effect) &&
      (key === taint.key || (key === '' && operator === 'Exists')) &&
      (operator === 'Exists' || value === (taint.value ?? '')),
  );
};

/** The taints of a node. Pure. */
export const taintsOf = (node: KubeObject): readonly Taint[] => {
  const taints = isObject(node.spec) ? node.spec['taints'] : undefined;
  return Array.isArray(taints) ? (taints as readonly Taint[]) : [];
};
