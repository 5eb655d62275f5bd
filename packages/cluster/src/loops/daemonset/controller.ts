/**
 * Keeps a pod of each DaemonSet on every node it is for. @upstream kubernetes pkg/controller/daemon/daemon_controller.go
 */
import {
  createController,
  createReconcile,
  watchMapped,
  watchObjects,
  watchOwned,
  writeStatus,
  type Controller,
} from '@argosy/controller';
import {
  CONTROLLER_REVISIONS,
  DAEMON_SETS,
  keyOf,
  NODES,
  type DaemonSet,
  type DaemonSetStatus,
  type Pod,
} from '@argosy/kube';

import { actOnHistory } from '../history/act-on-history.ts';
import { BY_CONTROLLER, byController, type LoopDeps } from '../loop-deps.ts';
import { followOwnedPods } from '../ownership/owned-pods.ts';
import { createOwnPod, deleteOwnPod } from '../own-pods.ts';
import { daemonPod } from './daemon-pod.ts';
import { decideDaemonSet, type DaemonSetAction, type DaemonSetWorld } from './decide.ts';

/** Creates the loop. */
export const createDaemonSetLoop = (deps: LoopDeps): Controller => {
  const sets = deps.informers.of({ resource: DAEMON_SETS });
  const nodes = deps.informers.of({ resource: NODES });
  const revisions = deps.informers.of({ resource: CONTROLLER_REVISIONS, indexes: { [BY_CONTROLLER]: byController } });
  const owned = followOwnedPods(deps, { owner: DAEMON_SETS, owners: sets, selectorOf: ({ spec }) => spec?.selector });
  const reconcile = createReconcile<DaemonSet, DaemonSetWorld, DaemonSetStatus, DaemonSetAction, void>({
    observe: async (key, signal) => {
      await owned.caughtUp(key, signal);
      const object = sets.get(key);
      if (!object) return undefined;
      const world = {
        nodes: nodes.list(),
        pods: owned.of(object),
        revisions: revisions.byIndex(BY_CONTROLLER, object.metadata.uid ?? ''),
      };
      return { object, world, now: deps.clock.now() };
    },
    decide: decideDaemonSet,
    act: (action, { object: set }) => act(deps, action, { set, note: (pod) => owned.note(set, pod) }),
    report: async ({ object }, decision) => {
      for (const event of decision.events) deps.recorder.event(object, event);
      await writeStatus(deps.client, DAEMON_SETS, object, decision.status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'daemonset',
    sources: [
      watchObjects(sets),
      watchOwned(owned.pods, { kind: 'DaemonSet' }),
      owned.claims.source,
      watchOwned(revisions, { kind: 'DaemonSet' }),
      watchMapped(nodes, () => sets.list().map(keyOf)),
    ],
    reconcile: owned.claims.settledBefore(reconcile),
  });
};

const act = async (
  deps: LoopDeps,
  action: DaemonSetAction,
  { set, note }: { readonly set: DaemonSet; readonly note: (pod: Pod) => void },
): Promise<void> => {
  switch (action.kind) {
    case 'create-pod':
      return note(await createOwnPod(deps, set, daemonPod(set, action.node, action.hash)));
    case 'delete-pod':
      return deleteOwnPod(deps, set, action);
    default:
      return actOnHistory(deps.client, set, action);
  }
};
