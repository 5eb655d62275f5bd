/**
 * What becomes of a wish for replicas: held back by recent wishes, by the speed that is allowed, and by the range. Pure.
 * @upstream kubernetes pkg/controller/podautoscaler/horizontal.go#normalizeDesiredReplicasWithBehaviors
 */
import type { Instant } from '@argosy/base';

import type { ScalingPolicy, ScalingRules } from '../autoscaler.ts';

/** What an autoscaler has wished for and done. */
export interface ScalingHistory {
  readonly wishes: readonly { readonly at: Instant; readonly replicas: number }[];
  readonly changes: readonly { readonly at: Instant; readonly change: number }[];
}

/** Of an autoscaler whose target was never found. */
export const NO_HISTORY: ScalingHistory = { wishes: [], changes: [] };

/** A wish with all that holds it back. */
export interface ScalingWish {
  readonly current: number;
  readonly wanted: number;
  readonly min: number;
  readonly max: number;
  readonly up: ScalingRules;
  readonly down: ScalingRules;
  readonly history: ScalingHistory;
  readonly now: Instant;
}

/** What is granted, with the reasons of two conditions. */
export interface GrantedScale {
  readonly replicas: number;
  readonly able: { readonly reason: string; readonly message: string };
  readonly limited: { readonly isLimited: boolean; readonly reason: string; readonly message: string };
}

/** Applies them in Kubernetes' order. */
export const applyBehavior = (wish: ScalingWish): GrantedScale => {
  const stable = stabilize(wish);
  const { replicas, reason, message } = limit({ ...wish, wanted: stable });
  const able =
    stable === wish.wanted
      ? { reason: 'ReadyForNewScale', message: 'nothing holds the recommended size back' }
      : wish.wanted >= wish.current
        ? { reason: 'ScaleUpStabilized', message: 'a recent recommendation was lower, and the lowest counts' }
        : { reason: 'ScaleDownStabilized', message: 'a recent recommendation was higher, and the highest counts' };
  return { replicas, able, limited: { isLimited: replicas !== stable, reason, message } };
};

/** The current number, moved no further than every recent wish agrees with. */
const stabilize = ({ current, wanted, up, down, history, now }: ScalingWish): number => {
  const within = ({ stabilizationSeconds }: ScalingRules): readonly number[] =>
    history.wishes.filter(({ at }) => at > now - stabilizationSeconds * 1000).map(({ replicas }) => replicas);
  const lowest = Math.min(wanted, ...within(up));
  const highest = Math.max(wanted, ...within(down));
  return Math.min(Math.max(current, lowest), highest);
};

interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

const limit = (wish: ScalingWish): Limited => {
  const { wanted, current, min, max } = wish;
  if (wanted > current) {
    const fastest = Math.max(current, upLimit(wish));
    const most = Math.min(max, fastest);
    if (wanted > most)
      return fastest < max
        ? { replicas: most, reason: 'ScaleUpLimit', message: 'the policies of scaleUp allow no more at once' }
        : { replicas: most, reason: 'TooManyReplicas', message: 'more would be recommended than maxReplicas' };
  }
  if (wanted < current) {
    const fastest = Math.min(current, downLimit(wish));
    const least = Math.max(min, fastest);
    if (wanted < least)
      return fastest > min
        ? { replicas: least, reason: 'ScaleDownLimit', message: 'the policies of scaleDown allow no fewer at once' }
        : { replicas: least, reason: 'TooFewReplicas', message: 'fewer would be recommended than minReplicas' };
  }
  return limitRange(wanted, min, max);
};

/** A wish that equals the current number may still lie outside of the range. */
const limitRange = (wanted: number, min: number, max: number): Limited => {
  if (wanted > max)
    return { replicas: max, reason: 'TooManyReplicas', message: 'more would be recommended than maxReplicas' };
  if (wanted < min)
    return { replicas: min, reason: 'TooFewReplicas', message: 'fewer would be recommended than minReplicas' };
  return { replicas: wanted, reason: 'DesiredWithinRange', message: 'the recommended size is within the range' };
};

/** Replicas there were when a policy's period began. */
const startOf = ({ current, history, now }: ScalingWish, { periodSeconds }: ScalingPolicy): number =>
  history.changes
    .filter(({ at }) => at > now - periodSeconds * 1000)
    .reduce((replicas, { change }) => replicas - change, current);

const upLimit = (wish: ScalingWish): number => {
  const { up, current } = wish;
  if (up.select === 'Disabled') return current;
  const proposals = up.policies.map((policy) => {
    const start = startOf(wish, policy);
    return policy.type === 'Pods' ? start + policy.value : Math.ceil(start * (1 + policy.value / 100) - 1e-9);
  });
  return up.select === 'Max' ? Math.max(...proposals) : Math.min(...proposals);
};

const downLimit = (wish: ScalingWish): number => {
  const { down, current } = wish;
  if (down.select === 'Disabled') return current;
  const proposals = down.policies.map((policy) => {
    const start = startOf(wish, policy);
    return policy.type === 'Pods' ? start - policy.value : Math.floor(start * (1 - policy.value / 100) + 1e-9);
  });
  return down.select === 'Max' ? Math.min(...proposals) : Math.max(...proposals);
};
