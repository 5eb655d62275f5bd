/** `argosy suspend|resume|stop|terminate|retry|resubmit|delete`. */
import type { Command } from 'commander';

import {
  changeWorkflows,
  deleteWorkflows,
  readParameters,
  resubmitWorkflows,
  retryWorkflows,
  type WorkflowChange,
} from '@argosy/workflows';

import { parseCount } from '../flag-numbers.ts';
import { declare, filterOf, run, withFilters, withSelectors, type FilterFlags } from './workflow-flags.ts';
import { followOf, withFollowing, type FollowFlags } from './workflow-submit.ts';

interface ChangeFlags extends FilterFlags {
  readonly nodeFieldSelector?: string;
  readonly message?: string;
  readonly dryRun?: boolean;
}

/** Adds the commands. */
export const addChangeCommands = (program: Command): void => {
  const nodes = '--node-field-selector <selector>';
  const change = (command: Command, toChange: (flags: ChangeFlags) => WorkflowChange): Command =>
    command.option('--dry-run', 'only say what would be done').action(
      run((deps, [names, flags]) => {
        const given = flags as ChangeFlags;
        return changeWorkflows(deps, names as readonly string[], {
          ...filterOf(given),
          change: toChange(given),
          dryRun: given.dryRun === true,
        });
      }),
    );
  change(withSelectors(declare(program, 'suspend [names...]', 'hold workflows: nothing new is started')), () => ({
    kind: 'suspend',
  }));
  change(
    withSelectors(declare(program, 'resume [names...]', 'let held workflows and suspended nodes go on'))
      .option(nodes, 'only these suspended nodes, e.g. displayName=approve')
      .addHelpText(
        'after',
        '\nExamples:\n  argosy resume my-wf\n  argosy resume @latest --node-field-selector displayName=approve\n',
      ),
    (flags) => ({ kind: 'resume', selector: flags.nodeFieldSelector ?? '' }),
  );
  change(
    withSelectors(declare(program, 'stop [names...]', 'end workflows; exit handlers still run'))
      .option(nodes, 'fail only these suspended nodes')
      .option('--message <text>', 'message of those nodes')
      .addHelpText('after', '\nExamples:\n  argosy stop my-wf\n  argosy stop -l team=web --dry-run\n'),
    (flags) => ({ kind: 'stop', selector: flags.nodeFieldSelector ?? '', message: flags.message ?? '' }),
  );
  change(
    withSelectors(declare(program, 'terminate [names...]', 'end workflows at once, without exit handlers')),
    () => ({ kind: 'terminate' }),
  );
  addRetry(program);
  addResubmit(program);
  addDelete(program);
};

const addRetry = (program: Command): void => {
  withFollowing(withSelectors(declare(program, 'retry [names...]', 'run the failed part of workflows again')))
    .option('--restart-successful', 'run chosen nodes again that succeeded')
    .option('--node-field-selector <selector>', 'which nodes, with --restart-successful')
    .addHelpText(
      'after',
      '\nExamples:\n  argosy retry my-wf --log\n  argosy retry my-wf --restart-successful --node-field-selector displayName=build\n',
    )
    .action(
      run((deps, [names, flags]) => {
        const given = flags as FollowFlags &
          FilterFlags & { readonly restartSuccessful?: boolean; readonly nodeFieldSelector?: string };
        return retryWorkflows(deps, names as readonly string[], {
          ...filterOf(given),
          ...followOf(given),
          parameters: readParameters(given.parameter),
          restartSuccessful: given.restartSuccessful === true,
          nodeFieldSelector: given.nodeFieldSelector ?? '',
        });
      }),
    );
};

const addResubmit = (program: Command): void => {
  withFollowing(withSelectors(declare(program, 'resubmit [names...]', 'create workflows anew')))
    .option('--priority <number>', 'priority of the new workflows', parseCount)
    .addHelpText('after', '\nExamples:\n  argosy resubmit my-wf -p message=again --watch\n')
    .action(
      run((deps, [names, flags]) => {
        const given = flags as FollowFlags & FilterFlags & { readonly priority?: number };
        return resubmitWorkflows(deps, names as readonly string[], {
          ...filterOf(given),
          ...followOf(given),
          parameters: readParameters(given.parameter),
          ...(given.priority === undefined ? {} : { priority: given.priority }),
        });
      }),
    );
};

const addDelete = (program: Command): void => {
  withFilters(declare(program, 'delete [names...]', 'delete workflows'))
    .option('--all', 'delete every workflow of the namespace')
    .option('--force', 'take finalizers away first')
    .option('--dry-run', 'only say what would be done')
    .addHelpText(
      'after',
      '\nExamples:\n  argosy delete my-wf\n  argosy delete --completed --older 7d\n  argosy delete --all --dry-run\n',
    )
    .action(
      run((deps, [names, flags]) => {
        const given = flags as ChangeFlags & { readonly all?: boolean; readonly force?: boolean };
        return deleteWorkflows(deps, names as readonly string[], {
          ...filterOf(given),
          all: given.all === true,
          force: given.force === true,
          dryRun: given.dryRun === true,
        });
      }),
    );
};
