/**
 * Puts a pod on a node. @upstream kubernetes pkg/scheduler/framework/plugins/defaultbinder
 */
import type { Next } from '@argosy/controller';
import { formatKey, isApiError, keyOf, POD_BINDINGS, type Binding, type Pod } from '@argosy/kube';

import type { NodeLedger } from './books/node-ledger.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Milliseconds the informer is given to learn of a newer pod. */
const AFTER_CONFLICT_MS = 10;

/** Books the pod before anything is awaited, then writes; when that fails the room is there again. */
export const bindPod = async (
  deps: Pick<SchedulerDeps, 'client' | 'recorder'>,
  { pod, node, ledger }: { readonly pod: Pod; readonly node: string; readonly ledger: NodeLedger },
  retrySoon: () => void,
): Promise<Next> => {
  const bound: Pod = { ...pod, spec: { ...(pod.spec ?? { containers: [] }), nodeName: node } };
  ledger.assume(bound, node);
  try {
    await deps.client.create(POD_BINDINGS, bindingOf(pod, node), { subresource: 'binding' });
  } catch (thrown) {
    ledger.unassume(pod.metadata.uid ?? '');
    retrySoon();
    // After a conflict the newer object arrives by the informer.
    if (isApiError(thrown, 'Conflict', 'NotFound')) return { kind: 'recheck', afterMs: AFTER_CONFLICT_MS };
    throw thrown;
  }
  const message = `Successfully assigned ${formatKey(keyOf(pod))} to ${node}`;
  deps.recorder.event(pod, { type: 'Normal', reason: 'Scheduled', message });
  return { kind: 'settled' };
};

/** The uid makes it a binding of this pod, and of none that takes its name meanwhile. */
const bindingOf = ({ metadata: { name, namespace, uid } }: Pod, node: string): Binding => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  },
  target: { kind: 'Node', name: node },
});
