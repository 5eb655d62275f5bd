/** `argosy app …`: the verbs of `argocd app`. */
import { InvalidArgumentError, Option, type Command } from 'commander';

import { createSystemClock } from '@argosy/base';
import {
  getApplication,
  listApplications,
  rollBackApplication,
  showHistory,
  syncApplication,
  waitForApplication,
  type AppCommandDeps,
  type ExitCode,
} from '@argosy/cd';

import { addAppDiffCommand } from './app-diff.ts';
import { connect, declareConnected } from './connection.ts';
import { parseSeconds } from './flag-numbers.ts';

interface ConnectionFlags {
  readonly kubeconfig?: string;
  readonly appNamespace: string;
}

const EXAMPLES = `
Examples:
  argosy app list
  argosy app get shop
  argosy app diff shop
  argosy app sync shop --prune
  argosy app history shop
  argosy app rollback shop 3
  argosy app wait shop --timeout 60
`;

/** Adds the commands. */
export const addAppCommands = (program: Command): void => {
  const app = program
    .command('app')
    .description('applications: what is in Git, kept true in the cluster')
    .addHelpText('after', EXAMPLES);
  const add: AddCommand = (signature, description) =>
    declareConnected(app, signature, description).option(
      '-N, --app-namespace <name>',
      'namespace of the application',
      'argocd',
    );

  addAppDiffCommand(app);
  add('list', 'list applications')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['wide', 'json', 'name']).default('wide'))
    .action(run((deps, [flags]) => listApplications(deps, flags as { readonly output: string })));
  add('get <name>', 'show one application')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['wide', 'json']).default('wide'))
    .action(run((deps, [name, flags]) => getApplication(deps, name as string, flags as { readonly output: string })));
  addSync(add);
  add('history <name>', 'list the deployments of an application').action(
    run((deps, [name]) => showHistory(deps, name as string)),
  );
  addRollback(add);
  add('wait <name>', 'wait until an application is Synced and Healthy')
    .option('--timeout <seconds>', 'give up after', parseSeconds, 300)
    .action(
      run((deps, [name, flags]) =>
        waitForApplication(deps, name as string, { timeoutSeconds: (flags as { readonly timeout: number }).timeout }),
      ),
    );
};

/** Adds a command of `argosy app`. */
type AddCommand = (signature: string, description: string) => Command;

interface SyncFlags {
  readonly revision?: string;
  readonly prune: boolean;
  readonly dryRun: boolean;
  readonly async: boolean;
  readonly timeout: number;
}

const addSync = (add: AddCommand): void => {
  add('sync <name>', 'bring the cluster to what is in Git')
    .option('--revision <revision>', 'branch, tag or commit instead of the one the application names')
    .option('--prune', 'delete what is no longer in Git', false)
    .option('--dry-run', 'try without effect', false)
    .option('--async', 'do not wait for the end', false)
    .option('--timeout <seconds>', 'give up waiting after', parseSeconds, 300)
    .action(
      run((deps, [name, flags]) => {
        const { revision, prune, dryRun, async: isAsync, timeout } = flags as SyncFlags;
        return syncApplication(deps, name as string, {
          ...(revision ? { revision } : {}),
          prune,
          dryRun,
          wait: !isAsync,
          timeoutSeconds: timeout,
        });
      }),
    );
};

const addRollback = (add: AddCommand): void => {
  add('rollback <name> [id]', 'go back to an earlier deployment; without an id to the one before')
    .option('--prune', 'delete what was not there then', false)
    .option('--timeout <seconds>', 'give up waiting after', parseSeconds, 300)
    .action(
      run((deps, [name, id, flags]) => {
        const { prune, timeout } = flags as { readonly prune: boolean; readonly timeout: number };
        return rollBackApplication(deps, name as string, {
          ...(id === undefined ? {} : { id: parseId(id as string) }),
          prune,
          timeoutSeconds: timeout,
        });
      }),
    );
};

/** Connects, runs a verb and sets the exit code. */
const run =
  (verb: (deps: AppCommandDeps, args: readonly unknown[]) => Promise<ExitCode>) =>
  async (...given: readonly unknown[]): Promise<void> => {
    // Commander gives the arguments, the flags and the command, in this order.
    const args = given.slice(0, -1);
    const { kubeconfig, appNamespace } = args.at(-1) as ConnectionFlags;
    const client = connect(kubeconfig);
    try {
      process.exitCode = await verb(
        { client, clock: createSystemClock(), namespace: appNamespace, print: (line) => console.log(line) },
        args,
      );
    } finally {
      await client.close();
    }
  };

const parseId = (text: string): number => {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError('a deployment id is a whole number; "argosy app history" lists them.');
  return Number(text);
};
