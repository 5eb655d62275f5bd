/**
 * Nodes that do not outlive the end of their workflow's time, or its being stopped. @spec WF-OPS-04, WF-OPS-05, WF-TIME-01
 */
import type { NodeStatus } from '../../api/kinds.ts';
import { isFulfilled } from '../../nodes/node-phase.ts';
import type { Run } from '../run.ts';
import { setPhase } from '../run-nodes.ts';

/** Nodes without a pod do not outlive a shutdown or the deadline; those of exit handlers outlive a stop. */
export const endSuspended = (run: Run): void => {
  const isOver = run.deadline !== undefined && run.now >= run.deadline;
  if (run.shutdown === '' && !isOver) return;
  for (const node of run.nodes.values()) {
    if ((node.type !== 'Suspend' && node.type !== 'HTTP') || isFulfilled(node)) continue;
    if (run.shutdown !== 'Terminate' && isOnExit(node)) continue;
    setPhase(
      run,
      node,
      'Failed',
      run.shutdown === '' ? 'Step exceeded its deadline' : `Stopped with strategy '${run.shutdown}'`,
    );
  }
};

/** The deadline has passed: what has not ended has failed. */
export const failOpenNodes = (run: Run): void => {
  for (const node of run.nodes.values()) {
    if (isFulfilled(node) || isOnExit(node)) continue;
    const isLeaf = node.type === 'Pod' || node.type === 'Suspend' || node.type === 'HTTP';
    setPhase(run, node, 'Failed', isLeaf ? 'Step exceeded its deadline' : '');
  }
};

const isOnExit = (node: NodeStatus): boolean => /\.onExit($|[.[(])/.test(node.name);
