/**
 * The older form of ReplicaSets. @spec https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/
 */
import {
  resourceType,
  type KubeObject,
  type PodTemplateSpec,
  type ReplicaSetStatus,
  type StringMap,
} from '@argosy/kube';

/** A ReplicationController. */
export type ReplicationController = KubeObject<
  {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    /** The template's labels when absent. */
    readonly selector?: StringMap;
    readonly template?: PodTemplateSpec;
  },
  ReplicaSetStatus
>;

/** The resource. */
export const REPLICATION_CONTROLLERS = resourceType<ReplicationController>({
  group: '',
  version: 'v1',
  resource: 'replicationcontrollers',
  kind: 'ReplicationController',
  namespaced: true,
});
