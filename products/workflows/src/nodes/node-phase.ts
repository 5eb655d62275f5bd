/**
 * Questions about nodes. @spec WF-CRD-13
 */
import type { NodePhase, NodeStatus, WorkflowPhase } from '../api/kinds.ts';

/** Ended with a verdict. */
export const isCompleted = (phase: NodePhase | WorkflowPhase | undefined): boolean =>
  phase === 'Succeeded' || phase === 'Failed' || phase === 'Error';

/** Ended badly. */
export const isFailedOrError = (phase: NodePhase | WorkflowPhase | undefined): boolean =>
  phase === 'Failed' || phase === 'Error';

/** Whoever waits for the node may go on: it ended, will never run, or is a daemon that is up. */
export const isFulfilled = (node: Pick<NodeStatus, 'phase' | 'daemoned'> | undefined): boolean =>
  node !== undefined &&
  (isCompleted(node.phase) ||
    node.phase === 'Skipped' ||
    node.phase === 'Omitted' ||
    (node.daemoned === true && node.phase !== 'Pending'));

/** Whether a failure of this node is tolerated by a `continueOn`. */
export const continuesOn = (
  continueOn: { readonly error?: boolean; readonly failed?: boolean } | undefined,
  phase: NodePhase,
): boolean => (phase === 'Error' && continueOn?.error === true) || (phase === 'Failed' && continueOn?.failed === true);
