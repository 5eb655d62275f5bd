/**
 * How the parts of a cluster are. @spec https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/component-status-v1/
 */
import type { KubeObject } from '../objects/object.ts';

/** One part, by the name users know it under. */
export interface ComponentStatus extends KubeObject {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: 'True' | 'False' | 'Unknown';
    readonly message?: string;
    readonly error?: string;
  }[];
}
