/**
 * Group versions as objects. @spec https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/api-service-v1/
 */
import { resourceType, type Condition, type KubeObject } from '../objects/object.ts';

/** A version of a group that the server serves. */
export type ApiService = KubeObject<
  {
    readonly group?: string;
    readonly version?: string;
    readonly groupPriorityMinimum: number;
    readonly versionPriority: number;
    /** Who serves it, when it is not the server itself. */
    readonly service?: { readonly namespace?: string; readonly name?: string; readonly port?: number };
  },
  { readonly conditions?: readonly Condition[] }
>;

export const API_SERVICES = resourceType<ApiService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  resource: 'apiservices',
  kind: 'APIService',
  namespaced: false,
});
