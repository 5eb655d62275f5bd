/**
 * What is done for a pod that fits nowhere: others leave for it, or it is told why not.
 * @upstream kubernetes pkg/scheduler/framework/plugins/defaultpreemption
 */
import type { Next } from '@argosy/controller';
import { findCondition, type Pod, type PodDisruptionBudget } from '@argosy/kube';

import type { Placement } from '../placement/decide-placement.ts';
import { decidePreemption } from './decide-preemption.ts';
import type { NodeLedger } from '../books/node-ledger.ts';
import { priorityOf } from './pod-priority.ts';
import { preemptPods } from './preempt-pods.ts';
import { refusePod, withdrawPromise } from '../refuse-pod.ts';
import type { SchedulerDeps } from '../scheduler-deps.ts';

/** Makes room for pods that wait. */
export interface RoomMaker {
  /** Has others leave, or tells the pod why it waits. Throws when a victim could not be deleted. */
  makeRoom(pod: Pod, placement: Extract<Placement, { readonly kind: 'wait' }>): Promise<Next>;
  /** Takes note that a pod has ended or is gone. */
  forget(pod: Pod): void;
}

/** Creates it. `retrySoon` is called when a promise is void. */
export const createRoomMaker = (
  deps: Pick<SchedulerDeps, 'client' | 'clock' | 'recorder'>,
  world: { readonly ledger: NodeLedger; readonly budgets: () => readonly PodDisruptionBudget[] },
  retrySoon: () => void,
): RoomMaker => {
  const { ledger } = world;
  /** Victims whose leaving the informer has not told of yet. */
  const leaving = new Set<string>();
  const isLeaving = (pod: Pod): boolean => leaving.has(uidOf(pod)) || isBeingPreempted(pod);

  const preempt = async (pod: Pod, { node, victims }: { readonly node: string; readonly victims: readonly Pod[] }) => {
    const lesser = ledger.promisedAt(node).filter((other) => priorityOf(other) < priorityOf(pod));
    ledger.promise(pod, node);
    for (const other of lesser) ledger.release(uidOf(other));
    for (const victim of victims) leaving.add(uidOf(victim));
    try {
      await preemptPods(deps, victims, { pod, node });
    } catch (thrown) {
      for (const victim of victims) leaving.delete(uidOf(victim));
      throw thrown;
    }
    await Promise.all(lesser.map((other) => withdrawPromise(deps, other)));
  };
  return {
    forget: (pod) => void leaving.delete(uidOf(pod)),
    makeRoom: async (pod, { message, contested }) => {
      const rooms = ledger.rooms();
      const decision = decidePreemption(pod, { rooms, contested, budgets: world.budgets(), isLeaving });
      if (decision.kind === 'preempt') {
        await preempt(pod, decision);
        return refusePod(deps, pod, { message, nominated: decision.node });
      }
      if (decision.kind === 'helpless' && ledger.release(uidOf(pod))) retrySoon();
      const told = rooms.length > 0 ? `${message} preemption: ${decision.message}` : message;
      return refusePod(deps, pod, { message: told, nominated: ledger.promisedNode(uidOf(pod)) });
    },
  };
};

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';

const isBeingPreempted = ({ metadata, status }: Pod): boolean => {
  const target = findCondition(status?.conditions, 'DisruptionTarget');
  return (
    metadata.deletionTimestamp !== undefined && target?.status === 'True' && target.reason === 'PreemptionByScheduler'
  );
};
