/**
 * Whether the kubelet takes a pod that was bound to its node, by the scheduler or by its author: counted as the scheduler
 * counts. @upstream kubernetes pkg/kubelet/lifecycle/predicate.go
 */
import { isObject } from '@argosy/base';
import { podAmounts, type Amounts, type Pod } from '@argosy/kube';

import { NOT_SELECTED, PORTS_TAKEN, type NodeRoom } from '../../scheduling/placement/node-fit.ts';
import { portsCollide } from '../../scheduling/placement/node-ports.ts';
import { resourceShortages, type Shortage } from '../../scheduling/placement/node-resources.ts';
import { matchesNodeSelection } from '../../scheduling/placement/node-terms.ts';
import { untoleratedTaint } from '../../scheduling/placement/taints.ts';

/** Taken, or not: `reason` and `message` are what status and event say. */
export type PodAdmission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'rejected'; readonly reason: string; readonly message: string };

/** Decides for a pod and its node; `use` has the pods taken before. The first rule that does not hold speaks. Pure. */
export const decideAdmission = (
  pod: Pod,
  { node, allocatable, use }: Pick<NodeRoom, 'node' | 'allocatable' | 'use'>,
): PodAdmission => {
  if (osOf(pod) !== OS)
    return rejected('PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS");
  const [shortage] = resourceShortages(countedRequests(pod, allocatable), allocatable, use);
  if (shortage) return rejected(`OutOf${shortage.resource}`, describe(shortage));
  if (!matchesNodeSelection(pod, node)) return failed('NodeAffinity', NOT_SELECTED);
  if (portsCollide(pod, use.particular())) return failed('NodePorts', PORTS_TAKEN);
  if (untoleratedTaint(pod, node, ['NoExecute'])) return failed('TaintToleration', UNTOLERATED);
  return { kind: 'admitted' };
};

const OS = 'linux';
const UNTOLERATED = "node(s) had taints that the pod didn't tolerate";

const osOf = (pod: Pod): unknown => {
  const os = pod.spec?.['os'];
  return isObject(os) ? os['name'] : OS;
};

/** Resources of devices that the node does not know are the cluster's to count, not the node's. */
const countedRequests = (pod: Pod, allocatable: Amounts): Amounts =>
  new Map([...podAmounts(pod, 'requests')].filter(([name]) => !isExtended(name) || allocatable.has(name)));

const isExtended = (resource: string): boolean =>
  resource.includes('/') && !resource.split('/', 1).join().endsWith('kubernetes.io');

const rejected = (reason: string, message: string): PodAdmission => ({ kind: 'rejected', reason, message });

const failed = (rule: string, message: string): PodAdmission => rejected(rule, `Predicate ${rule} failed: ${message}`);

const describe = ({ resource, requested, used, offered }: Shortage): string => {
  const [wanted, taken, capacity] = [requested, used, offered].map((amount) => toUnits(resource, amount));
  return `Node didn't have enough resource: ${resource}, requested: ${wanted}, used: ${taken}, capacity: ${capacity}`;
};

/** Processors in thousandths, all else whole; what is left over counts as one more. */
const toUnits = (resource: string, amount: bigint): bigint => {
  const unit = resource === 'cpu' ? 1_000_000n : 1_000_000_000n;
  return (amount + unit - 1n) / unit;
};
