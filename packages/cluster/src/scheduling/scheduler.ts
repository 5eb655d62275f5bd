/**
 * Puts pods on nodes, makes room for those that matter more, and tells the others why they wait.
 * @upstream kubernetes pkg/scheduler/schedule_one.go
 */
import { isEqual, messageOf } from '@argosy/base';
import type { Change } from '@argosy/client';
import { createController, watchMapped, type Controller, type Next } from '@argosy/controller';
import {
  formatKey,
  isApiError,
  isConditionTrue,
  keyOf,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type ObjectKey,
  type Pod,
} from '@argosy/kube';

import { decidePlacement, type Placement } from './decide-placement.ts';
import { decidePreemption } from './decide-preemption.ts';
import { createNodeLedger, hasEnded, type NodeLedger } from './node-ledger.ts';
import { priorityOf } from './pod-priority.ts';
import { hasPodTerms } from './pod-terms.ts';
import { preemptPods } from './preempt-pods.ts';
import { refusePod, withdrawPromise } from './refuse-pod.ts';
import { createRetrySource } from './retry-soon.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

export type { SchedulerDeps } from './scheduler-deps.ts';

/** Index of the pods that wait, and among it of those that ask for neighbours. */
const WAITING = 'waiting';
/** Pods bound at the same time. */
const CONCURRENCY = 16;
/** Milliseconds the informer is given to learn of a newer pod. */
const AFTER_CONFLICT_MS = 10;

/** Creates the scheduler of all nodes. */
export const createScheduler = (deps: SchedulerDeps): Controller => {
  const { informers } = deps;
  const pods = informers.of({ resource: PODS, indexes: { [WAITING]: waitingAs } });
  const nodes = informers.of({ resource: NODES });
  const claims = informers.of({ resource: PERSISTENT_VOLUME_CLAIMS });
  const budgets = informers.of({ resource: POD_DISRUPTION_BUDGETS });
  const ledger = createNodeLedger();
  const waiting = () => pods.byIndex(WAITING, 'all');
  const retry = createRetrySource(deps.clock, { synced: pods.synced, waiting });
  const acts = createActs({ ...deps, recorder: deps.recorder.as('default-scheduler') }, ledger, () => retry.soon());

  /** What is decided is booked before anything is awaited, so that decisions never use the same room twice. */
  const reconcile = (key: ObjectKey): Promise<Next> => {
    const pod = pods.get(key);
    if (!pod || !isWaiting(pod) || ledger.isAssumed(pod.metadata.uid ?? ''))
      return Promise.resolve({ kind: 'settled' });
    const claim = (name: string) => claims.get({ namespace: key.namespace ?? '', name });
    const placement = decidePlacement(pod, { rooms: ledger.rooms(), claim });
    return placement.kind === 'place'
      ? acts.bind(pod, placement.node)
      : acts.makeRoom(pod, placement, () => budgets.list());
  };
  return createController(deps, {
    name: 'scheduler',
    concurrency: CONCURRENCY,
    sources: [
      watchMapped(nodes, (change) => {
        if (ledger.seeNode(change)) retry.soon();
        return [];
      }),
      watchMapped(pods, (change) => {
        if (ledger.seePod(change)) retry.soon();
        if (change.kind === 'deleted' || hasEnded(change.object)) acts.forget(change.object);
        if (change.kind !== 'deleted' && isWaiting(change.object)) return isAsked(change) ? [keyOf(change.object)] : [];
        return isNews(change) ? pods.byIndex(WAITING, 'asking').map(keyOf) : [];
      }),
      watchMapped(claims, ({ object }) =>
        waiting()
          .filter((pod) => claimsVolume(pod, object.metadata))
          .map(keyOf),
      ),
      watchMapped(budgets, () => []),
      retry,
    ],
    reconcile,
  });
};

/** Whether a waiting pod became another; what is only told of it, mostly by us, gives it no better chance. */
const isAsked = (change: Change<Pod>): boolean =>
  change.kind !== 'updated' ||
  !isWaiting(change.previous) ||
  change.previous.metadata.uid !== change.object.metadata.uid ||
  !isEqual(change.previous.spec, change.object.spec) ||
  !isEqual(change.previous.metadata.labels, change.object.metadata.labels);

