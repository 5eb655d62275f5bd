/**
 * How well nodes suit a pod because of who is there: those it would like to be near or far from, and those who would like
 * it to be. @upstream kubernetes pkg/scheduler/framework/plugins/interpodaffinity/scoring.go
 */
import { isObject } from '@argosy/base';
import type { KubeObject, Pod } from '@argosy/kube';

import type { NodeRoom } from '../node-fit.ts';
import { podTermMatcher, requiredTerms, type PodTerm } from './pod-terms.ts';

/** Whether a pod has wishes about its neighbours, beyond what it requires. Pure. */
export const hasPodPreferences = (pod: Pod): boolean =>
  pod.spec?.['affinity'] !== undefined && preferredTerms(pod).length > 0;

/** What of a node wishes about neighbours look at. */
export type NeighbourRoom = Pick<NodeRoom, 'node' | 'use' | 'namespaceLabels'>;

/** Scores of the nodes a pod fits on, 0 to 100; `undefined` when nobody has a wish. Pure. */
export const neighbourScores = (
  pod: Pod,
  fitting: readonly NeighbourRoom[],
  all: readonly NeighbourRoom[],
): readonly number[] | undefined => {
  const wanted = preferredTerms(pod);
  const liking = createLiking();
  for (const { node, use, namespaceLabels } of all) {
    const matchesPodTerm = podTermMatcher(namespaceLabels);
    for (const other of wanted.length > 0 ? use.pods() : use.particular()) {
      for (const { weight, term } of wanted) if (matchesPodTerm(pod, term, other)) liking.add(term, node, weight);
      for (const { weight, term } of wishesOf(other))
        if (matchesPodTerm(other, term, pod)) liking.add(term, node, weight);
    }
  }
  if (liking.isEmpty()) return undefined;
  const sums = fitting.map(({ node }) => liking.of(node));
  const [least, most] = [Math.min(...sums), Math.max(...sums)];
  return sums.map((sum) => (most === least ? 0 : Math.floor((100 * (sum - least)) / (most - least))));
};

interface Wish {
  readonly term: PodTerm;
  /** Below zero: rather not. */
  readonly weight: number;
}

/** @upstream pkg/scheduler/apis/config/v1/defaults.go: InterPodAffinityArgs.hardPodAffinityWeight */
const REQUIRED_WEIGHT = 1;

/** What those who are there would like: to have near them whom they needed themselves is a small wish as well. */
const wishesOf = (pod: Pod): readonly Wish[] => [
  ...requiredTerms(pod, 'podAffinity').map((term) => ({ term, weight: REQUIRED_WEIGHT })),
  ...preferredTerms(pod),
];

const preferredTerms = (pod: Pod): readonly Wish[] => [
  ...weighted(pod, 'podAffinity', 1),
  ...weighted(pod, 'podAntiAffinity', -1),
];

const weighted = (pod: Pod, kind: 'podAffinity' | 'podAntiAffinity', sign: 1 | -1): readonly Wish[] => {
  const affinity = pod.spec?.['affinity'];
  const rules = isObject(affinity) ? affinity[kind] : undefined;
  const given = isObject(rules) ? rules['preferredDuringSchedulingIgnoredDuringExecution'] : undefined;
  const terms = Array.isArray(given) ? (given as readonly WeightedTerm[]) : [];
  return terms.map(({ weight, podAffinityTerm }) => ({ term: podAffinityTerm, weight: sign * weight }));
};

interface WeightedTerm {
  readonly weight: number;
  readonly podAffinityTerm: PodTerm;
}

/** Sums of wishes by domain. */
const createLiking = () => {
  const sums = new Map<string, Map<string, number>>();
  return {
    add: ({ topologyKey }: PodTerm, { metadata }: KubeObject, weight: number): void => {
      const domain = metadata.labels?.[topologyKey];
      if (domain === undefined) return;
      const domains = sums.get(topologyKey) ?? new Map<string, number>();
      sums.set(topologyKey, domains.set(domain, (domains.get(domain) ?? 0) + weight));
    },
    isEmpty: (): boolean => sums.size === 0,
    of: ({ metadata }: KubeObject): number =>
      [...sums].reduce((sum, [key, domains]) => sum + (domains.get(metadata.labels?.[key] ?? '') ?? 0), 0),
  };
};
