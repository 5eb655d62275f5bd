/**
 * What keeps a pod off one node. The first rule that does not hold speaks, as upstream's filters do.
 * @upstream kubernetes pkg/scheduler/apis/config/v1/default_plugins.go
 */
import { isObject } from '@argosy/base';
import { findCondition, podAmounts, type Amounts, type Condition, type KubeObject, type Pod } from '@argosy/kube';

import { withPods, type NodeUse } from '../books/node-use.ts';
import { priorityOf } from '../preemption/pod-priority.ts';
import { portsCollide } from './node-ports.ts';
import { resourceMisfits } from './node-resources.ts';
import { matchesNodeSelection } from './node-terms.ts';
import { hasPodTerms, podTermMisfit, type NamespaceLabels, type PlacedPod } from './neighbours/pod-terms.ts';
import { spreadMisfit } from './spread/topology-spread.ts';
import { tolerates, UNSCHEDULABLE_TAINT, untoleratedTaint, type Taint } from './taints.ts';

/** A node a pod may go to. */
export interface NodeRoom {
  readonly node: KubeObject;
  readonly allocatable: Amounts;
  readonly use: NodeUse;
  /** Pods that wait for others to leave this node. */
  readonly nominated: readonly Pod[];
  /** What is known of the namespaces of pods, here and elsewhere; absent: nothing. */
  readonly namespaceLabels?: NamespaceLabels;
}

/** Why not; empty reasons when nothing is wrong. Hopeless: no matter which pods left the node. */
export interface NodeMisfits {
  readonly reasons: readonly string[];
  readonly isHopeless: boolean;
}

/**
 * Judges one node for a pod. Room that others of at least its priority were promised is not there for it, but neither do
 * they count as neighbours to be near to. Pure.
 */
export const nodeMisfits = (pod: Pod, room: NodeRoom, all: readonly NodeRoom[]): NodeMisfits => {
  const hopeless = hopelessMisfit(pod, room.node);
  if (hopeless !== undefined) return { reasons: [hopeless], isHopeless: true };
  const promised = room.nominated.filter(
    (other) => other.metadata.uid !== pod.metadata.uid && priorityOf(other) >= priorityOf(pod),
  );
  if (promised.length > 0) {
    const misfits = useMisfits(pod, { ...room, use: withPods(room.use, promised) }, all);
    if (misfits.reasons.length > 0 || !hasPodTerms(pod)) return misfits;
  }
  return useMisfits(pod, room, all);
};

/** What of a node itself keeps a pod off, whoever is on it. */
const hopelessMisfit = (pod: Pod, node: KubeObject): string | undefined => {
  const isClosed = isObject(node.spec) && node.spec['unschedulable'] === true;
  if (isClosed && !tolerates(pod, UNSCHEDULABLE_TAINT)) return 'node(s) were unschedulable';
  const taint = untoleratedTaint(pod, node, ['NoSchedule', 'NoExecute']) ?? untoleratedState(pod, node);
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  return matchesNodeSelection(pod, node) ? undefined : NOT_SELECTED;
};

/** Said of a node that a pod did not choose. */
export const NOT_SELECTED = "node(s) didn't match Pod's node affinity/selector";

/** Nodes that say they are not ready count as tainted so. */
const untoleratedState = (pod: Pod, node: KubeObject): Taint | undefined => {
  const conditions = isObject(node.status) ? node.status['conditions'] : undefined;
  const ready = Array.isArray(conditions) ? findCondition(conditions as readonly Condition[], 'Ready') : undefined;
  if (!ready || ready.status === 'True') return undefined;
  const key = ready.status === 'Unknown' ? 'node.kubernetes.io/unreachable' : 'node.kubernetes.io/not-ready';
  const taint: Taint = { key, effect: 'NoSchedule' };
  return tolerates(pod, taint) ? undefined : taint;
};

const useMisfits = (pod: Pod, room: NodeRoom, all: readonly NodeRoom[]): NodeMisfits => {
  if (portsCollide(pod, room.use.particular())) return { reasons: [PORTS_TAKEN], isHopeless: false };
  const missing = resourceMisfits(podAmounts(pod, 'requests'), room.allocatable, room.use);
  if (missing.length > 0) return { reasons: missing, isHopeless: false };
  const world = { placed: placedAround(pod, room, all), labelsOf: room.namespaceLabels };
  const misfit = spreadMisfit(pod, room, all) ?? podTermMisfit(pod, room.node, world);
  return misfit ? { reasons: [misfit.reason], isHopeless: misfit.isHopeless } : FITS;
};

const FITS: NodeMisfits = { reasons: [], isHopeless: false };
/** Said of a node on which another pod has a port. */
export const PORTS_TAKEN = "node(s) didn't have free ports for the requested pod ports";

/** Pods that matter to a pod, on all nodes: everyone when it has terms, else those who have. */
const placedAround = (pod: Pod, room: NodeRoom, all: readonly NodeRoom[]): readonly PlacedPod[] => {
  const isAsking = hasPodTerms(pod);
  const rooms = [room, ...all.filter(({ node }) => node.metadata.name !== room.node.metadata.name)];
  return rooms.flatMap(({ node, use }) =>
    [...(isAsking ? use.pods() : use.particular())].map((other): PlacedPod => ({ pod: other, node })),
  );
};
