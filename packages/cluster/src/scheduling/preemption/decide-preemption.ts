/**
 * Which pods have to leave so that a more important one finds room.
 * @upstream kubernetes pkg/scheduler/framework/preemption
 */
import { matchesLabelSelector, type Pod, type PodDisruptionBudget } from '@argosy/kube';

import { describeMisfits } from '../placement/decide-placement.ts';
import { nodeMisfits, type NodeRoom } from '../placement/node-fit.ts';
import { createNodeUse } from '../books/node-use.ts';
import { byImportance, priorityOf, startOf } from './pod-priority.ts';

/** What a preemption is decided from. */
export interface PreemptionWorld {
  readonly rooms: readonly NodeRoom[];
  /** Names of the nodes on which fewer pods may be of help. */
  readonly contested: readonly string[];
  readonly budgets: readonly PodDisruptionBudget[];
  /** Whether a pod has been told to leave in favour of another. */
  readonly isLeaving: (pod: Pod) => boolean;
}

/** Who leaves, or why nobody does. */
export type Preemption =
  | { readonly kind: 'preempt'; readonly node: string; readonly victims: readonly Pod[] }
  /** What was promised before still holds. */
  | { readonly kind: 'ineligible'; readonly message: string }
  /** Nothing is to be won; a promise made before is void. */
  | { readonly kind: 'helpless'; readonly message: string };

/** Decides for a pod that fits nowhere. Pure. */
export const decidePreemption = (pod: Pod, world: PreemptionWorld): Preemption => {
  if (pod.spec?.['preemptionPolicy'] === 'Never')
    return { kind: 'ineligible', message: 'not eligible due to preemptionPolicy=Never.' };
  if (isBeingServed(pod, world))
    return { kind: 'ineligible', message: 'not eligible due to a terminating pod on the nominated node.' };
  const judged = world.rooms.map((room) =>
    world.contested.includes(room.node.metadata.name ?? '')
      ? selectVictims(pod, room, world)
      : { kind: 'none' as const, reasons: [NOT_HELPFUL] },
  );
  const best = judged.filter((outcome) => outcome.kind === 'victims').reduce<Candidate | undefined>(milder, undefined);
  if (best) return { kind: 'preempt', node: best.node, victims: best.victims };
  const misfits = judged.filter((outcome) => outcome.kind === 'none');
  return {
    kind: 'helpless',
    message: misfits.length > 0 ? describeMisfits(misfits) : 'no nodes available to schedule pods',
  };
};

const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';

interface Candidate {
  readonly kind: 'victims';
  readonly node: string;
  /** The most important first. */
  readonly victims: readonly Pod[];
  /** Victims whose budgets do not spare them. */
  readonly violations: number;
}

/** Whether pods are already on their way out of the node the pod was promised. */
const isBeingServed = (pod: Pod, { rooms, contested, isLeaving }: PreemptionWorld): boolean => {
  const room = rooms.find(({ nominated }) => nominated.some(({ metadata }) => metadata.uid === pod.metadata.uid));
  if (!room || !contested.includes(room.node.metadata.name ?? '')) return false;
  return [...room.use.pods()].some((other) => isLesser(other, pod) && isLeaving(other));
};

const isLesser = (other: Pod, pod: Pod): boolean => priorityOf(other) < priorityOf(pod);

/** As few as possible: all lesser pods go in thought, and each comes back that can, first those whose budgets are spent. */
const selectVictims = (
  pod: Pod,
  room: NodeRoom,
  { rooms, budgets }: PreemptionWorld,
): Candidate | { readonly kind: 'none'; readonly reasons: readonly string[] } => {
  const use = createNodeUse(room.use.pods());
  const lesser = [...use.pods()].filter((other) => isLesser(other, pod)).sort(byImportance);
  if (lesser.length === 0) return { kind: 'none', reasons: [NO_VICTIMS] };
  for (const { metadata } of lesser) use.remove(metadata.uid ?? '');
  const emptied = { ...room, use };
  const { reasons } = nodeMisfits(pod, emptied, rooms);
  if (reasons.length > 0) return { kind: 'none', reasons };
  const staysOut = (other: Pod): boolean => {
    use.put(other);
    if (nodeMisfits(pod, emptied, rooms).reasons.length === 0) return false;
    use.remove(other.metadata.uid ?? '');
    return true;
  };
  const { violating, spared } = splitByBudgets(lesser, budgets);
  const violated = violating.filter(staysOut);
  const victims = [...violated, ...spared.filter(staysOut)].sort(byImportance);
  return { kind: 'victims', node: room.node.metadata.name ?? '', victims, violations: violated.length };
};

/** Pods whose leaving some budget does not allow any more, when all before them left; and the others. */
const splitByBudgets = (pods: readonly Pod[], budgets: readonly PodDisruptionBudget[]) => {
  const allowed = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  const violating: Pod[] = [];
  const spared: Pod[] = [];
  for (const pod of pods) {
    const concerned = budgets.filter((budget) => protects(budget, pod));
    for (const budget of concerned) allowed.set(budget, (allowed.get(budget) ?? 0) - 1);
    (concerned.some((budget) => (allowed.get(budget) ?? 0) < 0) ? violating : spared).push(pod);
  }
  return { violating, spared };
};

/** Budgets that select nothing or everything do not count here, nor do pods whose leaving was granted. */
const protects = ({ metadata, spec, status }: PodDisruptionBudget, pod: Pod): boolean => {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const selects = Object.keys(matchLabels).length + matchExpressions.length > 0;
  return (
    selects &&
    metadata.namespace === pod.metadata.namespace &&
    status?.disruptedPods?.[pod.metadata.name ?? ''] === undefined &&
    matchesLabelSelector(spec?.selector, pod.metadata.labels)
  );
};

/** The one of two candidates that does less harm; the first when they are alike. */
const milder = (best: Candidate | undefined, other: Candidate): Candidate => {
  if (!best) return other;
  const left = harmOf(best);
  const right = harmOf(other);
  const at = left.findIndex((harm, index) => harm !== right[index]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0) ? other : best;
};

/** Numbers to be compared one after the other; less is better. */
const harmOf = ({ victims, violations }: Candidate): readonly number[] => {
  const highest = victims[0] ? priorityOf(victims[0]) : -Infinity;
  const most = victims.filter((victim) => priorityOf(victim) === highest).map((victim) => Date.parse(startOf(victim)));
  return [
    violations,
    highest,
    // The offset makes every priority positive, so that more victims are never less harm.
    victims.reduce((sum, victim) => sum + priorityOf(victim) + PRIORITY_OFFSET, 0),
    victims.length,
    // Those that began latest have the least to lose.
    -Math.min(...most),
  ];
};

const PRIORITY_OFFSET = 2_147_483_648;
