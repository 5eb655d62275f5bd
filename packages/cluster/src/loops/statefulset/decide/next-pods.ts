/**
 * Which pods come and go next: what is missing first, then what is too much, then what is of an older revision.
 *
 *     0 ready? → 1 ready? → … → n ready? → (too many) n+1 goes → (old revision) n goes … partition goes
 *
 * With OrderedReady each arrow waits for the pod before it; with Parallel only updates wait.
 */
import type { Pod } from '@argosy/kube';

import { templateOf } from '../../history/revisions.ts';
import { isReadyPod } from '../../replicaset/rank-pods.ts';
import { resolveIntOrPercent } from '../../deployment/rolling.ts';
import { claimsOf, isWanted, podOfOrdinal, replicasOf } from '../pod-identity.ts';
import type { StatefulSetAction } from '../decide.ts';
import { type Plan, isGoing, isHealthy, partitionOf, revisionOf } from './plan.ts';

/** What is done with pods and their claims now, in order. */
export const decidePods = (plan: Plan): readonly StatefulSetAction[] => {
  const grown = grow(plan);
  if (grown.actions.length > 0 && plan.isOrdered) return grown.actions;
  if (grown.isWaiting) return grown.actions;
  const shrunk = shrink(plan);
  if (plan.isOrdered && (shrunk.actions.length > 0 || shrunk.isWaiting)) return shrunk.actions;
  return [...grown.actions, ...shrunk.actions, ...roll(plan)];
};

interface Step {
  readonly actions: readonly StatefulSetAction[];
  /** Whether the order forbids to go on. */
  readonly isWaiting: boolean;
}

/** Makes what is missing; what has ended is made anew. */
const grow = (plan: Plan): Step => {
  const actions: StatefulSetAction[] = [];
  for (const ordinal of plan.wanted) {
    const pod = plan.byOrdinal.get(ordinal);
    const step = pod ? [...replaceEnded(pod), ...claimsOfPending(plan, ordinal, pod)] : createAt(plan, ordinal);
    actions.push(...step);
    if (!plan.isOrdered) continue;
    if (step.length > 0 || !pod || isGoing(pod) || !isHealthy(plan, pod)) return { actions, isWaiting: true };
  }
  return { actions, isWaiting: false };
};

const replaceEnded = (pod: Pod): readonly StatefulSetAction[] =>
  (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') && !isGoing(pod) ? [deletion(pod)] : [];

/** A claim that was deleted before its pod could use it is made anew: without it the pod waits for ever. */
const claimsOfPending = (plan: Plan, ordinal: number, pod: Pod): readonly StatefulSetAction[] =>
  pod.status?.phase === 'Pending' && !isGoing(pod) ? createClaims(plan, ordinal) : [];

const createClaims = (plan: Plan, ordinal: number): readonly StatefulSetAction[] =>
  claimsOf(plan.set, ordinal)
    .filter(({ claim }) => !plan.claims.has(claim.metadata.name ?? ''))
    .map(({ claim }) => ({ kind: 'create-claim', claim, pod: `${plan.set.metadata.name ?? ''}-${ordinal}` }));

const createAt = (plan: Plan, ordinal: number): readonly StatefulSetAction[] => {
  const { set } = plan;
  // Below the partition pods stay what they were, also when they come back.
  const isKept = ordinal < (plan.wanted[0] ?? 0) + partitionOf(set) && plan.currentRevision !== undefined;
  const revision = isKept ? (plan.currentRevision ?? plan.update) : plan.update;
  const template = templateOf(revision) ?? set.spec?.template ?? { spec: { containers: [] } };
  const pod = podOfOrdinal(set, { ordinal, template, revision: revision.metadata.name ?? '' });
  return [...createClaims(plan, ordinal), { kind: 'create-pod', pod }];
};

/** Gives up what is too much, the highest ordinal first. */
const shrink = (plan: Plan): Step => {
  const surplus = [...plan.byOrdinal]
    .filter(([ordinal]) => !isWanted(plan.set, ordinal))
    .sort(([left], [right]) => right - left);
  const going = surplus.filter(([, pod]) => isGoing(pod));
  if (plan.isOrdered && going.length > 0) return { actions: [], isWaiting: true };
  if (plan.isOrdered && isHeldBack(plan, surplus)) return { actions: [], isWaiting: true };
  const chosen = surplus.filter(([, pod]) => !isGoing(pod)).slice(0, plan.isOrdered ? 1 : surplus.length);
  const keepsClaims = plan.set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete';
  const actions = chosen.flatMap(([ordinal, pod]): readonly StatefulSetAction[] => {
    const names = claimsOf(plan.set, ordinal).map(({ claim }) => claim.metadata.name ?? '');
    return [deletion(pod), ...(keepsClaims || names.length === 0 ? [] : [{ kind: 'delete-claims', names } as const])];
  });
  return { actions, isWaiting: false };
};

/** The next pod to go is not well, and it is not the first of those: an application that is ill keeps what it has. */
const isHeldBack = (plan: Plan, surplus: readonly (readonly [number, Pod])[]): boolean => {
  const next = surplus[0]?.[1];
  const firstIll = surplus.findLast(([, pod]) => !isReadyPod(pod))?.[1];
  return next !== undefined && next !== firstIll && !isHealthy(plan, next);
};

/** Gives up pods of an older revision, the highest ordinal first, as many at a time as may be missing. */
const roll = (plan: Plan): readonly StatefulSetAction[] => {
  const { set } = plan;
  const strategy = set.spec?.updateStrategy;
  if (strategy?.type === 'OnDelete') return [];
  const from = (plan.wanted[0] ?? 0) + partitionOf(set);
  const rolling = plan.wanted.filter((ordinal) => ordinal >= from).toReversed();
  const most = Math.max(1, resolveIntOrPercent(strategy?.rollingUpdate?.maxUnavailable ?? 1, replicasOf(set), 'up'));
  const missing = plan.wanted.filter((ordinal) => {
    const pod = plan.byOrdinal.get(ordinal);
    return !pod || isGoing(pod) || !isHealthy(plan, pod);
  });
  const actions: StatefulSetAction[] = [];
  const unavailable = new Set(missing);
  for (const ordinal of rolling) {
    const pod = plan.byOrdinal.get(ordinal);
    const isOld = pod !== undefined && revisionOf(pod) !== plan.update.metadata.name;
    if (!isOld || isGoing(pod)) continue;
    // A pod that is not well is no loss; a well one counts.
    if (!unavailable.has(ordinal) && unavailable.size >= most) break;
    unavailable.add(ordinal);
    actions.push(deletion(pod));
    if (actions.length >= most) break;
  }
  return actions;
};

const deletion = (pod: Pod): StatefulSetAction => ({
  kind: 'delete-pod',
  name: pod.metadata.name ?? '',
  uid: pod.metadata.uid ?? '',
});
