/**
 * Keeps a pod of each DaemonSet on every node it is for. @upstream kubernetes pkg/controller/daemon/daemon_controller.go
 */
import type { Informer, InformerSet } from '@argosy/client';
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
  type ControllerRevision,
  type DaemonSet,
  type DaemonSetStatus,
  type Node,
  type Pod,
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
  const known = daemonSetInformers(deps.informers);
  const { sets, nodes, revisions, pods } = known;
  const written = createWrittenVersions(pods);
  const claims = createClaims(deps, {
    owner: DAEMON_SETS,
    owners: sets,
    child: PODS,
    children: pods,
    written,
    selectorOf: ({ spec }) => spec?.selector,
  });
  const reconcile = createReconcile<DaemonSet, DaemonSetWorld, DaemonSetStatus, DaemonSetAction, void>({
    observe: async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const object = sets.get(key);
      return object && { object, world: worldOf(object, known), now: deps.clock.now() };
    },
    decide: decideDaemonSet,
    act: (action, { object: set }) =>
      act(deps, action, { set, note: (pod) => written.note(formatKey(keyOf(set)), pod) }),
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

interface DaemonSetInformers {
  readonly sets: Informer<DaemonSet>;
  readonly nodes: Informer<Node>;
  readonly revisions: Informer<ControllerRevision>;
  readonly pods: Informer<Pod>;
}

const daemonSetInformers = (informers: InformerSet): DaemonSetInformers => ({
  sets: informers.of({ resource: DAEMON_SETS }),
  nodes: informers.of({ resource: NODES }),
  revisions: informers.of({ resource: CONTROLLER_REVISIONS, indexes: { [BY_CONTROLLER]: byController } }),
  pods: podsByController(informers),
});

const worldOf = (set: DaemonSet, { nodes, revisions, pods }: DaemonSetInformers): DaemonSetWorld => {
  const { uid = '' } = set.metadata;
  return {
    nodes: nodes.list(),
    pods: pods.byIndex(BY_CONTROLLER, uid),
    revisions: revisions.byIndex(BY_CONTROLLER, uid),
  };
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
