/**
 * Which pods a rule about neighbours means: by labels, and by labels they share with the pod that has the rule.
 * @spec https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#matchlabelkeys
 */
import type { LabelSelector, Pod } from '@argosy/kube';

/** How a rule names its pods. */
export interface PodSelection {
  readonly labelSelector?: LabelSelector;
  /** Labels in which the others are like the owner of the rule; those it does not have do not count. */
  readonly matchLabelKeys?: readonly string[];
  /** Labels in which they are not. */
  readonly mismatchLabelKeys?: readonly string[];
}

/** The selector of a rule of a pod; `undefined` selects nothing. Pure. */
export const selectorFor = (owner: Pod, selection: PodSelection): LabelSelector | undefined => {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = selection;
  if (!labelSelector || matchLabelKeys.length + mismatchLabelKeys.length === 0) return labelSelector;
  const labels = owner.metadata.labels ?? {};
  const expressions = (keys: readonly string[], operator: 'In' | 'NotIn') =>
    keys.flatMap((key) => {
      const value = labels[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const matchExpressions = [
    ...(labelSelector.matchExpressions ?? []),
    ...expressions(matchLabelKeys, 'In'),
    ...expressions(mismatchLabelKeys, 'NotIn'),
  ];
  return { ...labelSelector, matchExpressions };
};

/** Whether a selector asks for nothing in particular. Pure. */
export const selectsAll = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length === 0;
