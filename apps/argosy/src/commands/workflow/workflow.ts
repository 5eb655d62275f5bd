/** The verbs of `argo` under `argosy`: submit, list, get, logs, wait, watch, and those that change workflows. */
import type { Command } from 'commander';

import {
  getWorkflows,
  listWorkflows,
  showWorkflowLogs,
  waitForWorkflow,
  watchWorkflow,
  type OutputFormat,
} from '@argosy/workflows';

import { parseCount, parseSeconds } from '../flag-numbers.ts';
import { addChangeCommands } from './workflow-change.ts';
import { addCronCommands } from './workflow-cron.ts';
import {
  clearSequence,
  declare,
  filterOf,
  outputOption,
  run,
  withFilters,
  type FilterFlags,
} from './workflow-flags.ts';
import { addSubmitCommand } from './workflow-submit.ts';
import { addLintCommand, addTemplateCommands } from './workflow-template.ts';

/** Adds the commands. */
export const addWorkflowCommands = (program: Command): void => {
  addSubmitCommand(program);
  addList(program);
  addGet(program);
  addLogs(program);
  addWaits(program);
  addChangeCommands(program);
  addLintCommand(program);
  addTemplateCommands(program);
  addCronCommands(program);
};

const addList = (program: Command): void => {
  withFilters(declare(program, 'list', 'list workflows, newest first'))
    .option('--running', 'workflows that have not ended')
    .option('--since <duration>', 'workflows created within this time, e.g. 30m, 7d')
    .option('--no-headers', 'without the head of the table')
    .addOption(outputOption('wide', 'json', 'yaml', 'name'))
    .addHelpText(
      'after',
      '\nExamples:\n  argosy list --running\n  argosy list --status Failed,Error --since 24h -o wide\n',
    )
    .action(
      run((deps, [flags]) => {
        const given = flags as FilterFlags & { readonly headers: boolean; readonly output?: OutputFormat };
        return listWorkflows(deps, { ...filterOf(given), noHeaders: !given.headers, output: given.output ?? '' });
      }),
    );
};

const addGet = (program: Command): void => {
  declare(program, 'get <names...>', 'show workflows and their nodes; @latest is the newest')
    .option('--node-field-selector <selector>', 'only these nodes, e.g. phase=Failed')
    .option('--status <phase>', 'only nodes in this phase')
    .option('--no-utf8', 'words in place of signs')
    .addOption(outputOption('wide', 'json', 'yaml', 'name'))
    .addHelpText(
      'after',
      '\nExamples:\n  argosy get @latest\n  argosy get my-wf -o yaml\n  argosy get my-wf --status Failed\n',
    )
    .action(
      run((deps, [names, flags]) => {
        const given = flags as NodeFlags & { readonly output?: OutputFormat };
        return getWorkflows(deps, names as readonly string[], { ...nodesOf(given), output: given.output ?? '' });
      }),
    );
};

interface NodeFlags {
  readonly nodeFieldSelector?: string;
  readonly status?: string;
  readonly utf8: boolean;
}

const nodesOf = (flags: NodeFlags) => ({
  ...(flags.nodeFieldSelector ? { nodeFieldSelector: flags.nodeFieldSelector } : {}),
  ...(flags.status ? { status: flags.status } : {}),
  noUtf8: !flags.utf8,
});

interface LogsFlags {
  readonly container: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly grep?: string;
  readonly selector?: string;
  readonly since?: string;
  readonly sinceTime?: string;
  readonly tail?: number;
  readonly timestamps?: boolean;
}

const addLogs = (program: Command): void => {
  declare(program, 'logs <name> [pod]', 'what the containers of a workflow printed')
    .option('-c, --container <name>', 'container', 'main')
    .option('-f, --follow', 'go on until the workflow has ended')
    .option('-p, --previous', 'what the container printed before it was restarted')
    .option('--grep <pattern>', 'only lines in which this regular expression is found')
    .option('-l, --selector <selector>', 'only pods with these labels')
    .option('--since <duration>', 'only lines of this time, e.g. 10m')
    .option('--since-time <time>', 'only lines after this time, RFC 3339')
    .option('--tail <lines>', 'only the last lines of each pod', parseCount)
    .option('--timestamps', 'with the time of each line')
    .addHelpText('after', '\nExamples:\n  argosy logs @latest -f\n  argosy logs my-wf --grep error --since 1h\n')
    .action(
      run((deps, [name, pod, flags]) => {
        const { container, follow, previous, grep, selector, since, sinceTime, tail, timestamps } = flags as LogsFlags;
        return showWorkflowLogs(deps, name as string, {
          container,
          follow: follow === true,
          previous: previous === true,
          timestamps: timestamps === true,
          ...(pod ? { pod: pod as string } : {}),
          ...(grep ? { grep } : {}),
          ...(selector ? { labelSelector: selector } : {}),
          ...(since ? { since } : {}),
          ...(sinceTime ? { sinceTime } : {}),
          ...(tail === undefined ? {} : { tail }),
        });
      }),
    );
};

const addWaits = (program: Command): void => {
  declare(program, 'wait <names...>', 'wait for the end of workflows; exit code 1 unless all succeed')
    .option('--timeout <seconds>', 'give up after', parseSeconds, 3600)
    .addHelpText('after', '\nExamples:\n  argosy wait @latest\n  argosy wait one two --timeout 600\n')
    .action(
      run(async (deps, [names, flags]) => {
        const { timeout } = flags as { readonly timeout: number };
        const codes = await Promise.all(
          (names as readonly string[]).map((name) => waitForWorkflow(deps, name, timeout)),
        );
        return codes.includes(1) ? 1 : 0;
      }),
    );
  declare(program, 'watch <name>', 'show a workflow until it has ended')
    .option('--node-field-selector <selector>', 'only these nodes')
    .option('--status <phase>', 'only nodes in this phase')
    .option('--no-utf8', 'words in place of signs')
    .option('--timeout <seconds>', 'give up after', parseSeconds, 86_400)
    .addHelpText('after', '\nExamples:\n  argosy watch @latest\n')
    .action(
      run((deps, [name, flags]) => {
        const given = flags as NodeFlags & { readonly timeout: number };
        return watchWorkflow(deps, name as string, {
          ...nodesOf(given),
          timeoutSeconds: given.timeout,
          clear: clearSequence(),
        });
      }),
    );
};
