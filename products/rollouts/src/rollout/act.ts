/**
 * Does one action. Idempotent: what is so already is success.
 */
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
} from '@argosy/kube';

import { ANALYSIS_RUNS } from '../api/analysis.ts';
import { ROLLOUTS, type Rollout } from '../api/rollout.ts';
import { HASH_LABEL, MANAGED_BY, REVISION } from './names.ts';
import type { RolloutAction } from './plan.ts';

/** The object an action wrote; undefined for a deletion. */
export type ActOutcome = { readonly kind: RolloutAction['kind']; readonly written: KubeObject | undefined };

/** Does it. Throws what the API says; a set whose name somebody else has is counted as a collision first. */
export const actOnRollout = async (client: Client, action: RolloutAction, rollout: Rollout): Promise<ActOutcome> => {
  const namespace = rollout.metadata.namespace ?? '';
  const done = (written: KubeObject | undefined): ActOutcome => ({ kind: action.kind, written });
  switch (action.kind) {
    case 'write-replicas':
      return done(
        await client.patch(ROLLOUTS, keyOf(rollout), { kind: 'merge', patch: { spec: { replicas: action.replicas } } }),
      );
    case 'annotate':
      return done(
        await client.patch(ROLLOUTS, keyOf(rollout), {
          kind: 'merge',
          patch: { metadata: { annotations: { [REVISION]: String(action.revision) } } },
        }),
      );
    case 'create-set':
      return done(await createSet(client, rollout, action));
    case 'update-set':
      return done(await client.update(REPLICA_SETS, action.set));
    case 'delete-set':
      return done(
        await deleted(
          client.delete(REPLICA_SETS, keyOf(action.set), {
            preconditions: { uid: action.set.metadata.uid },
            propagationPolicy: 'Background',
          }),
        ),
      );
    case 'switch-service':
      return done(await switchService(client, rollout, action));
    case 'write-ingress':
      return done(
        action.isNew ? await client.create(INGRESSES, action.ingress) : await client.update(INGRESSES, action.ingress),
      );
    case 'write-route':
      return done(await client.update(HTTP_ROUTES, action.route));
    case 'create-run':
      return done(await client.create(ANALYSIS_RUNS, action.run));
    case 'terminate-run':
      return done(
        await unlessGone(
          client.patch(
            ANALYSIS_RUNS,
            { namespace, name: action.name },
            { kind: 'merge', patch: { spec: { terminate: true } } },
          ),
        ),
      );
    case 'delete-run':
      return done(
        await deleted(
          client.delete(ANALYSIS_RUNS, { namespace, name: action.name }, { preconditions: { uid: action.uid } }),
        ),
      );
  }
};

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
