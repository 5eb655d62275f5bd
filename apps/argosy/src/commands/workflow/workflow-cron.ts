/** `argosy cron …`. */
import type { Command } from 'commander';

import {
  deleteCronWorkflows,
  getCronWorkflows,
  holdCronWorkflows,
  listCronWorkflows,
  putCronWorkflows,
} from '@argosy/workflows';

import { declare, listOptionsOf, outputOption, readManifests, run, type ListFlags } from './workflow-flags.ts';
import { declareLint } from './workflow-template.ts';

/** Adds the group. */
export const addCronCommands = (program: Command): void => {
  const cron = program.command('cron').description('workflows that run on a schedule');
  const formats = outputOption('wide', 'json', 'yaml', 'name');
  declare(cron, 'list', 'list cron workflows, and when they run')
    .option('-A, --all-namespaces', 'cron workflows of every namespace')
    .option('-l, --selector <selector>', 'cron workflows with these labels')
    .addOption(formats)
    .action(run((deps, [flags]) => listCronWorkflows(deps, listOptionsOf(flags as ListFlags))));
  declare(cron, 'get <names...>', 'show cron workflows')
    .addOption(formats)
    .action(
      run((deps, [names, flags]) =>
        getCronWorkflows(deps, names as readonly string[], {
          output: (flags as ListFlags).output ?? '',
        }),
      ),
    );
  addPut(cron, 'create');
  addPut(cron, 'update');
  for (const verb of ['suspend', 'resume'] as const)
    declare(cron, `${verb} <names...>`, verb === 'suspend' ? 'start no runs' : 'start runs again').action(
      run((deps, [names]) => holdCronWorkflows(deps, names as readonly string[], verb === 'suspend')),
    );
  declare(cron, 'delete [names...]', 'delete cron workflows')
    .option('--all', 'delete every cron workflow of the namespace')
    .action(
      run((deps, [names, flags]) =>
        deleteCronWorkflows(deps, names as readonly string[], {
          all: (flags as { readonly all?: boolean }).all === true,
        }),
      ),
    );
  declareLint(cron, 'cronworkflows');
};

const addPut = (cron: Command, verb: 'create' | 'update'): void => {
  declare(cron, `${verb} <files...>`, `${verb} cron workflows from files`)
    .option('--name <name>', "name instead of the manifest's")
    .option('--schedule <schedule>', "schedule instead of the manifest's")
    .addHelpText(
      'after',
      `\nExamples:\n  argosy cron ${verb} nightly.yaml\n  argosy cron ${verb} nightly.yaml --schedule "0 3 * * *"\n`,
    )
    .action(
      run((deps, [files, flags]) => {
        const { name, schedule } = flags as { readonly name?: string; readonly schedule?: string };
        return putCronWorkflows(deps, readManifests(files as readonly string[]), {
          update: verb === 'update',
          ...(name ? { name } : {}),
          ...(schedule ? { schedule } : {}),
        });
      }),
    );
};
