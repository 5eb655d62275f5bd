/**
 * `wait` and `watch`: until workflows have ended. @spec WF-CLI-03
 */
import { Failure } from '@argosy/base';

import { WORKFLOWS, type Workflow } from '../api/kinds.ts';
import { isCompleted } from '../nodes/node-phase.ts';
import { findWorkflow, type WorkflowCommandDeps, type WorkflowExitCode } from './command-deps.ts';
import { describeWorkflow, type NodeFilter } from './describe-workflow.ts';
import { watchAgain } from '../operations/watch-again.ts';

/** `wait`: 0 when it succeeds, 1 when it ends otherwise. Throws Failure after the timeout. */
export const waitForWorkflow = async (
  deps: WorkflowCommandDeps,
  name: string,
  timeoutSeconds: number,
): Promise<WorkflowExitCode> => {
  const ended = await followWorkflow(deps, name, timeoutSeconds, () => undefined);
  deps.print(`${ended.metadata.name ?? ''} ${ended.status?.phase ?? ''} at ${ended.status?.finishedAt ?? ''}`);
  return ended.status?.phase === 'Succeeded' ? 0 : 1;
};

/** How a workflow is watched. */
export interface WatchOptions extends NodeFilter {
  readonly timeoutSeconds: number;
  /** Written before each picture; clears the screen of a terminal. */
  readonly clear: string;
}

/** `watch`: prints the workflow whenever it changes, until it has ended; 1 unless it succeeded. */
export const watchWorkflow = async (
  deps: WorkflowCommandDeps,
  name: string,
  options: WatchOptions,
): Promise<WorkflowExitCode> => {
  const ended = await followWorkflow(deps, name, options.timeoutSeconds, (workflow) =>
    deps.write(`${options.clear}${describeWorkflow(workflow, deps.clock.now(), options).join('\n')}\n`),
  );
  return ended.status?.phase === 'Succeeded' ? 0 : 1;
};

/** Calls `onChange` for the workflow as it is and after each change; resolves with the one that has ended. */
const followWorkflow = async (
  deps: WorkflowCommandDeps,
  name: string,
  timeoutSeconds: number,
  onChange: (workflow: Workflow) => void,
): Promise<Workflow> => {
  const { clock, namespace } = deps;
  let latest = await findWorkflow(deps, name);
  const stop = new AbortController();
  const cancel = clock.setTimer(timeoutSeconds * 1000, () => stop.abort());
  const fieldSelector = `metadata.name=${latest.metadata.name ?? ''}`;
  let isGone = false;
  for await (const event of watchAgain(deps, WORKFLOWS, { namespace, fieldSelector, signal: stop.signal })) {
    if (event.type === 'DELETED') isGone = true;
    latest = event.object;
    onChange(latest);
    if (isGone || isCompleted(latest.status?.phase)) stop.abort();
  }
  cancel();
  const phase = latest.status?.phase ?? '';
  if (isCompleted(phase)) return latest;
  if (isGone) throw new Failure(`${name} was deleted while it was ${phase || 'Pending'}`, { code: 'NotFound' });
  throw new Failure(`${name} did not end within ${timeoutSeconds} s; it is ${phase || 'Pending'}`, {
    code: 'TimedOut',
  });
};
