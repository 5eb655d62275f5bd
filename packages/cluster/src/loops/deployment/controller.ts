/**
 * Rolls Deployments. @upstream kubernetes pkg/controller/deployment/deployment_controller.go
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
  controllerOf,
  DEPLOYMENTS,
  formatKey,
  isApiError,
  isControlledBy,
  keyOf,
  REPLICA_SETS,
  type Deployment,
  type DeploymentStatus,
  type KubeObject,
  type ReplicaSet,
} from '@argosy/kube';

import { BY_CONTROLLER, byController, podsByController, type LoopDeps } from '../loop-deps.ts';
import { createClaims } from '../ownership/claims.ts';
import { createWrittenVersions } from '../written-versions.ts';
import { decideDeployment, type DeploymentWorld } from './decide.ts';
import type { DeploymentAction } from './resize.ts';
import { REVISION } from './revisions.ts';

/** Creates the loop. */
export const createDeploymentLoop = (deps: LoopDeps): Controller => {
  const deployments = deps.informers.of({ resource: DEPLOYMENTS });
  const sets = deps.informers.of({ resource: REPLICA_SETS, indexes: { [BY_CONTROLLER]: byController } });
  const pods = podsByController(deps.informers);
  const written = createWrittenVersions(sets);
  const claims = createClaims(deps, {
    owner: DEPLOYMENTS,
    owners: deployments,
    child: REPLICA_SETS,
    children: sets,
    written,
    selectorOf: ({ spec }) => spec?.selector,
  });
  const writtenDeployments = createWrittenVersions(deployments);

  const act = async (action: DeploymentAction, object: Deployment): Promise<void> => {
    const key = formatKey(keyOf(object));
    switch (action.kind) {
      case 'create-set':
        return createSet(deps, object, action.set, (set) => written.note(key, set));
      case 'update-set':
        return written.note(key, await deps.client.update(REPLICA_SETS, action.set));
      case 'delete-set':
        return removeSet(deps, object, action);
      case 'annotate': {
        const patch = { metadata: { annotations: { [REVISION]: action.revision } } };
        return writtenDeployments.note(
          key,
          await deps.client.patch(DEPLOYMENTS, keyOf(object), { kind: 'merge', patch }),
        );
      }
    }
  };
  const reconcile = createReconcile<Deployment, DeploymentWorld, DeploymentStatus, DeploymentAction, void>({
    observe: async (key, signal) => {
      await Promise.all([
        written.caughtUp(formatKey(key), signal),
        writtenDeployments.caughtUp(formatKey(key), signal),
      ]);
      const object = deployments.get(key);
      if (!object) return undefined;
      const owned = sets.byIndex(BY_CONTROLLER, object.metadata.uid ?? '');
      const livePods = Object.fromEntries(
        owned.map(
          (set) =>
            [
              set.metadata.uid ?? '',
              pods
                .byIndex(BY_CONTROLLER, set.metadata.uid ?? '')
                .filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed').length,
            ] as const,
        ),
      );
      return { object, world: { sets: owned, livePods }, now: deps.clock.now() };
    },
    decide: decideDeployment,
    act: (action, { object }) => act(action, object),
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
      watchMapped(pods, (change) => {
        if (change.kind !== 'deleted') return [];
        const owner = controllerOf(change.object);
        const set =
          owner?.kind === 'ReplicaSet'
            ? sets.get({ namespace: change.object.metadata.namespace ?? '', name: owner.name })
            : undefined;
        const deployment = set && controllerOf(set);
        return deployment?.kind === 'Deployment'
          ? [{ namespace: change.object.metadata.namespace ?? '', name: deployment.name }]
          : [];
      }),
    ],
    reconcile: claims.settledBefore(reconcile),
  });
};

const createSet = async (
  deps: LoopDeps,
  deployment: Deployment,
  set: ReplicaSet,
  note: (set: KubeObject) => void,
): Promise<void> => {
  try {
    note(await deps.client.create(REPLICA_SETS, set));
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    const existing = await deps.client.get(REPLICA_SETS, keyOf(set));
    if (isControlledBy(existing, deployment)) return note(existing);
    // Somebody else's set has the name: count a collision, so that the next hash differs.
    const status = { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 };
    await deps.client.update(DEPLOYMENTS, { ...deployment, status }, { subresource: 'status' });
    throw thrown;
  }
};

const removeSet = async (
  deps: LoopDeps,
  deployment: Deployment,
  action: { readonly name: string; readonly uid: string },
): Promise<void> => {
  try {
    const key = { namespace: deployment.metadata.namespace ?? '', name: action.name };
    await deps.client.delete(REPLICA_SETS, key, {
      preconditions: { uid: action.uid },
      propagationPolicy: 'Background',
    });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};
