/**
 * Which of the nodes a pod fits on suits it best: wishes about nodes, taints and neighbours, and even use.
 * @upstream kubernetes pkg/scheduler/apis/config/v1/default_plugins.go (weights of the scores)
 */
import { isObject } from '@argosy/base';
import { podAmounts, type KubeObject, type Pod } from '@argosy/kube';

import type { NodeRoom } from './node-fit.ts';
import { usageScore } from './node-resources.ts';
import { matchesTerm, type NodeTerm } from './node-terms.ts';
import { weightsOf } from './pod-claims.ts';
import { neighbourScores } from './neighbours/pod-preferences.ts';
import { spreadScores, type SpreadWorld } from './spread/spread-scores.ts';
import { taintsOf, tolerates } from './taints.ts';

/** What nodes are scored from. */
export interface ScoreWorld {
  readonly fitting: readonly NodeRoom[];
  /** Every node. */
  readonly all: readonly NodeRoom[];
  readonly siblings: SpreadWorld['siblings'];
}

/** Scores of the nodes that fit a pod, in their order; more is better. Pure. */
export const scoreRooms = (pod: Pod, world: ScoreWorld): readonly number[] => {
  const { fitting, all } = world;
  const weights = weightsOf(pod, podAmounts(pod, 'requests'));
  const parts = [
    { weight: 3, scores: fewest(fitting.map(({ node }) => unwelcomeTaints(pod, node))) },
    { weight: 2, scores: most(fitting.map(({ node }) => preferenceOf(pod, node))) },
    { weight: 2, scores: spreadScores(pod, world) },
    { weight: 2, scores: neighbourScores(pod, fitting, all) },
    { weight: 1, scores: fitting.map(({ allocatable, use }) => usageScore(weights, allocatable, use)) },
  ];
  return fitting.map((_room, at) => parts.reduce((sum, { weight, scores }) => sum + weight * (scores?.[at] ?? 0), 0));
};

const unwelcomeTaints = (pod: Pod, node: KubeObject): number =>
  taintsOf(node).filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod, taint)).length;

interface WeightedTerm {
  readonly weight: number;
  readonly preference: NodeTerm;
}

const preferenceOf = (pod: Pod, node: KubeObject): number => {
  const affinity = pod.spec?.['affinity'];
  const ofNode = isObject(affinity) ? affinity['nodeAffinity'] : undefined;
  const given = isObject(ofNode) ? ofNode['preferredDuringSchedulingIgnoredDuringExecution'] : undefined;
  const terms = Array.isArray(given) ? (given as readonly WeightedTerm[]) : [];
  return terms.reduce((sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0), 0);
};

/** Shares of the largest, in hundredths. */
const most = (counts: readonly number[]): readonly number[] => {
  const largest = Math.max(0, ...counts);
  return largest === 0 ? counts : counts.map((count) => Math.floor((100 * count) / largest));
};

const fewest = (counts: readonly number[]): readonly number[] => most(counts).map((share) => 100 - share);
