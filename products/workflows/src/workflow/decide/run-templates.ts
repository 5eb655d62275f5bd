/**
 * The templates of a workflow run from its entrypoint, with its hooks and its exit handler. @spec WF-HOOK-01, WF-HOOK-02
 */
import type { NodeStatus, WorkflowPhase } from '../../api/kinds.ts';
import { isFailedOrError, isFulfilled } from '../../nodes/node-phase.ts';
import { executeTemplate } from '../templates/execute.ts';
import type { Run } from '../run.ts';
import { nodeNamed } from '../run-nodes.ts';
import { argumentsOf, executeExitHandler, executeWorkflowHooks } from '../workflow-hooks.ts';
import type { Verdict } from './next-status.ts';
import { failOpenNodes } from './deadline.ts';

/** Starts or goes on with what the entrypoint calls, then with what runs at the end. */
export const runTemplates = (run: Run): Verdict => {
  const { spec } = run.graph;
  const isOver = run.deadline !== undefined && run.now >= run.deadline;
  const root = nodeNamed(run, run.name);
  if (isOver && root && !isFulfilled(root) && run.shutdown === '') failOpenNodes(run);
  const hooksDone = executeWorkflowHooks(run, root?.phase ?? 'Pending');
  const entry = executeTemplate(run, {
    nodeName: run.name,
    caller: { template: spec.entrypoint },
    scope: run.graph.localScope,
    arguments: argumentsOf(run),
  });
  if (!entry) return { phase: 'Running' };
  if (!isFulfilled(entry) || entry.daemoned === true) return { phase: 'Running' };
  const lateHooksDone = executeWorkflowHooks(run, entry.phase);
  const exit = executeExitHandler(run, entry);
  if (exit === 'running' || !hooksDone || !lateHooksDone) return { phase: 'Running' };
  return conclude(entry, exit, run);
};

const conclude = (entry: NodeStatus, exit: NodeStatus | undefined, run: Run): Verdict => {
  const main: WorkflowPhase = entry.phase === 'Failed' || entry.phase === 'Error' ? entry.phase : 'Succeeded';
  const isStopped =
    run.shutdown !== '' &&
    main === 'Succeeded' &&
    [...run.nodes.values()].some(
      (node) => isFailedOrError(node.phase) && node.message?.includes('shutdown with strategy'),
    );
  if (isStopped) return { phase: 'Failed', message: `Stopped with strategy '${run.shutdown}'` };
  if (main === 'Succeeded' && exit && isFailedOrError(exit.phase))
    return { phase: exit.phase === 'Error' ? 'Error' : 'Failed', message: exit.message };
  const message =
    main === 'Succeeded' ? undefined : run.shutdown === '' ? entry.message : `Stopped with strategy '${run.shutdown}'`;
  return { phase: main, message };
};
