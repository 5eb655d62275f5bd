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
  formatKey,
  keyOf,
  NODES,
  PODS,
  type DaemonSet,
  type DaemonSetStatus,
} from '@argosy/kube';

import { actOnHistory } from '../history/act-on-history.ts';
import { BY_CONTROLLER, byController, podsByController, type LoopDeps } from '../loop-deps.ts';
import { createClaims } from '../ownership/claims.ts';
import { createOwnPod, deleteOwnPod } from '../own-pods.ts';
import { createWrittenVersions } from '../written-versions.ts';
import { daemonPod } from './daemon-pod.ts';
import { decideDaemonSet, type DaemonSetAction, type DaemonSetWorld } from './decide.ts';

/** Creates the loop. */
export const createDaemonSetLoop = (deps: LoopDeps): Controller => {
  const sets = deps.informers.of({ resource: DAEMON_SETS });
  const nodes = deps.informers.of({ resource: NODES });
  const revisions = deps.informers.of({ resource: CONTROLLER_REVISIONS, indexes: { [BY_CONTROLLER]: byController } });
  const pods = podsByController(deps.informers);
  const written = createWrittenVersions(pods);
  const claims = createClaims(deps, {
    owner: DAEMON_SETS,
    owners: sets,
    child: PODS,
    children: pods,
    written,
    selectorOf: ({ spec }) => spec?.selector,
  });

  const act = async (action: DaemonSetAction, set: DaemonSet): Promise<void> => {
    switch (action.kind) {
      case 'create-pod': {
        const pod = await createOwnPod(deps, set, daemonPod(set, action.node, action.hash));
        return written.note(formatKey(keyOf(set)), pod);
      }
      case 'delete-pod':
        return deleteOwnPod(deps, set, action);
      default:
        return actOnHistory(deps.client, set, action);
    }
  };
  const reconcile = createReconcile<DaemonSet, DaemonSetWorld, DaemonSetStatus, DaemonSetAction, void>({
    observe: async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const object = sets.get(key);
      const uid = object?.metadata.uid ?? '';
      return (
        object && {
          object,
          world: {
            nodes: nodes.list(),
            pods: pods.byIndex(BY_CONTROLLER, uid),
            revisions: revisions.byIndex(BY_CONTROLLER, uid),
          },
          now: deps.clock.now(),
        }
      );
    },
    decide: decideDaemonSet,
    act: (action, { object }) => act(action, object),
    report: async ({ object }, decision) => {
      for (const event of decision.events) deps.recorder.event(object, event);
      await writeStatus(deps.client, DAEMON_SETS, object, decision.status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'daemonset',
    sources: [
      watchObjects(sets),
      watchOwned(pods, { kind: 'DaemonSet' }),
      claims.source,
      watchOwned(revisions, { kind: 'DaemonSet' }),
      watchMapped(nodes, () => sets.list().map(keyOf)),
    ],
    reconcile: claims.settledBefore(reconcile),
  });
};
