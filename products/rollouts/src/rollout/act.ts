/**
 * Does one action. Idempotent: what is so already is success.
 */
import { assertNever, type JsonObject } from '@argosy/base';
import type { Client } from '@argosy/client';
import {
  HTTP_ROUTES,
  INGRESSES,
  isApiError,
  isControlledBy,
  keyOf,
  REPLICA_SETS,
  SERVICES,
  type KubeObject,
  type ObjectKey,
} from '@argosy/kube';

import { ANALYSIS_RUNS } from '../api/analysis-kinds.ts';
import { ROLLOUTS, type Rollout } from '../api/rollout.ts';
import { HASH_LABEL, MANAGED_BY, REVISION } from './names.ts';
import type { RolloutAction } from './plan.ts';

/** The object an action wrote; undefined for a deletion. */
export type ActOutcome = { readonly kind: RolloutAction['kind']; readonly written: KubeObject | undefined };

/** Does it. Throws what the API says; a set whose name somebody else has is counted as a collision first. */
export const actOnRollout = async (client: Client, action: RolloutAction, rollout: Rollout): Promise<ActOutcome> => ({
  kind: action.kind,
  written: await act(client, action, rollout),
});

const act = (client: Client, action: RolloutAction, rollout: Rollout): Promise<KubeObject | undefined> => {
  const namespace = rollout.metadata.namespace ?? '';
  switch (action.kind) {
    case 'write-replicas':
      return merge(client, rollout, { spec: { replicas: action.replicas } });
    case 'annotate':
      return merge(client, rollout, { metadata: { annotations: { [REVISION]: String(action.revision) } } });
    case 'create-set':
      return createSet(client, rollout, action);
    case 'update-set':
      return client.update(REPLICA_SETS, action.set);
    case 'delete-set':
      return deleted(deleteSet(client, action));
    case 'switch-service':
      return switchService(client, rollout, action);
    case 'write-ingress':
      return action.isNew ? client.create(INGRESSES, action.ingress) : client.update(INGRESSES, action.ingress);
    case 'write-route':
      return client.update(HTTP_ROUTES, action.route);
    case 'create-run':
      return client.create(ANALYSIS_RUNS, action.run);
    case 'terminate-run':
      return unlessGone(terminateRun(client, { namespace, name: action.name }));
    case 'delete-run': {
      const preconditions = { uid: action.uid };
      return deleted(client.delete(ANALYSIS_RUNS, { namespace, name: action.name }, { preconditions }));
    }
    default:
      return assertNever(action);
  }
};

const merge = (client: Client, rollout: Rollout, patch: JsonObject): Promise<Rollout> =>
  client.patch(ROLLOUTS, keyOf(rollout), { kind: 'merge', patch });

const deleteSet = (client: Client, { set }: Extract<RolloutAction, { kind: 'delete-set' }>): Promise<void> =>
  client.delete(REPLICA_SETS, keyOf(set), {
    preconditions: { uid: set.metadata.uid },
    propagationPolicy: 'Background',
  });

const terminateRun = (client: Client, key: ObjectKey): Promise<KubeObject> =>
  client.patch(ANALYSIS_RUNS, key, { kind: 'merge', patch: { spec: { terminate: true } } });

const createSet = async (
  client: Client,
  rollout: Rollout,
  { set }: Extract<RolloutAction, { kind: 'create-set' }>,
): Promise<KubeObject> => {
  try {
    return await client.create(REPLICA_SETS, set);
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    const existing = await client.get(REPLICA_SETS, keyOf(set));
    if (isControlledBy(existing, rollout)) return existing;
    // Somebody else's set has the name: the next hash must differ. @spec RO-HIST-01
    const status = { ...rollout.status, collisionCount: (rollout.status?.collisionCount ?? 0) + 1 };
    await client.update(ROLLOUTS, { ...rollout, status }, { subresource: 'status' });
    throw thrown;
  }
};

const switchService = (
  client: Client,
  rollout: Rollout,
  action: Extract<RolloutAction, { kind: 'switch-service' }>,
): Promise<KubeObject> =>
  client.patch(
    SERVICES,
    { namespace: rollout.metadata.namespace ?? '', name: action.service },
    {
      kind: 'strategic',
      patch: {
        metadata: { annotations: { [MANAGED_BY]: rollout.metadata.name ?? '' } },
        spec: { selector: { [HASH_LABEL]: action.hash } },
      },
    },
  );

const deleted = async (deletion: Promise<void>): Promise<undefined> => {
  try {
    await deletion;
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
  return undefined;
};

const unlessGone = async (write: Promise<KubeObject>): Promise<KubeObject | undefined> => {
  try {
    return await write;
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};
