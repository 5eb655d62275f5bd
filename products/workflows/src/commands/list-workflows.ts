/**
 * `list` and `get`. @spec WF-CLI-02, WF-CLI-03
 */
import { Failure } from '@argosy/base';

import type { Workflow } from '../api/kinds.ts';
import { toAnyText } from '../compile/any-string.ts';
import {
  findWorkflow,
  selectWorkflows,
  type WorkflowCommandDeps,
  type WorkflowExitCode,
  type WorkflowFilter,
} from './command-deps.ts';
import { describeWorkflow, statusOf, type NodeFilter } from './describe-workflow.ts';
import { ageOf, durationOf, inColumns, printNames, printStructured, type OutputFormat } from './print-objects.ts';

/** How a list is printed. */
export interface ListOptions extends WorkflowFilter {
  readonly output: OutputFormat;
  readonly noHeaders?: boolean;
}

/** `list`, newest first. */
export const listWorkflows = async (deps: WorkflowCommandDeps, options: ListOptions): Promise<WorkflowExitCode> => {
  const workflows = await selectWorkflows(deps, options);
  const { output } = options;
  if (output === 'json' || output === 'yaml') printStructured(deps.print, workflows, output);
  else if (output === 'name') printNames(deps.print, workflows);
  else if (workflows.length === 0) deps.print('No workflows found');
  else {
    const head = [
      'NAME',
      'STATUS',
      'AGE',
      'DURATION',
      'PRIORITY',
      ...(output === 'wide' ? ['P/R/C', 'PARAMETERS'] : []),
    ];
    const rows = workflows.map((workflow) => listRow(workflow, deps.clock.now(), output === 'wide'));
    const withNamespaces = (row: readonly string[], namespace: string): readonly string[] =>
      options.allNamespaces === true ? [namespace, ...row] : row;
    const table = inColumns([
      withNamespaces([...head, 'MESSAGE'], 'NAMESPACE'),
      ...rows.map((row, at) => withNamespaces(row, workflows[at]?.metadata.namespace ?? '')),
    ]);
    for (const line of options.noHeaders === true ? table.slice(1) : table) deps.print(line);
  }
  return 0;
};

/** `get NAME…`; `@latest` is the newest. */
export const getWorkflows = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  options: NodeFilter & { readonly output: OutputFormat },
): Promise<WorkflowExitCode> => {
  if (names.length === 0) throw new Failure('name a workflow; @latest is the newest', { code: 'NothingSelected' });
  for (const name of names) printWorkflow(deps, await findWorkflow(deps, name), options);
  return 0;
};

/** Prints one workflow the way it was asked for. */
export const printWorkflow = (
  deps: Pick<WorkflowCommandDeps, 'print' | 'clock'>,
  workflow: Workflow,
  options: NodeFilter & { readonly output: OutputFormat },
): void => {
  const { output } = options;
  if (output === 'json' || output === 'yaml') printStructured(deps.print, workflow, output);
  else if (output === 'name') printNames(deps.print, [workflow]);
  else for (const line of describeWorkflow(workflow, deps.clock.now(), options)) deps.print(line);
};

const listRow = (workflow: Workflow, now: number, isWide: boolean): readonly string[] => [
  workflow.metadata.name ?? '',
  statusOf(workflow),
  ageOf(workflow, now),
  durationOf(workflow.status ?? {}, now),
  String(workflow.spec?.priority ?? 0),
  ...(isWide ? [podCounts(workflow), parametersOf(workflow)] : []),
  workflow.status?.message ?? '',
];

/** Pods pending, running, completed. */
const podCounts = (workflow: Workflow): string => {
  const counts = { pending: 0, running: 0, completed: 0 };
  for (const node of Object.values(workflow.status?.nodes ?? {})) {
    if (node.type !== 'Pod') continue;
    if (node.phase === 'Pending') counts.pending += 1;
    else if (node.phase === 'Running') counts.running += 1;
    else counts.completed += 1;
  }
  return `${counts.pending}/${counts.running}/${counts.completed}`;
};

const parametersOf = (workflow: Workflow): string =>
  (workflow.spec?.arguments?.parameters ?? [])
    .filter((one) => one.value !== undefined)
    .map((one) => `${one.name}=${toAnyText(one.value)}`)
    .join(',');
