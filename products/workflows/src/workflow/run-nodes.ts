/**
 * The nodes of a draft: found, added, changed and tied to each other.
 */
import { toTimestamp } from '@argosy/base';

import type { NodePhase, NodeStatus, NodeType } from '../api/kinds.ts';
import { isCompleted, isFulfilled } from '../nodes/node-phase.ts';
import { displayNameOf, nodeIdOf } from '../nodes/node-names.ts';
import type { Run } from './run.ts';

/** Everything a new node may carry. */
export interface NodeDraft {
  readonly name: string;
  readonly type: NodeType;
  readonly phase: NodePhase;
  readonly message?: string;
  readonly boundaryID?: string;
  readonly more?: Partial<NodeStatus>;
}

/** The node of a name. */
export const nodeNamed = (run: Run, name: string): NodeStatus | undefined => run.nodes.get(nodeIdOf(run.name, name));

/** Adds a node; a node that is there already keeps its place and is only given the phase. */
export const addNode = (run: Run, draft: NodeDraft): NodeStatus => {
  const existing = nodeNamed(run, draft.name);
  if (existing) return setPhase(run, existing, draft.phase, draft.message);
  const boundary = draft.boundaryID === undefined ? undefined : run.nodes.get(draft.boundaryID);
  const node: NodeStatus = {
    id: nodeIdOf(run.name, draft.name),
    name: draft.name,
    displayName: displayNameOf(draft.name, boundary?.name),
    type: draft.type,
    phase: draft.phase,
    startedAt: toTimestamp(run.now),
    ...(draft.boundaryID === undefined ? {} : { boundaryID: draft.boundaryID }),
    ...(draft.message === undefined || draft.message === '' ? {} : { message: draft.message }),
    ...(isFulfilled({ phase: draft.phase }) ? { finishedAt: toTimestamp(run.now) } : {}),
    ...draft.more,
  };
  run.nodes.set(node.id, node);
  return node;
};

/** Changes a node. */
export const updateNode = (run: Run, node: NodeStatus, change: Partial<NodeStatus>): NodeStatus => {
  const next = { ...(run.nodes.get(node.id) ?? node), ...change };
  run.nodes.set(node.id, next);
  return next;
};

/** Moves a node to a phase; ending sets the time. An absent message keeps the old one, an empty one clears it. */
export const setPhase = (run: Run, node: NodeStatus, phase: NodePhase, message?: string): NodeStatus => {
  const current = run.nodes.get(node.id) ?? node;
  const hasEnded = isCompleted(phase) || phase === 'Skipped' || phase === 'Omitted';
  return updateNode(run, current, {
    phase,
    ...(message === undefined ? {} : { message: message === '' ? undefined : message }),
    ...(hasEnded && !current.finishedAt ? { finishedAt: toTimestamp(run.now) } : {}),
    ...(hasEnded && current.daemoned ? { daemoned: undefined } : {}),
  });
};

/** Records that `child` runs after `parent`. */
export const addChild = (run: Run, parentId: string, childId: string): void => {
  const parent = run.nodes.get(parentId);
  if (!parent || parentId === childId || parent.children?.includes(childId)) return;
  updateNode(run, parent, { children: [...(parent.children ?? []), childId] });
};

/** The nodes others are attached to after a node has ended. @spec WF-NODE-07 */
export const outboundOf = (run: Run, id: string, depth = 0): readonly string[] => {
  const node = run.nodes.get(id);
  if (!node || depth > 1000) return [];
  switch (node.type) {
    case 'Retry': {
      const attempts = (node.children ?? []).filter((child) => run.nodes.get(child)?.nodeFlag?.hooked !== true);
      const last = attempts.at(-1);
      return last === undefined ? [id] : outboundOf(run, last, depth + 1);
    }
    case 'Steps':
    case 'DAG':
    case 'TaskGroup':
      return node.outboundNodes && node.outboundNodes.length > 0
        ? node.outboundNodes.flatMap((one) => (one === id ? [id] : outboundOf(run, one, depth + 1)))
        : [id];
    default:
      return [id];
  }
};
