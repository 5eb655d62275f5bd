/**
 * What nodes may write: their own objects and the state of their pods.
 * @spec https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
import { ApiStatusError, nodeNameOf, nodeWriteProblem, type Caller, type NodeWrite } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { Store } from '../../store/store.ts';

/** Throws Forbidden for a write of a node that is not its business; everybody else's writes are not looked at. */
export const admitNode = (
  { caller, store }: { readonly caller?: Caller; readonly store: Pick<Store, 'get'> },
  kind: ServedKind,
  write: Pick<NodeWrite, 'operation' | 'object' | 'before'> & { readonly subresource?: string | undefined },
): void => {
  const node = caller && nodeNameOf(caller);
  if (node === undefined) return;
  const name = (write.before ?? write.object)?.metadata.name ?? '';
  const nodeUid = store.get('/nodes', { name: node })?.metadata.uid;
  const problem = nodeWriteProblem(node, {
    ...write,
    group: kind.group,
    resource: kind.plural,
    subresource: write.subresource ?? '',
    name,
    ...(nodeUid === undefined ? {} : { nodeUid }),
  });
  if (problem === undefined) return;
  const qualified = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
  throw new ApiStatusError('Forbidden', `${qualified} ${JSON.stringify(name)} is forbidden: ${problem}`, {
    name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.plural,
  });
};
