/**
 * The lease by which others see when the node was last heard of. @spec https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats
 */
import { toMicroTimestamp } from '@argosy/base';
import { isApiError, LEASES } from '@argosy/kube';

import type { KubeletDeps } from './worker/kubelet-deps.ts';

/** Where the leases of nodes are. */
export const NODE_LEASES = 'kube-node-lease';

/** Renews the lease of a node, or makes it; it holds for `seconds` from now. */
export const renewNodeLease = async (
  { client, clock }: Pick<KubeletDeps, 'client' | 'clock'>,
  node: { readonly name: string; readonly uid: string },
  seconds: number,
): Promise<void> => {
  const { name, uid } = node;
  const spec = { holderIdentity: name, leaseDurationSeconds: seconds, renewTime: toMicroTimestamp(clock.now()) };
  const key = { namespace: NODE_LEASES, name };
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
  try {
    await client.patch(LEASES, key, { kind: 'merge', patch: { metadata: { ownerReferences }, spec } });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    const metadata = { ...key, ownerReferences };
    await client.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
  }
};
