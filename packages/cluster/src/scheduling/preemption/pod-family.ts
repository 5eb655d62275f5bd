/**
 * Who makes pods and who leads to them, as the scheduler sees it: for spreading those that are alike.
 */
import type { Informer, InformerSet } from '@argosy/client';
import {
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
  type KubeObject,
  type LabelSelector,
  type Pod,
  type Service,
} from '@argosy/kube';

import { REPLICATION_CONTROLLERS } from '../../loops/replicaset/replication-controller.ts';
import { siblingsOf } from '../placement/spread/default-spread.ts';

/** The families of pods. */
export interface PodFamilies {
  /** Settles once they are known. */
  readonly synced: Promise<unknown>;
  /** What pods like this one are told by. */
  readonly siblings: (pod: Pod) => LabelSelector | undefined;
}

const BY_NAMESPACE = 'namespace';

/** Watches them. */
export const watchPodFamilies = (informers: InformerSet): PodFamilies => {
  const inNamespace = ({ metadata }: Service): readonly string[] => [metadata.namespace ?? ''];
  const services = informers.of({ resource: SERVICES, indexes: { [BY_NAMESPACE]: inNamespace } });
  const sets: Readonly<Record<string, Informer<KubeObject>>> = {
    'apps/v1/ReplicaSet': informers.of({ resource: REPLICA_SETS }),
    'apps/v1/StatefulSet': informers.of({ resource: STATEFUL_SETS }),
    'v1/ReplicationController': informers.of({ resource: REPLICATION_CONTROLLERS }),
  };
  return {
    synced: Promise.all([services, ...Object.values(sets)].map((one) => one.synced)),
    siblings: (pod) =>
      siblingsOf(pod, {
        services: (namespace) => services.byIndex(BY_NAMESPACE, namespace),
        set: ({ apiVersion, kind, name }, namespace) => {
          const identity = `${apiVersion}/${kind}`;
          return Object.hasOwn(sets, identity) ? sets[identity]?.get({ namespace, name }) : undefined;
        },
      }),
  };
};
