/**
 * Keeps the pods of each StatefulSet in order. @upstream kubernetes pkg/controller/statefulset/stateful_set.go
 */
import { messageOf } from '@argosy/base';
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
  formatKey,
  isApiError,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  STATEFUL_SETS,
  type Pod,
  type StatefulSet,
  type StatefulSetStatus,
} from '@argosy/kube';

import { actOnHistory } from '../history/act-on-history.ts';
import { BY_CONTROLLER, byController, podsByController, type LoopDeps } from '../loop-deps.ts';
import { createClaims } from '../ownership/claims.ts';
import { createWrittenVersions } from '../written-versions.ts';
import { decideStatefulSet, eventOf, type StatefulSetAction, type StatefulSetWorld } from './decide.ts';
import { claimsOf, nextOrdinals } from './pod-identity.ts';

/** Creates the loop. */
export const createStatefulSetLoop = (deps: LoopDeps): Controller => {
  const sets = deps.informers.of({ resource: STATEFUL_SETS });
  const revisions = deps.informers.of({ resource: CONTROLLER_REVISIONS, indexes: { [BY_CONTROLLER]: byController } });
  const claims = deps.informers.of({ resource: PERSISTENT_VOLUME_CLAIMS });
  const pods = podsByController(deps.informers);
  const written = createWrittenVersions(pods);
  const podClaims = createClaims(deps, {
    owner: STATEFUL_SETS,
    owners: sets,
    child: PODS,
    children: pods,
    written,
    selectorOf: ({ spec }) => spec?.selector,
    // Only pods that are called so can be of the set.
    ignores: (pod, set) => !isNamedAfter(set.metadata.name ?? '', pod.metadata.name ?? ''),
  });

  const act = async (action: StatefulSetAction, set: StatefulSet): Promise<void> => {
    try {
      await actOn(deps, action, set, (pod) => written.note(formatKey(keyOf(set)), pod));
    } catch (thrown) {
      if (action.kind === 'create-pod')
        deps.recorder.event(set, {
          type: 'Warning',
          reason: 'FailedCreate',
          message: `create Pod ${action.pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${messageOf(thrown)}`,
        });
      throw thrown;
    }
    const event = eventOf(set, action);
    if (event) deps.recorder.event(set, event);
  };
  const reconcile = createReconcile<StatefulSet, StatefulSetWorld, StatefulSetStatus, StatefulSetAction, void>({
    observe: async (key, signal) => {
      await written.caughtUp(formatKey(key), signal);
      const object = sets.get(key);
      if (!object) return undefined;
      const uid = object.metadata.uid ?? '';
      const owned = pods.byIndex(BY_CONTROLLER, uid);
      return {
        object,
        world: {
          pods: owned,
          revisions: revisions.byIndex(BY_CONTROLLER, uid),
          claims: knownClaims(
            object,
            owned.length,
            (name) => claims.get({ namespace: key.namespace ?? '', name }) !== undefined,
          ),
        },
        now: deps.clock.now(),
      };
    },
    decide: decideStatefulSet,
    act: (action, { object }) => act(action, object),
    report: async ({ object }, decision) => {
      await writeStatus(deps.client, STATEFUL_SETS, object, decision.status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'statefulset',
    sources: [
      watchObjects(sets),
      watchOwned(pods, { kind: 'StatefulSet' }),
      podClaims.source,
      watchOwned(revisions, { kind: 'StatefulSet' }),
      watchMapped(claims, ({ kind, object }) =>
        kind === 'deleted'
          ? sets
              .list(object.metadata.namespace)
              .filter((set) => hasClaim(set, object.metadata.name ?? ''))
              .map(keyOf)
          : [],
      ),
    ],
    reconcile: podClaims.settledBefore(reconcile),
  });
};

/** `set-0`, `set-12`. */
const isNamedAfter = (set: string, pod: string): boolean =>
  pod.startsWith(`${set}-`) && /^\d+$/.test(pod.slice(set.length + 1));

/** Whether a claim of this name is one of the set's. */
const hasClaim = (set: StatefulSet, claim: string): boolean =>
  (set.spec?.volumeClaimTemplates ?? []).some(({ metadata }) =>
    isNamedAfter(`${metadata?.name ?? ''}-${set.metadata.name ?? ''}`, claim),
  );

/** Which of the claims this set may need are there. */
const knownClaims = (set: StatefulSet, podCount: number, isThere: (name: string) => boolean): ReadonlySet<string> => {
  const names = nextOrdinals(set, podCount).flatMap((ordinal) =>
    claimsOf(set, ordinal).map(({ claim }) => claim.metadata.name ?? ''),
  );
  return new Set(names.filter(isThere));
};

const actOn = async (
  deps: LoopDeps,
  action: StatefulSetAction,
  set: StatefulSet,
  note: (pod: Pod) => void,
): Promise<void> => {
  const namespace = set.metadata.namespace ?? '';
  switch (action.kind) {
    case 'create-claim':
      return ignoring('AlreadyExists', async () => {
        await deps.client.create(PERSISTENT_VOLUME_CLAIMS, action.claim);
      });
    case 'create-pod':
      // A pod of this name may still be going: its end wakes us.
      return ignoring('AlreadyExists', async () => note(await deps.client.create(PODS, action.pod)));
    case 'delete-pod':
      return ignoring('NotFound', () =>
        deps.client.delete(PODS, { namespace, name: action.name }, { preconditions: { uid: action.uid } }),
      );
    case 'delete-claims':
      for (const name of action.names)
        await ignoring('NotFound', () => deps.client.delete(PERSISTENT_VOLUME_CLAIMS, { namespace, name }));
      return;
    default:
      return actOnHistory(deps.client, set, action);
  }
};

const ignoring = async (reason: 'AlreadyExists' | 'NotFound', write: () => Promise<void>): Promise<void> => {
  try {
    await write();
  } catch (thrown) {
    if (!isApiError(thrown, reason)) throw thrown;
  }
};
