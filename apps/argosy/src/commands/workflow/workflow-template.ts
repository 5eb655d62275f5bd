/** `argosy lint`, `argosy template …` and `argosy cluster-template …`. */
import type { Command } from 'commander';

import {
  deleteTemplates,
  getTemplates,
  lintManifests,
  listTemplates,
  putTemplates,
  readReferences,
  type LintOptions,
  type TemplateScope,
} from '@argosy/workflows';

import { connect } from '../connection.ts';
import {
  declare,
  listOptionsOf,
  outputOption,
  readManifestFiles,
  readManifests,
  run,
  type ListFlags,
} from './workflow-flags.ts';

interface LintFlags {
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly offline?: boolean;
  readonly kinds?: string;
  readonly output?: LintOptions['output'];
}

/** Adds `lint`. */
export const addLintCommand = (program: Command): void => {
  declareLint(program, 'all').option('--kinds <kinds>', 'which kinds, separated by commas', 'all');
};

/** Adds the two groups. */
export const addTemplateCommands = (program: Command): void => {
  addGroup(program.command('template').description('templates of a namespace'), 'namespace');
  addGroup(program.command('cluster-template').description('templates of the whole cluster'), 'cluster');
};

/** Declares a `lint` of one kind, or of all. */
export const declareLint = (parent: Command, kinds: string): Command =>
  declare(parent, 'lint <paths...>', 'judge files and folders the way the cluster will; - reads standard input')
    .option('--offline', 'look up references only among the given files')
    .addOption(outputOption('pretty', 'simple'))
    .addHelpText('after', '\nExamples:\n  argosy lint ./workflows\n  argosy lint hello.yaml --offline -o simple\n')
    .action(async (paths: readonly string[], flags: LintFlags) => {
      const files = readManifestFiles(paths);
      const options = { output: flags.output ?? 'pretty', kinds: (flags.kinds ?? kinds).split(',') } as const;
      const print = (line: string): void => console.log(line);
      if (flags.offline === true) {
        process.exitCode = await lintManifests({ print }, files, options);
        return;
      }
      const client = connect(flags.kubeconfig);
      try {
        process.exitCode = await lintManifests({ print }, files, {
          ...options,
          readReferences: (object) =>
            readReferences(client, { ...object, metadata: { namespace: flags.namespace, ...object.metadata } }),
        });
      } finally {
        await client.close();
      }
    });

const addGroup = (group: Command, scope: TemplateScope): void => {
  const kinds = scope === 'cluster' ? 'clusterworkflowtemplates' : 'workflowtemplates';
  const formats = outputOption('wide', 'json', 'yaml', 'name');
  const list = declare(group, 'list', 'list templates')
    .option('-l, --selector <selector>', 'templates with these labels')
    .addOption(formats);
  if (scope === 'namespace') list.option('-A, --all-namespaces', 'templates of every namespace');
  list.action(run((deps, [flags]) => listTemplates(deps, scope, listOptionsOf(flags as ListFlags))));
  declare(group, 'get <names...>', 'show templates')
    .addOption(formats)
    .action(
      run((deps, [names, flags]) =>
        getTemplates(deps, scope, {
          names: names as readonly string[],
          output: (flags as ListFlags).output ?? '',
        }),
      ),
    );
  for (const verb of ['create', 'update'] as const)
    declare(group, `${verb} <files...>`, `${verb} templates from files`).action(
      run((deps, [files]) =>
        putTemplates(deps, scope, { objects: readManifests(files as readonly string[]), update: verb === 'update' }),
      ),
    );
  declare(group, 'delete [names...]', 'delete templates')
    .option('--all', 'delete every template')
    .action(
      run((deps, [names, flags]) =>
        deleteTemplates(deps, scope, {
          names: names as readonly string[],
          all: (flags as { readonly all?: boolean }).all === true,
        }),
      ),
    );
  declareLint(group, kinds);
};
