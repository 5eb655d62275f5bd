/**
 * Rolls Deployments. @upstream kubernetes pkg/controller/deployment/deployment_controller.go
 */
import type { Informer } from '@argosy/client';
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
  controllerOf,
  DEPLOYMENTS,
  formatKey,
  keyOf,
  REPLICA_SETS,
  type Deployment,
  type DeploymentStatus,
  type ObjectKey,
  type Pod,
  type ReplicaSet,
} from '@argosy/kube';

import { BY_CONTROLLER, byController, podsByController, type LoopDeps } from '../loop-deps.ts';
import { createClaims, type Claims } from '../ownership/claims.ts';
import { createWrittenVersions, type WrittenVersions } from '../written-versions.ts';
import { actOnDeployment, type NoteWritten } from './act.ts';
import { decideDeployment, type DeploymentWorld } from './decide.ts';
import type { DeploymentAction } from './resize.ts';
import { sizeOf } from './set-size.ts';

/** Creates the loop. */
export const createDeploymentLoop = (deps: LoopDeps): Controller => {
  const deployments = deps.informers.of({ resource: DEPLOYMENTS });
  const sets = deps.informers.of({ resource: REPLICA_SETS, indexes: { [BY_CONTROLLER]: byController } });
  const pods = podsByController(deps.informers);
  const [written, writtenDeployments] = [createWrittenVersions(sets), createWrittenVersions(deployments)];
  const claims = createOwnership(deps, { deployments, sets, written });
  const noteFor = (deployment: Deployment): NoteWritten => {
    const key = formatKey(keyOf(deployment));
    return { set: (one) => written.note(key, one), deployment: (one) => writtenDeployments.note(key, one) };
  };
  const reconcile = createReconcile<Deployment, DeploymentWorld, DeploymentStatus, DeploymentAction, void>({
    observe: async (key, signal) => {
      await Promise.all([written, writtenDeployments].map((one) => one.caughtUp(formatKey(key), signal)));
      const object = deployments.get(key);
      return object && { object, world: worldOf(object, { sets, pods }), now: deps.clock.now() };
    },
    decide: decideDeployment,
    act: (action, { object }) => actOnDeployment(deps, action, { deployment: object, note: noteFor(object) }),
    report: async ({ object }, decision, outcomes) => {
      if (outcomes.length === decision.actions.length)
        for (const event of decision.events) deps.recorder.event(object, event);
      // An annotation written just now has moved the version on: status is then written from the next observation.
      if (decision.actions.some((action) => action.kind === 'annotate')) return;
      await writeStatus(deps.client, DEPLOYMENTS, object, decision.status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'deployment',
    sources: [
      watchObjects(deployments),
      watchOwned(sets, { kind: 'Deployment' }),
      claims.source,
      // A recreate waits for the last old pod to go.
      watchMapped(pods, (change) => (change.kind === 'deleted' ? deploymentOf(sets, change.object) : [])),
    ],
    reconcile: claims.settledBefore(reconcile),
  });
};

const createOwnership = (
  deps: LoopDeps,
  of: {
    readonly deployments: Informer<Deployment>;
    readonly sets: Informer<ReplicaSet>;
    readonly written: WrittenVersions;
  },
): Claims =>
  createClaims(deps, {
    owner: DEPLOYMENTS,
    owners: of.deployments,
    child: REPLICA_SETS,
    children: of.sets,
    written: of.written,
    selectorOf: ({ spec }) => spec?.selector,
  });

const worldOf = (
  deployment: Deployment,
  known: { readonly sets: Informer<ReplicaSet>; readonly pods: Informer<Pod> },
): DeploymentWorld => {
  const sets = known.sets.byIndex(BY_CONTROLLER, deployment.metadata.uid ?? '');
  const livePodsOf = (uid: string): number =>
    known.pods
      .byIndex(BY_CONTROLLER, uid)
      .filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed').length;
  // Of a set that is to have pods nobody asks whether it has some.
  const uids = sets.filter((set) => sizeOf(set) === 0).map((set) => set.metadata.uid ?? '');
  return { sets, livePods: Object.fromEntries(uids.map((uid) => [uid, livePodsOf(uid)] as const)) };
};

/** Whose set a pod belonged to. */
const deploymentOf = (sets: Informer<ReplicaSet>, pod: Pod): readonly ObjectKey[] => {
  const namespace = pod.metadata.namespace ?? '';
  const owner = controllerOf(pod);
  const set = owner?.kind === 'ReplicaSet' ? sets.get({ namespace, name: owner.name }) : undefined;
  const deployment = set && controllerOf(set);
  return deployment?.kind === 'Deployment' ? [{ namespace, name: deployment.name }] : [];
};
