/** `argosy rollout …`: the verbs of the kubectl plugin of Argo Rollouts. */
import { Option, type Command } from 'commander';

import { createSystemClock } from '@argosy/base';
import {
  abortRollout,
  getRollout,
  listRollouts,
  pauseRollout,
  promoteRollout,
  retryRollout,
  setRolloutImage,
  undoRollout,
  watchRolloutStatus,
  type RolloutCommandDeps,
  type RolloutExitCode,
} from '@argosy/rollouts';

import { connect, declareConnected } from './connection.ts';
import { parseNatural } from './flag-numbers.ts';

const EXAMPLES = `
Examples:
  argosy rollout list -A
  argosy rollout get shop -w
  argosy rollout promote shop
  argosy rollout promote shop --full
  argosy rollout abort shop
  argosy rollout undo shop --to-revision=2
  argosy rollout set image shop web=registry/shop:v2
`;

/** Adds the commands. */
export const addRolloutCommands = (program: Command): void => {
  const rollout = program
    .command('rollout')
    .alias('rollouts')
    .alias('ro')
    .description('rollouts: canary and blue-green updates')
    .addHelpText('after', EXAMPLES);
  const add = (parent: Command, signature: string, description: string): Command =>
    declareConnected(parent, signature, description).option(
      '-n, --namespace <name>',
      'namespace of the rollout',
      'default',
    );
  addReadingVerbs((signature, description) => add(rollout, signature, description));
  addChangingVerbs((signature, description) => add(rollout, signature, description));
  const set = rollout.command('set').description('change a rollout');
  add(set, 'image <name> <container=image...>', 'set images of containers; *=image sets all').action(
    run((deps, [name, pairs]) => setRolloutImage(deps, name as string, pairs as readonly string[])),
  );
};

type Add = (signature: string, description: string) => Command;

const addReadingVerbs = (add: Add): void => {
  add('list', 'list rollouts')
    .option('-A, --all-namespaces', 'of every namespace', false)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['wide', 'json', 'name']).default('wide'))
    .action(
      run((deps, [flags]) => listRollouts(deps, flags as { readonly allNamespaces: boolean; readonly output: string })),
    );
  add('get <name>', 'show a rollout and its revisions')
    .option('-w, --watch', 'show it again whenever it changes', false)
    .option('--timeout-seconds <seconds>', 'stop watching after; 0 never', parseNatural, 0)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['wide', 'json']).default('wide'))
    .action(
      run((deps, [name, flags]) => {
        const { watch, timeoutSeconds, output } = flags as {
          readonly watch: boolean;
          readonly timeoutSeconds: number;
          readonly output: string;
        };
        return getRollout(deps, name as string, { watch, timeoutSeconds, output, signal: interrupted() });
      }),
    );
  add('status <name>', 'wait until a rollout is Healthy; fails when it is Degraded')
    .option('-w, --watch', 'wait for the end', true)
    .option('--no-watch', 'print the phase and end')
    .option('-t, --timeout <seconds>', 'give up after; 0 never', parseNatural, 0)
    .action(
      run((deps, [name, flags]) => {
        const { watch, timeout } = flags as { readonly watch: boolean; readonly timeout: number };
        return watchRolloutStatus(deps, name as string, { watch, timeoutSeconds: timeout });
      }),
    );
};

const addChangingVerbs = (add: Add): void => {
  add('promote <name>', 'go past a pause, or past the step that runs')
    .option('--full', 'skip all steps, pauses and analyses', false)
    .option('-c, --skip-current-step', 'skip the step that runs', false)
    .option('-a, --skip-all-steps', 'skip all steps', false)
    .action(
      run((deps, [name, flags]) => {
        const { full, skipCurrentStep, skipAllSteps } = flags as {
          readonly full: boolean;
          readonly skipCurrentStep: boolean;
          readonly skipAllSteps: boolean;
        };
        const skip = skipAllSteps ? { skip: 'all' as const } : skipCurrentStep ? { skip: 'current' as const } : {};
        return promoteRollout(deps, name as string, { full, ...skip });
      }),
    );
  add('abort <name>', 'stop the update and give the traffic back').action(
    run((deps, [name]) => abortRollout(deps, name as string)),
  );
  add('retry <name>', 'try an aborted update again').action(run((deps, [name]) => retryRollout(deps, name as string)));
  add('pause <name>', 'hold a rollout where it is').action(run((deps, [name]) => pauseRollout(deps, name as string)));
  add('undo <name>', 'go back to an earlier revision')
    .option('--to-revision <number>', 'revision to go to; 0 the one before', parseNatural, 0)
    .action(
      run((deps, [name, flags]) =>
        undoRollout(deps, name as string, { toRevision: (flags as { readonly toRevision: number }).toRevision }),
      ),
    );
};

/** Connects, runs a verb and sets the exit code. */
const run =
  (verb: (deps: RolloutCommandDeps, args: readonly unknown[]) => Promise<RolloutExitCode>) =>
  async (...given: readonly unknown[]): Promise<void> => {
    // Commander gives the arguments, the flags and the command, in this order.
    const args = given.slice(0, -1);
    const { kubeconfig, namespace } = args.at(-1) as { readonly kubeconfig?: string; readonly namespace: string };
    const client = connect(kubeconfig);
    try {
      process.exitCode = await verb(
        {
          client,
          clock: createSystemClock(),
          namespace,
          print: (line) => console.log(line),
          clear: () => (process.stdout.isTTY ? console.clear() : undefined),
        },
        args,
      );
    } finally {
      await client.close();
    }
  };

/** Aborts at Ctrl-C, so that a watch ends with exit code 0. */
const interrupted = (): AbortSignal => {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
};
