/**
 * What the node says of itself. Pure. @spec https://kubernetes.io/docs/reference/node/node-status/#condition
 */
import type { Condition } from '@argosy/kube';

import type { NetworkStatus } from '../pod-network-access.ts';

/** A node's condition. */
export interface NodeCondition extends Condition {
  readonly lastHeartbeatTime: string;
}

/** The conditions; without a network of services nothing is said of it. */
export const nodeConditions = (
  network: NetworkStatus | undefined,
  at: { readonly now: string; readonly transition: string },
): readonly NodeCondition[] => {
  const stamp = { lastHeartbeatTime: at.now, lastTransitionTime: at.transition };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    ...stamp,
  } as const;
  if (!network) return [ready];
  const unavailable = network.isWhole
    ? {
        status: 'False',
        reason: 'ServicesReachable',
        message: 'services can be reached by name and by address',
      }
    : { status: 'True', reason: 'ServicesNotReachable', message: network.message };
  return [{ type: 'NetworkUnavailable', ...unavailable, ...stamp } as NodeCondition, ready];
};
