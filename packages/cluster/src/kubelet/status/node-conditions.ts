/**
 * What the node says of itself. Pure. @spec https://kubernetes.io/docs/reference/node/node-status/#condition
 */
import type { Condition } from '@argosy/kube';

import type { NetworkStatus } from '../pod-network-access.ts';

/** A node's condition. */
export interface NodeCondition extends Condition {
  readonly lastHeartbeatTime: string;
}

/** The conditions, `Ready` last; without a network of services nothing is said of it. */
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
  const pressures = PRESSURES.map(([type, reason, of]) => ({
    type,
    status: 'False' as const,
    reason,
    message: `pods are not evicted for want of ${of}`,
    ...stamp,
  }));
  if (!network) return [...pressures, ready];
  const unavailable = network.isWhole
    ? {
        status: 'False',
        reason: 'ServicesReachable',
        message: 'services can be reached by name and by address',
      }
    : { status: 'True', reason: 'ServicesNotReachable', message: network.message };
  return [{ type: 'NetworkUnavailable', ...unavailable, ...stamp } as NodeCondition, ...pressures, ready];
};

/** Types, reasons of no pressure, and what there would be too little of. */
const PRESSURES = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'memory'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'room on disk'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'processes'],
] as const;
