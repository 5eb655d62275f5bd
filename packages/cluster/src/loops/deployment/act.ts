/**
 * Does what was decided for a Deployment. Idempotent: sets have names made from their template.
 */
import {
  DEPLOYMENTS,
  isApiError,
  isControlledBy,
  keyOf,
  REPLICA_SETS,
  type Deployment,
  type KubeObject,
  type ReplicaSet,
} from '@argosy/kube';

import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import type { DeploymentAction } from './resize.ts';
import { REVISION } from './revisions.ts';

/** Hears what was written, so that the next look waits until it is seen. */
export interface NoteWritten {
  readonly set: (written: KubeObject) => void;
  readonly deployment: (written: KubeObject) => void;
}

/** Does one thing. Throws when somebody else's set has the name: the collision is counted, and the next name differs. */
export const actOnDeployment = async (
  deps: LoopDeps,
  action: DeploymentAction,
  of: { readonly deployment: Deployment; readonly note: NoteWritten },
): Promise<void> => {
  const { deployment, note } = of;
  switch (action.kind) {
    case 'create-set':
      return createSet(deps, deployment, action.set, note.set);
    case 'update-set':
      return note.set(await deps.client.update(REPLICA_SETS, action.set));
    case 'delete-set':
      return removeSet(deps, deployment, action);
    case 'annotate': {
      const patch = { metadata: { annotations: { [REVISION]: action.revision } } };
      return note.deployment(await deps.client.patch(DEPLOYMENTS, keyOf(deployment), { kind: 'merge', patch }));
    }
  }
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
  const key = { namespace: deployment.metadata.namespace ?? '', name: action.name };
  const options = { preconditions: { uid: action.uid }, propagationPolicy: 'Background' } as const;
  await unlessGone(() => deps.client.delete(REPLICA_SETS, key, options));
};
