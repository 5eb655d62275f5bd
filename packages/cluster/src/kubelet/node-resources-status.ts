/**
 * What the node says it offers: what the machine has, and what users declared beside it.
 * @upstream kubernetes pkg/kubelet/nodestatus/setters.go#MachineInfo
 */
import { isEqual } from '@argosy/base';
import type { Node } from '@argosy/kube';

type Quantities = Readonly<Record<string, string | number>>;

/**
 * The merge patch that makes a node's status say what the machine has. Resources of other names that users put into the
 * capacity stay and can be allocated; those they took out of it cannot any longer. `undefined` when all is said. Pure.
 */
export const resourcesPatch = (
  status: Node['status'],
  machine: Quantities,
):
  | { readonly capacity: Quantities; readonly allocatable: Readonly<Record<string, string | number | null>> }
  | undefined => {
  const wanted = { ...status?.capacity, ...machine };
  const said = status?.allocatable ?? {};
  if (isEqual(status?.capacity, wanted) && isEqual(said, wanted)) return undefined;
  const withdrawn = Object.keys(said).filter((name) => !Object.hasOwn(wanted, name));
  return {
    capacity: machine,
    allocatable: { ...wanted, ...Object.fromEntries(withdrawn.map((name) => [name, null])) },
  };
};
