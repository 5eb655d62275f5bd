/**
 * Takes pods off a node whose NoExecute taints they do not tolerate, or not any longer.
 * @upstream kubernetes pkg/controller/tainteviction/taint_eviction.go
 */
import { isEqual, type Instant } from '@argosy/base';
import { createController, createReconcile, watchMapped, watchObjects, type Controller } from '@argosy/controller';
import { formatKey, keyOf, NODES, PODS, type Node, type ObjectKey, type Pod } from '@argosy/kube';

import { evictedBy } from '../../scheduling/preemption/disruption-target.ts';
import { taintsOf } from '../../scheduling/placement/taints.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { decideEviction, type Eviction, type EvictionWorld } from './decide.ts';

/** Creates the loop. Tolerations for a time count from when this process first saw the taint, as upstream's do. */
export const createTaintEvictionLoop = (deps: LoopDeps): Controller => {
  const nodes = deps.informers.of({ resource: NODES });
  const pods = deps.informers.of({ resource: PODS });
  const memory = createTaintMemory();
  const taintsAt = (name: string | undefined) => noExecute(name ? nodes.get({ name }) : undefined);

  const reconcile = createReconcile<Pod, EvictionWorld, void, Eviction, void>({
    observe: async (key) => {
      const object = pods.get(key);
      if (!object) return memory.forget(key);
      const now = deps.clock.now();
      const taints = taintsAt(object.spec?.nodeName);
      const since = memory.look(object, { isTainted: taints.length > 0, now });
      return { object, world: { taints, since }, now };
    },
    decide: decideEviction,
    act: (_evict, { object }) =>
      evictedBy(deps, object, {
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
      }),
    report: async ({ object }, decision) => {
      for (const event of decision.events) deps.recorder.event(object, event);
    },
  });
  return createController(deps, {
    name: 'taint-eviction',
    sources: [
      watchMapped(nodes, (change) => {
        const before = change.kind === 'updated' ? noExecute(change.previous) : [];
        if (change.kind === 'deleted' || isEqual(before, noExecute(change.object))) return [];
        return pods
          .list()
          .filter(({ spec }) => spec?.nodeName === change.object.metadata.name)
          .map(keyOf);
      }),
      // Most pods are on nodes without such taints and cost nothing here.
      watchObjects(pods, ({ object }) => taintsAt(object.spec?.nodeName).length > 0),
    ],
    reconcile,
  });
};

interface TaintMemory {
  /** Since when a pod has been known beside taints, before this look; pods beside none are forgotten. */
  look(pod: Pod, of: { readonly isTainted: boolean; readonly now: Instant }): Instant | undefined;
  forget(key: ObjectKey): undefined;
}

const createTaintMemory = (): TaintMemory => {
  const seen = new Map<string, { readonly uid: string; readonly since: Instant }>();
  return {
    look: (pod, { isTainted, now }) => {
      const key = formatKey(keyOf(pod));
      const uid = pod.metadata.uid ?? '';
      const known = seen.get(key);
      const since = known?.uid === uid ? known.since : undefined;
      if (isTainted) seen.set(key, { uid, since: since ?? now });
      else seen.delete(key);
      return since;
    },
    forget: (key) => {
      seen.delete(formatKey(key));
      return undefined;
    },
  };
};

const noExecute = (node: Node | undefined) =>
  (node ? taintsOf(node) : []).filter(({ effect }) => effect === 'NoExecute');