/** Whether a change may put a pod where others want to be near it. */
const isNews = (change: Change<Pod>): boolean =>
  change.kind === 'added' ||
  (change.kind === 'updated' &&
    (change.previous.spec?.nodeName !== change.object.spec?.nodeName ||
      !isEqual(change.previous.metadata.labels, change.object.metadata.labels)));

type Waiting = Extract<Placement, { readonly kind: 'wait' }>;

/** What the scheduler does. */
const createActs = (deps: SchedulerDeps, ledger: NodeLedger, retrySoon: () => void) => {
  /** Victims whose leaving the informer has not told of yet. */
  const leaving = new Set<string>();
  const isLeaving = (pod: Pod): boolean => leaving.has(pod.metadata.uid ?? '') || isBeingPreempted(pod);

  const preempt = async (pod: Pod, { node, victims }: { readonly node: string; readonly victims: readonly Pod[] }) => {
    const lesser = ledger
      .rooms()
      .filter((room) => room.node.metadata.name === node)
      .flatMap(({ nominated }) => nominated.filter((other) => priorityOf(other) < priorityOf(pod)));
    ledger.promise(pod, node);
    for (const other of lesser) ledger.release(other.metadata.uid ?? '');
    for (const victim of victims) leaving.add(victim.metadata.uid ?? '');
    try {
      await preemptPods(deps, victims, { pod, node });
      await Promise.all(lesser.map((other) => withdrawPromise(deps, other)));
    } catch (thrown) {
      for (const victim of victims) leaving.delete(victim.metadata.uid ?? '');
      throw thrown;
    }
  };
  return {
    forget: (pod: Pod): void => void leaving.delete(pod.metadata.uid ?? ''),
    bind: async (pod: Pod, node: string): Promise<Next> => {
      const bound: Pod = { ...pod, spec: { ...(pod.spec ?? { containers: [] }), nodeName: node } };
      ledger.assume(bound, node);
      try {
        await deps.client.update(PODS, bound);
      } catch (thrown) {
        ledger.unassume(pod.metadata.uid ?? '');
        retrySoon();
        // After a conflict the newer object arrives by the informer.
        if (isApiError(thrown, 'Conflict', 'NotFound')) return { kind: 'recheck', afterMs: AFTER_CONFLICT_MS };
        throw new Error(`bind pod ${formatKey(keyOf(pod))}: ${messageOf(thrown)}`, { cause: thrown });
      }
      const message = `Successfully assigned ${formatKey(keyOf(pod))} to ${node}`;
      deps.recorder.event(pod, { type: 'Normal', reason: 'Scheduled', message });
      return { kind: 'settled' };
    },
    makeRoom: async (
      pod: Pod,
      { message, contested }: Waiting,
      budgets: () => Parameters<typeof decidePreemption>[1]['budgets'],
    ): Promise<Next> => {
      const uid = pod.metadata.uid ?? '';
      const rooms = ledger.rooms();
      const decision = decidePreemption(pod, { rooms, contested, budgets: budgets(), isLeaving });
      if (decision.kind === 'preempt') {
        await preempt(pod, decision);
        return refusePod(deps, pod, { message, nominated: decision.node });
      }
      if (decision.kind === 'helpless' && ledger.release(uid)) retrySoon();
      const told = rooms.length > 0 ? `${message} preemption: ${decision.message}` : message;
      return refusePod(deps, pod, { message: told, nominated: ledger.promisedNode(uid) });
    },
  };
};

/** A pod that is ours to place; gated ones and those of other schedulers are not. */
const isWaiting = ({ spec, metadata, status }: Pod): boolean => {
  if (spec?.nodeName || metadata.deletionTimestamp || status?.phase === 'Failed') return false;
  const gates = spec?.['schedulingGates'];
  const scheduler = spec?.['schedulerName'] ?? 'default-scheduler';
  return !(Array.isArray(gates) && gates.length > 0) && scheduler === 'default-scheduler';
};

const waitingAs = (pod: Pod): readonly string[] =>
  isWaiting(pod) ? (hasPodTerms(pod) ? ['all', 'asking'] : ['all']) : [];

const claimsVolume = ({ metadata, spec }: Pod, claim: { readonly namespace?: string; readonly name?: string }) =>
  metadata.namespace === claim.namespace &&
  (spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.name);

const isBeingPreempted = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined &&
  isConditionTrue(status?.conditions, 'DisruptionTarget') &&
  status?.conditions?.find(({ type }) => type === 'DisruptionTarget')?.reason === 'PreemptionByScheduler';
