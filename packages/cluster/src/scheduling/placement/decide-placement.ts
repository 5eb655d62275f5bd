/**
 * Which node a pod goes to, or why to none. @upstream kubernetes pkg/scheduler/framework/types.go#FitError
 */
import type { LabelSelector, PersistentVolumeClaim, Pod } from '@argosy/kube';

import { nodeMisfits, type NodeMisfits, type NodeRoom } from './node-fit.ts';
import { scoreRooms } from './node-scores.ts';

/** What a placement is decided from. */
export interface PlacementWorld {
  readonly rooms: readonly NodeRoom[];
  /** A claim of the pod's namespace. */
  readonly claim: (name: string) => PersistentVolumeClaim | undefined;
  /** What pods like this one are told by; absent: it stands alone. */
  readonly siblings?: (pod: Pod) => LabelSelector | undefined;
}

/** Where to, or the scheduler's message and the names of nodes on which fewer pods may be of help. */
export type Placement =
  | { readonly kind: 'place'; readonly node: string }
  | { readonly kind: 'wait'; readonly message: string; readonly contested: readonly string[] };

/** Decides. The node a pod was promised comes first; else of those that fit the one that suits best. Pure. */
export const decidePlacement = (pod: Pod, world: PlacementWorld): Placement => {
  const { rooms } = world;
  if (rooms.length === 0) return { kind: 'wait', message: 'no nodes available to schedule pods', contested: [] };
  const unclaimed = claimMisfit(pod, world);
  if (unclaimed)
    return { kind: 'wait', message: `0/${rooms.length} nodes are available: ${unclaimed}.`, contested: [] };
  const judged = rooms.map((room) => ({ room, misfits: nodeMisfits(pod, room, rooms) }));
  const fitting = judged.filter(({ misfits }) => misfits.reasons.length === 0).map(({ room }) => room);
  const best = bestOf(pod, fitting, world);
  if (best) return { kind: 'place', node: nameOf(best) };
  return {
    kind: 'wait',
    message: describeMisfits(judged.map(({ misfits }) => misfits)),
    contested: judged.filter(({ misfits }) => !misfits.isHopeless).map(({ room }) => nameOf(room)),
  };
};

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` Pure. */
export const describeMisfits = (misfits: readonly Pick<NodeMisfits, 'reasons'>[]): string => {
  const counts = new Map<string, number>();
  for (const { reasons } of misfits) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${misfits.length} nodes are available: ${parts.join(', ')}.`;
};

const nameOf = ({ node }: NodeRoom): string => node.metadata.name ?? '';

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

const bestOf = (pod: Pod, fitting: readonly NodeRoom[], world: PlacementWorld): NodeRoom | undefined => {
  if (fitting.length <= 1) return fitting[0];
  const promised = fitting.find(({ nominated }) => nominated.some(({ metadata }) => metadata.uid === pod.metadata.uid));
  if (promised) return promised;
  const siblings = () => world.siblings?.(pod);
  const scores = scoreRooms(pod, { fitting, all: world.rooms, siblings });
  return fitting[scores.indexOf(Math.max(...scores))];
};
