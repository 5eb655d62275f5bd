/**
 * Binds claims and volumes, provides volumes of this machine, and holds claims that are in use.
 * @upstream kubernetes pkg/controller/volume/{persistentvolume,pvcprotection}
 */
import {
  createController,
  createReconcile,
  watchMapped,
  watchObjects,
  writeStatus,
  type Controller,
} from '@argosy/controller';
import {
  isApiError,
  keyOf,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  STORAGE_CLASSES,
  type ObjectKey,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
} from '@argosy/kube';

import { CLAIM_PROTECTION, VOLUME_PROTECTION } from '../../kinds/strategies/volumes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { decideClaim, type ClaimAction, type ClaimWorld } from './decide.ts';
import { decideProtection, decideVolume } from './volume-phase.ts';

/** Index of pods by the claims they name. */
const BY_CLAIM = 'claim';

const claimKeys = (pod: Pod): readonly ObjectKey[] =>
  (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: of }) =>
    of ? [{ namespace: pod.metadata.namespace ?? '', name: of.claimName }] : [],
  );

/** Creates the loop over claims. */
export const createVolumeClaimLoop = (deps: LoopDeps): Controller => {
  const claims = deps.informers.of({ resource: PERSISTENT_VOLUME_CLAIMS });
  const volumes = deps.informers.of({ resource: PERSISTENT_VOLUMES });
  const classes = deps.informers.of({ resource: STORAGE_CLASSES });
  const pods = deps.informers.of({
    resource: PODS,
    indexes: { [BY_CLAIM]: (pod) => claimKeys(pod).map(({ namespace, name }) => `${namespace}/${name}`) },
  });
  const reconcile = createReconcile<
    PersistentVolumeClaim,
    ClaimWorld,
    NonNullable<PersistentVolumeClaim['status']>,
    ClaimAction,
    void
  >({
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
    act: (action, { object }) => act(deps, action, object),
    report: async ({ object }, decision) => {
      for (const event of decision.events) deps.recorder.event(object, event);
      // What was written just now has moved the version on: the status follows from the next observation.
      if (decision.actions.length > 0) return;
      await writeStatus(deps.client, PERSISTENT_VOLUME_CLAIMS, object, decision.status, 'subresource');
    },
  });
  return createController(deps, {
    name: 'volume-claim',
    sources: [
      watchObjects(claims),
      watchMapped(pods, (change) => claimKeys(change.object)),
      watchMapped(volumes, (change) => {
        const claimed = claimOf(change.object);
        return claimed
          ? [claimed]
          : claims
              .list()
              .filter((one) => !one.spec?.volumeName)
              .map(keyOf);
      }),
      watchMapped(classes, () =>
        claims
          .list()
          .filter((claim) => !claim.spec?.volumeName)
          .map(keyOf),
      ),
    ],
    reconcile,
  });
};

/** Creates the loop over volumes. */
export const createVolumeLoop = (deps: LoopDeps): Controller => {
  const claims = deps.informers.of({ resource: PERSISTENT_VOLUME_CLAIMS });
  const volumes = deps.informers.of({ resource: PERSISTENT_VOLUMES });
  return createController(deps, {
    name: 'volume',
    sources: [
      watchObjects(volumes),
      watchMapped(claims, ({ object }) => (object.spec?.volumeName ? [{ name: object.spec.volumeName }] : [])),
    ],
    reconcile: async (key) => {
      const volume = volumes.get(key);
      if (!volume) return { kind: 'settled' };
      const claimed = claimOf(volume);
      // A claim made a moment ago may not have arrived here yet: a volume is not deleted on hearsay.
      const claim =
        claimed && (claims.get(claimed) ?? (await ifThere(() => deps.client.get(PERSISTENT_VOLUME_CLAIMS, claimed))));
      if (await protect(deps, volume, claim?.metadata.uid)) return { kind: 'settled' };
      const decision = decideVolume(volume, claim?.metadata.uid);
      if (decision.kind === 'report')
        await writeStatus(deps.client, PERSISTENT_VOLUMES, volume, decision.status, 'subresource');
      else
        await ifThere(() =>
          deps.client.delete(PERSISTENT_VOLUMES, key, { preconditions: { uid: volume.metadata.uid ?? '' } }),
        );
      return { kind: 'settled' };
    },
  });
};

/** Whether the volume was changed: the next look follows from that. */
const protect = async (deps: LoopDeps, volume: PersistentVolume, claimUid: string | undefined): Promise<boolean> => {
  const decision = decideProtection(volume, claimUid, VOLUME_PROTECTION);
  if (decision.kind === 'leave') return false;
  const metadata = { ...volume.metadata, finalizers: decision.finalizers };
  await ifThere(() => deps.client.update(PERSISTENT_VOLUMES, { ...volume, metadata }));
  return true;
};

const claimOf = ({ spec }: PersistentVolume): ObjectKey | undefined =>
  spec?.claimRef?.name ? { namespace: spec.claimRef.namespace ?? '', name: spec.claimRef.name } : undefined;

const act = async (deps: LoopDeps, action: ClaimAction, claim: PersistentVolumeClaim): Promise<void> => {
  const key = keyOf(claim);
  switch (action.kind) {
    case 'bind-volume':
      // The version makes the second of two claims for one volume a conflict.
      await deps.client.update(PERSISTENT_VOLUMES, action.volume);
      return;
    case 'provide-volume':
      try {
        await deps.client.create(PERSISTENT_VOLUMES, action.volume);
      } catch (thrown) {
        if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
      }
      return;
    case 'name-volume': {
      const annotations = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' };
      const patch = { metadata: { uid: claim.metadata.uid, annotations }, spec: { volumeName: action.volumeName } };
      await deps.client.patch(PERSISTENT_VOLUME_CLAIMS, key, { kind: 'merge', patch });
      return;
    }
    case 'release-claim': {
      const finalizers = (claim.metadata.finalizers ?? []).filter((name) => name !== CLAIM_PROTECTION);
      await ifThere(() =>
        deps.client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, finalizers } }),
      );
    }
  }
};

const ifThere = async <T>(call: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await call();
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};
