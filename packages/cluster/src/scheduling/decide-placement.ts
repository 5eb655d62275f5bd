/**
 * Which node a pod goes to, or why to none. @upstream kubernetes pkg/scheduler/framework/types.go#FitError
 */
import { isObject } from '@argosy/base';
import type { KubeObject, PersistentVolumeClaim, Pod } from '@argosy/kube';

import { nodeClaimMisfits } from './node-claims.ts';
import { matchesNodeSelection } from './node-terms.ts';
import { podTermMisfits } from './pod-terms.ts';
import { tolerates, UNSCHEDULABLE_TAINT, untoleratedTaint } from './taints.ts';

/** What a placement is decided from. */
export interface PlacementWorld {
  readonly nodes: readonly KubeObject[];
  /** Pods on each node that have not ended, by the node's name. */
  readonly podsOn: (node: string) => readonly Pod[];
  /** A claim of the pod's namespace. */
  readonly claim: (name: string) => PersistentVolumeClaim | undefined;
}

/** Where to, or the scheduler's message. */
export type Placement =
  | { readonly kind: 'place'; readonly node: string }
  | { readonly kind: 'wait'; readonly message: string };

/** Decides. Pure; among several nodes the first that fits. */
export const decidePlacement = (pod: Pod, world: PlacementWorld): Placement => {
  const unclaimed = claimMisfit(pod, world);
  if (unclaimed) return { kind: 'wait', message: describe(world.nodes.length, [unclaimed]) };
  const reasons: string[] = [];
  for (const node of world.nodes) {
    const misfits = nodeMisfits(pod, node, world.podsOn(node.metadata.name ?? ''));
    if (misfits.length === 0) return { kind: 'place', node: node.metadata.name ?? '' };
    reasons.push(...misfits);
  }
  if (world.nodes.length === 0) return { kind: 'wait', message: 'no nodes available to schedule pods' };
  return { kind: 'wait', message: describe(world.nodes.length, reasons) };
};

/** What is wrong with a node for a pod; empty when nothing is. Pure. */
export const nodeMisfits = (pod: Pod, node: KubeObject, neighbours: readonly Pod[]): readonly string[] => {
  const isClosed = isObject(node.spec) && node.spec['unschedulable'] === true;
  if (isClosed && !tolerates(pod, UNSCHEDULABLE_TAINT)) return ['node(s) were unschedulable'];
  const taint = untoleratedTaint(pod, node, ['NoSchedule', 'NoExecute']);
  if (taint) return [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`];
  if (!matchesNodeSelection(pod, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  const claims = nodeClaimMisfits(pod, node, neighbours);
  return claims.length > 0 ? claims : podTermMisfits(pod, node, neighbours);
};

const claimMisfit = (pod: Pod, world: PlacementWorld): string | undefined => {
  for (const volume of pod.spec?.volumes ?? []) {
    const name = volume.persistentVolumeClaim?.claimName;
    if (name === undefined) continue;
    const claim = world.claim(name);
    if (!claim) return `persistentvolumeclaim ${JSON.stringify(name)} not found`;
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim ${JSON.stringify(name)} is being deleted`;
    if (claim.status?.phase !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return undefined;
};

/** `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu. preemption: …` */
const describe = (nodes: number, reasons: readonly string[]): string => {
  const counted = [...new Set(reasons)].map((reason) =>
    reason.startsWith('node(s)') || reason.startsWith('Insufficient')
      ? `${reasons.filter((other) => other === reason).length} ${reason}`
      : reason,
  );
  const help = `preemption: 0/${nodes} nodes are available: ${nodes} Preemption is not helpful for scheduling.`;
  return `0/${nodes} nodes are available: ${counted.join(', ')}. ${help}`;
};
