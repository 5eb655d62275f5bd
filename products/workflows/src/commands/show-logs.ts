/**
 * `logs`: what the containers of a workflow printed, each line after its pod's name. @spec WF-CLI-04
 */
import { readWorkflowLogs, type LogsOptions } from '../operations/read-logs.ts';
import { findWorkflow, readDuration, type WorkflowCommandDeps, type WorkflowExitCode } from './command-deps.ts';

/** Which lines; `since` is a duration. */
export interface ShowLogsOptions extends Omit<LogsOptions, 'sinceSeconds'> {
  readonly since?: string;
}

/** Prints; with `follow` it returns when the workflow has ended. */
export const showWorkflowLogs = async (
  deps: WorkflowCommandDeps,
  name: string,
  options: ShowLogsOptions = {},
): Promise<WorkflowExitCode> => {
  const { since, ...rest } = options;
  const sinceSeconds = since ? { sinceSeconds: Math.max(1, Math.round(readDuration(since) / 1000)) } : {};
  const reader = { ...deps, onLine: (pod: string, line: string): void => deps.write(`${pod}: ${line}\n`) };
  await readWorkflowLogs(reader, await findWorkflow(deps, name), { ...rest, ...sinceSeconds });
  return 0;
};
