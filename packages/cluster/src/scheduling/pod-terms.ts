/**
 * Pods that must be, or must not be, where others are.
 * @upstream kubernetes pkg/scheduler/framework/plugins/interpodaffinity/filtering.go
 */
import { isObject } from '@argosy/base';
import { matchesLabelSelector, type KubeObject, type LabelSelector, type Pod } from '@argosy/kube';

interface PodTerm {
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  /** Given: also other namespaces. Which ones by label is not told apart: all of them. */
  readonly namespaceSelector?: LabelSelector;
  readonly topologyKey: string;
}

/** What is wrong with a node for a pod because of the pods on it, in the scheduler's words; empty when nothing is. Pure. */
export const podTermMisfits = (pod: Pod, node: KubeObject, neighbours: readonly Pod[]): readonly string[] => {
  const isTogether = (term: PodTerm): boolean =>
    node.metadata.labels?.[term.topologyKey] !== undefined &&
    neighbours.some((other) => other !== pod && matchesPod(pod, term, other));
  const wanted = requiredTerms(pod, 'podAffinity');
  const unwanted = requiredTerms(pod, 'podAntiAffinity');
  // The first of a group that wants to be together may go anywhere.
  const isFirst = wanted.every((term) => matchesPod(pod, term, pod) && !isTogether(term));
  const lacks = wanted.some((term) => !isTogether(term)) && !(isFirst && wanted.length > 0);
  const isKeptOut = neighbours.some((other) =>
    requiredTerms(other, 'podAntiAffinity').some((term) => other !== pod && matchesPod(other, term, pod)),
  );
  return [
    ...(lacks ? ["node(s) didn't match pod affinity rules"] : []),
    ...(unwanted.some(isTogether) ? ["node(s) didn't match pod anti-affinity rules"] : []),
    ...(isKeptOut ? ["node(s) didn't satisfy existing pods anti-affinity rules"] : []),
  ];
};

/** Whether a pod says anything about its neighbours. Pure. */
export const hasPodTerms = (pod: Pod): boolean =>
  requiredTerms(pod, 'podAffinity').length + requiredTerms(pod, 'podAntiAffinity').length > 0;

const requiredTerms = (pod: Pod, kind: 'podAffinity' | 'podAntiAffinity'): readonly PodTerm[] => {
  const affinity = pod.spec?.['affinity'];
  const rules = isObject(affinity) ? affinity[kind] : undefined;
  const terms = isObject(rules) ? rules['requiredDuringSchedulingIgnoredDuringExecution'] : undefined;
  return Array.isArray(terms) ? (terms as readonly PodTerm[]) : [];
};

const matchesPod = (owner: Pod, term: PodTerm, other: Pod): boolean => {
  const namespaces = term.namespaces ?? [];
  const isNear =
    term.namespaceSelector !== undefined ||
    (namespaces.length === 0
      ? other.metadata.namespace === owner.metadata.namespace
      : namespaces.includes(other.metadata.namespace ?? ''));
  return isNear && term.labelSelector !== undefined && matchesLabelSelector(term.labelSelector, other.metadata.labels);
};
