/**
 * Puts pods on nodes, makes room for those that matter more, and tells the others why they wait.
 * @upstream kubernetes pkg/scheduler/schedule_one.go
 */
import type { Change, Informer, InformerSet } from '@argosy/client';
import { createController, watchMapped, type Controller, type Next } from '@argosy/controller';
import {
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type ObjectKey,
  type PersistentVolumeClaim,
  type Pod,
} from '@argosy/kube';

import { bindPod } from './bind-pod.ts';
import { decidePlacement } from './placement/decide-placement.ts';
import { createRoomMaker, type RoomMaker } from './preemption/make-room.ts';
import { createNodeLedger, hasEnded, type NodeLedger } from './books/node-ledger.ts';
import { watchPodFamilies, type PodFamilies } from './preemption/pod-family.ts';
import { createRetrySource, type RetrySource } from './queue/retry-soon.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';
import { createTurnQueue } from './queue/turn-queue.ts';
import { hasNewWish, isNewNeighbour, isWaiting, usesClaim, waitingAs } from './queue/waiting-pods.ts';

export type { SchedulerDeps } from './scheduler-deps.ts';

/** Index of the pods that wait. */
const WAITING = 'waiting';
/** Pods bound at the same time. */
const CONCURRENCY = 16;

/** Creates the scheduler of all nodes. */
export const createScheduler = (given: SchedulerDeps): Controller => {
  const deps: SchedulerDeps = { ...given, recorder: given.recorder.as('default-scheduler') };
  const { pods, nodes, namespaces, claims, budgets, families, synced } = watchWorld(deps.informers);
  const ledger = createNodeLedger();
  const waiting = () => pods.byIndex(WAITING, 'all');
  const turns = createTurnQueue({ synced, atOnce: CONCURRENCY });
  const retry = createRetrySource(deps.clock, { synced, waiting, look: turns.add });
  const maker = createRoomMaker(deps, { ledger, budgets: () => budgets.list() }, retry.soon);

  const place = createPlacing(deps, { pods, claims, families, ledger, maker, retry });
  /** Changes are looked at by turns, not by the keys of what changed. */
  const giveTurns = (concerned: readonly Pod[]): readonly [] => {
    concerned.forEach(turns.add);
    return [];
  };
  const retryIf = (hasMoreRoom: boolean): readonly [] => {
    if (hasMoreRoom) retry.soon();
    return [];
  };
  const seePod = (change: Change<Pod>): void => {
    retryIf(ledger.seePod(change));
    if (change.kind === 'deleted' || hasEnded(change.object)) maker.forget(change.object);
  };
  return createController(deps, {
    name: 'scheduler',
    concurrency: CONCURRENCY,
    sources: [
      watchMapped(nodes, (change) => retryIf(ledger.seeNode(change))),
      watchMapped(namespaces, (change) => retryIf(ledger.seeNamespace(change))),
      watchMapped(pods, (change) => {
        seePod(change);
        return giveTurns(concernedBy(change, pods));
      }),
      watchMapped(claims, ({ object }) => giveTurns(waiting().filter((pod) => usesClaim(pod, object)))),
      retry,
      turns,
    ],
    reconcile: (key) => place(key).finally(() => turns.done(key)),
  });
};

/** What placing a pod looks at. */
const watchWorld = (informers: InformerSet) => {
  const pods = informers.of({ resource: PODS, indexes: { [WAITING]: waitingAs } });
  const nodes = informers.of({ resource: NODES });
  const namespaces = informers.of({ resource: NAMESPACES });
  const claims = informers.of({ resource: PERSISTENT_VOLUME_CLAIMS });
  const budgets = informers.of({ resource: POD_DISRUPTION_BUDGETS });
  const families = watchPodFamilies(informers);
  const all = [pods, nodes, namespaces, claims, budgets, families];
  const synced = Promise.all(all.map((one) => one.synced)).then(() => undefined);
  return { pods, nodes, namespaces, claims, budgets, families, synced };
};

/** The pods that may fit because of a change of one, beyond those that wait for room. */
const concernedBy = (change: Change<Pod>, pods: Informer<Pod>): readonly Pod[] => {
  if (change.kind !== 'deleted' && isWaiting(change.object)) return hasNewWish(change) ? [change.object] : [];
  const asking = pods.byIndex(WAITING, 'asking');
  return asking.length > 0 && isNewNeighbour(change) ? asking : [];
};

interface PlacingParts {
  readonly pods: Informer<Pod>;
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly families: PodFamilies;
  readonly ledger: NodeLedger;
  readonly maker: RoomMaker;
  readonly retry: Pick<RetrySource, 'soon'>;
}

/** One attempt to place a pod. */
const createPlacing =
  (deps: SchedulerDeps, { pods, claims, families, ledger, maker, retry }: PlacingParts) =>
  async (key: ObjectKey): Promise<Next> => {
    const pod = pods.get(key);
    if (!pod || !isWaiting(pod) || ledger.isAssumed(pod.metadata.uid ?? '')) return { kind: 'settled' };
    const claim = (name: string) => claims.get({ namespace: key.namespace ?? '', name });
    const placement = decidePlacement(pod, { rooms: ledger.rooms(), claim, siblings: families.siblings });
    // What is decided is booked before anything is awaited, so that no room is given twice.
    return placement.kind === 'place'
      ? bindPod(deps, { pod, node: placement.node, ledger }, retry.soon)
      : maker.makeRoom(pod, placement);
  };
