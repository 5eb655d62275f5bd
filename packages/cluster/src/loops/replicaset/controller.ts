/**
 * Keeps as many pods as each ReplicaSet and ReplicationController asks for. @upstream kubernetes pkg/controller/replicaset/replica_set.go
 */
import { delay, messageOf } from '@argosy/base';
import {
  createController,
  createReconcile,
  watchObjects,
  watchOwned,
  writeStatus,
  type Controller,
} from '@argosy/controller';
import {
  formatKey,
  keyOf,
  REPLICA_SETS,
  type LabelSelector,
  type Pod,
  type ReplicaSet,
  type ReplicaSetStatus,
  type ResourceType,
  type StringMap,
} from '@argosy/kube';

import type { LoopDeps } from '../loop-deps.ts';
import { followOwnedPods } from '../ownership/owned-pods.ts';
import { createOwnPod, deleteOwnPod } from '../own-pods.ts';
import { podFromTemplate } from '../pod-from-template.ts';
import { REPLICATION_CONTROLLERS } from './replication-controller.ts';
import { isActivePod } from './rank-pods.ts';
import { withReplicaFailure, type ReplicaFailure } from './replica-failure.ts';
import { decideReplicaSet, type ReplicaSetAction, type ReplicaSetWorld } from './decide.ts';

/** Creates the loop. */
export const createReplicaSetLoop = (deps: LoopDeps): Controller =>
  createSetLoop(deps, { name: 'replicaset', resource: REPLICA_SETS, selectorOf: ({ spec }) => spec?.selector });

/** Creates the loop of their older form, which has a simpler selector and is the same otherwise. */
export const createReplicationControllerLoop = (deps: LoopDeps): Controller =>
  createSetLoop(deps, {
    name: 'replicationcontroller',
    // They differ in the form of the selector alone.
    resource: REPLICATION_CONTROLLERS as unknown as ResourceType<ReplicaSet>,
    selectorOf: ({ spec }) => ({
      matchLabels: (spec?.selector as StringMap | undefined) ?? spec?.template.metadata?.labels ?? {},
    }),
  });

/** Pods from which on a set waits for more changes before it looks. */
const LARGE_SET = 1000;
const LARGE_SET_PAUSE_MS = 200;

interface SetKind {
  readonly name: string;
  readonly resource: ResourceType<ReplicaSet>;
  readonly selectorOf: (set: ReplicaSet) => LabelSelector | undefined;
}

const createSetLoop = (deps: LoopDeps, of: SetKind): Controller => {
  const sets = deps.informers.of({ resource: of.resource });
  const owned = followOwnedPods(deps, {
    owner: of.resource,
    owners: sets,
    selectorOf: of.selectorOf,
    ignores: (pod) => !isActivePod(pod),
  });
  const failures = createFailures();
  const reconcile = createReconcile<ReplicaSet, ReplicaSetWorld, ReplicaSetStatus, ReplicaSetAction, void>({
    observe: async (key, signal) => {
      await owned.caughtUp(key, signal);
      const before = sets.get(key);
      // Looking at all pods for each that changes would cost the square of their number: changes of a moment are one.
      if (before && owned.of(before).length >= LARGE_SET) await delay(deps.clock, LARGE_SET_PAUSE_MS, signal);
      const object = sets.get(key);
      if (!object) return undefined;
      return { object, world: { pods: owned.of(object) }, now: deps.clock.now() };
    },
    decide: decideReplicaSet,
    act: (action, { object: set }) =>
      failures.noting(formatKey(keyOf(set)), action, () =>
        act(deps, action, { set, note: (pod) => owned.note(set, pod) }),
      ),
    report: async ({ object, now }, decision) => {
      const key = formatKey(keyOf(object));
      const status = withReplicaFailure(decision.status, failures.take(key), now);
      await writeStatus(deps.client, of.resource, object, status, 'subresource');
    },
  });
  return createController(deps, {
    name: of.name,
    sources: [watchObjects(sets), watchOwned(owned.pods, { kind: of.resource.kind }), owned.claims.source],
    reconcile: owned.claims.settledBefore(reconcile),
  });
};

interface Failures {
  /** Does an action; why it fails is kept, and thrown. */
  noting(key: string, action: ReplicaSetAction, attempt: () => Promise<void>): Promise<void>;
  /** Why the last attempt to make or delete pods of a set failed, told once. */
  take(key: string): ReplicaFailure | undefined;
}

const createFailures = (): Failures => {
  const failures = new Map<string, ReplicaFailure>();
  return {
    noting: async (key, action, attempt) => {
      try {
        await attempt();
      } catch (thrown) {
        const reason = action.kind === 'delete-pod' ? 'FailedDelete' : 'FailedCreate';
        failures.set(key, { reason, message: messageOf(thrown) });
        throw thrown;
      }
    },
    take: (key) => {
      const failure = failures.get(key);
      failures.delete(key);
      return failure;
    },
  };
};

const act = async (
  deps: LoopDeps,
  action: ReplicaSetAction,
  { set, note }: { readonly set: ReplicaSet; readonly note: (pod: Pod) => void },
): Promise<void> =>
  action.kind === 'delete-pod' ? deleteOwnPod(deps, set, action) : createPods(deps, set, { count: action.count, note });

/** All at once would lose nothing, but a refused pod (quota, admission) would be refused `count` times: batches double. */
const createPods = async (
  deps: LoopDeps,
  set: ReplicaSet,
  { count, note }: { readonly count: number; readonly note: (pod: Pod) => void },
): Promise<void> => {
  const template = set.spec?.template;
  if (!template) return;
  for (let done = 0, batch = 1; done < count; done += batch, batch = Math.min(batch * 2, count - done))
    await Promise.all(
      Array.from({ length: batch }, async () => note(await createOwnPod(deps, set, podFromTemplate(set, template)))),
    );
};
