/**
 * Pods that must be, or must not be, where others are.
 * @upstream kubernetes pkg/scheduler/framework/plugins/interpodaffinity/filtering.go
 */
import { isObject } from '@argosy/base';
import { matchesLabelSelector, type KubeObject, type LabelSelector, type Pod } from '@argosy/kube';

import { selectorFor, type PodSelection } from './selected-pods.ts';

/** A pod and the node it is on. */
export interface PlacedPod {
  readonly pod: Pod;
  readonly node: KubeObject;
}

/** What is wrong with a node because of other pods; only the first kind leaves nothing to be won by taking pods away. */
export type TermMisfit = { readonly reason: string; readonly isHopeless: boolean };

/** The labels of a namespace; absent when nobody knows it. */
export type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>> | undefined;

/** Where a rule about neighbours is judged. */
export interface TermWorld {
  readonly placed: readonly PlacedPod[];
  /** Absent: nothing is known of namespaces. */
  readonly labelsOf: NamespaceLabels | undefined;
}

/** A rule about who is in the same domain. */
export interface PodTerm extends PodSelection {
  readonly namespaces?: readonly string[];
  /** Given: also the namespaces with such labels. */
  readonly namespaceSelector?: LabelSelector;
  readonly topologyKey: string;
}

/** What is wrong with a node for a pod because of pods placed so far, in the scheduler's words. Pure. */
export const podTermMisfit = (pod: Pod, node: KubeObject, { placed, labelsOf }: TermWorld): TermMisfit | undefined => {
  const others = placed.filter((other) => other.pod !== pod);
  const matchesPodTerm = podTermMatcher(labelsOf);
  const isTogether = (term: PodTerm): boolean =>
    others.some((other) => isSameDomain(term, node, other.node) && matchesPodTerm(pod, term, other.pod));
  const wanted = requiredTerms(pod, 'podAffinity');
  // The first of a group that wants to be together may go anywhere that has the domains it names.
  const isFirst = (): boolean =>
    wanted.every(
      (term) =>
        node.metadata.labels?.[term.topologyKey] !== undefined &&
        matchesPodTerm(pod, term, pod) &&
        !others.some((other) => matchesPodTerm(pod, term, other.pod)),
    );
  if (wanted.some((term) => !isTogether(term)) && !isFirst()) return LACKS;
  if (requiredTerms(pod, 'podAntiAffinity').some(isTogether)) return AVOIDS;
  const isKeptOut = others.some((other) =>
    requiredTerms(other.pod, 'podAntiAffinity').some(
      (term) => isSameDomain(term, node, other.node) && matchesPodTerm(other.pod, term, pod),
    ),
  );
  return isKeptOut ? KEPT_OUT : undefined;
};

const LACKS: TermMisfit = { reason: "node(s) didn't match pod affinity rules", isHopeless: true };
const AVOIDS: TermMisfit = { reason: "node(s) didn't match pod anti-affinity rules", isHopeless: false };
const KEPT_OUT: TermMisfit = {
  reason: "node(s) didn't satisfy existing pods anti-affinity rules",
  isHopeless: false,
};

/** Whether a pod says anything about its neighbours. Pure. */
export const hasPodTerms = (pod: Pod): boolean =>
  pod.spec?.['affinity'] !== undefined &&
  requiredTerms(pod, 'podAffinity').length + requiredTerms(pod, 'podAntiAffinity').length > 0;

const isSameDomain = (term: PodTerm, one: KubeObject, other: KubeObject): boolean => {
  const domain = one.metadata.labels?.[term.topologyKey];
  return domain !== undefined && domain === other.metadata.labels?.[term.topologyKey];
};

/** What a pod requires of its neighbours. Pure. */
export const requiredTerms = (pod: Pod, kind: 'podAffinity' | 'podAntiAffinity'): readonly PodTerm[] => {
  const affinity = pod.spec?.['affinity'];
  const rules = isObject(affinity) ? affinity[kind] : undefined;
  const terms = isObject(rules) ? rules['requiredDuringSchedulingIgnoredDuringExecution'] : undefined;
  return Array.isArray(terms) ? (terms as readonly PodTerm[]) : [];
};

/** Tells whether a term of one pod means another pod. Pure. */
export const podTermMatcher =
  (labelsOf: NamespaceLabels | undefined) =>
  (owner: Pod, term: PodTerm, other: Pod): boolean =>
    isNear(owner, term, { namespace: other.metadata.namespace ?? '', labelsOf }) &&
    matchesLabelSelector(selectorFor(owner, term), other.metadata.labels);

/** Namespaces are named, chosen by label, or both; a term that says nothing of them means the owner's own. */
const isNear = (
  owner: Pod,
  { namespaces = [], namespaceSelector }: PodTerm,
  of: { readonly namespace: string; readonly labelsOf: NamespaceLabels | undefined },
): boolean => {
  if (namespaces.includes(of.namespace)) return true;
  if (!namespaceSelector) return namespaces.length === 0 && of.namespace === owner.metadata.namespace;
  return matchesLabelSelector(namespaceSelector, of.labelsOf?.(of.namespace));
};
