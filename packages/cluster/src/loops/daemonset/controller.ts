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
  isApiError,
  keyOf,
  NODES,
  PODS,
  type DaemonSet,
  type DaemonSetStatus,
} from '@argosy/kube';

import { actOnHistory } from '../history/act-on-history.ts';
import { BY_CONTROLLER, byController, podsByController, type LoopDeps } from '../loop-deps.ts';
import { createClaims } from '../ownership/claims.ts';
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
    const tell = (reason: string, message: string): void =>
      deps.recorder.event(set, { type: 'Normal', reason, message });
    switch (action.kind) {
      case 'create-pod': {
        const pod = await deps.client.create(PODS, daemonPod(set, action.node, action.hash));
        written.note(formatKey(keyOf(set)), pod);
        return tell('SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      }
      case 'delete-pod':
        return deletePod(deps, set, action).then((isDone) =>
          isDone ? tell('SuccessfulDelete', `Deleted pod: ${action.name}`) : undefined,
        );
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

const deletePod = async (
  deps: LoopDeps,
  set: DaemonSet,
  pod: { readonly name: string; readonly uid: string },
): Promise<boolean> => {
  try {
    const key = { namespace: set.metadata.namespace ?? '', name: pod.name };
    await deps.client.delete(PODS, key, { preconditions: { uid: pod.uid } });
    return true;
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    return false;
  }
};
