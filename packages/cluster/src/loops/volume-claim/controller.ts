/**
 * Binds claims and volumes, provides volumes of this machine, and holds claims that are in use.
 * @upstream kubernetes pkg/controller/volume/{persistentvolume,pvcprotection}
 */
import type { Informer } from '@argosy/client';
import {
  createController,
  createReconcile,
  watchMapped,
  watchObjects,
  writeStatus,
  type Controller,
} from '@argosy/controller';
import {
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  STORAGE_CLASSES,
  type ObjectKey,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type StorageClass,
} from '@argosy/kube';

import { CLAIM_PROTECTION } from '../../kinds/strategies/volumes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { actOnClaim } from './act.ts';
import { decideClaim, type ClaimAction, type ClaimWorld } from './decide.ts';
import { claimOf } from './volume-controller.ts';

/** Index of pods by the claims they name. */
const BY_CLAIM = 'claim';

/** Creates the loop over claims. */
export const createVolumeClaimLoop = (deps: LoopDeps): Controller => {
  const claims = deps.informers.of({ resource: PERSISTENT_VOLUME_CLAIMS });
  const volumes = deps.informers.of({ resource: PERSISTENT_VOLUMES });
  const classes = deps.informers.of({ resource: STORAGE_CLASSES });
  const pods = deps.informers.of({ resource: PODS, indexes: { [BY_CLAIM]: claimTexts } });
  const reconcile = createReconcileClaim(deps, { claims, volumes, classes, pods });
  const unbound = (): readonly ObjectKey[] =>
    claims
      .list()
      .filter(({ spec }) => !spec?.volumeName)
      .map(keyOf);
  return createController(deps, {
    name: 'volume-claim',
    sources: [
      watchObjects(claims),
      watchMapped(pods, (change) => claimKeys(change.object)),
      watchMapped(volumes, (change) => {
        const claimed = claimOf(change.object);
        return claimed ? [claimed] : unbound();
      }),
      watchMapped(classes, unbound),
    ],
    reconcile,
  });
};

const claimKeys = (pod: Pod): readonly ObjectKey[] =>
  (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: of }) =>
    of ? [{ namespace: pod.metadata.namespace ?? '', name: of.claimName }] : [],
  );

const claimTexts = (pod: Pod): readonly string[] => claimKeys(pod).map(({ namespace, name }) => `${namespace}/${name}`);

interface ClaimInformers {
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly classes: Informer<StorageClass>;
  readonly pods: Informer<Pod>;
}

const createReconcileClaim = (deps: LoopDeps, { claims, volumes, classes, pods }: ClaimInformers) =>
  createReconcile<PersistentVolumeClaim, ClaimWorld, NonNullable<PersistentVolumeClaim['status']>, ClaimAction, void>({
    observe: async (key) => {
      const object = claims.get(key);
      if (!object) return undefined;
      const users = pods.byIndex(BY_CLAIM, `${key.namespace ?? ''}/${key.name}`);
      const world = {
        volumes: volumes.list(),
        storageClass: classes.get({ name: object.spec?.storageClassName ?? '' }),
        isUsed: users.some(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed'),
        protection: CLAIM_PROTECTION,
      };
      return { object, world, now: deps.clock.now() };
    },
    decide: decideClaim,
    act: (action, { object }) => actOnClaim(deps, action, object),
    report: async ({ object }, decision) => {
      for (const event of decision.events) deps.recorder.event(object, event);
      // What was written just now has moved the version on: the status follows from the next observation.
      if (decision.actions.length > 0) return;
      await writeStatus(deps.client, PERSISTENT_VOLUME_CLAIMS, object, decision.status, 'subresource');
    },
  });
