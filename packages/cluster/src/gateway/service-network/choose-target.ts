/**
 * Who of a service's endpoints gets a client: in turn, or with session affinity the same as before.
 */
import type { Clock } from '@argosy/base';

import type { Target } from './decide-listeners.ts';

/** Chooses. One per listener. */
export interface TargetChooser {
  /** All targets in the order in which they are to be tried. */
  order(client: string, targets: readonly Target[], affinitySeconds: number | undefined): readonly Target[];
  /** Says who took the client. */
  settle(client: string, target: Target): void;
}

/** Clients remembered at most; the one that came longest ago is forgotten first. */
const MOST_CLIENTS = 10_000;

/** Creates the chooser. */
export const createTargetChooser = (clock: Clock): TargetChooser => {
  const known = new Map<string, { readonly target: Target; readonly at: number }>();
  let turn = -1;
  return {
    order: (client, targets, affinitySeconds) => {
      const before = affinitySeconds === undefined ? undefined : known.get(client);
      const isFresh = before && clock.now() - before.at < (affinitySeconds ?? 0) * 1000;
      const same = isFresh ? targets.findIndex((one) => isSame(one, before.target)) : -1;
      turn = (turn + 1) % targets.length;
      const first = same >= 0 ? same : turn;
      return [...targets.slice(first), ...targets.slice(0, first)];
    },
    settle: (client, target) => {
      known.delete(client);
      known.set(client, { target, at: clock.now() });
      const oldest = known.size > MOST_CLIENTS ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
    },
  };
};

const isSame = (one: Target, other: Target): boolean => one.address === other.address && one.port === other.port;
