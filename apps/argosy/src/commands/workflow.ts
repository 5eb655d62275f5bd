/** `argosy submit|list|get|logs|wait`: the verbs of `argo`. */
import { readFileSync } from 'node:fs';

import { InvalidArgumentError, Option, type Command } from 'commander';

import { createSystemClock, Failure, messageOf } from '@argosy/base';
import { parseManifests } from '@argosy/manifests';
import {
  getWorkflow,
  listWorkflows,
  showWorkflowLogs,
  submitWorkflows,
  waitForWorkflow,
  type WorkflowCommandDeps,
  type WorkflowExitCode,
} from '@argosy/workflows';

import { connect } from './connection.ts';

interface ConnectionFlags {
  readonly kubeconfig?: string;
  readonly namespace: string;
}

interface SubmitFlags {
  readonly name?: string;
  readonly generateName?: string;
  readonly parameter: readonly string[];
  readonly wait: boolean;
  readonly output: string;
  readonly timeout: number;
}

/** Adds the commands. */
export const addWorkflowCommands = (program: Command): void => {
  const add = (signature: string, description: string): Command =>
    program
      .command(signature)
      .description(description)
      .option('--kubeconfig <file>', "the cluster's kubeconfig (default: KUBECONFIG, else the data folder's)")
      .option('-n, --namespace <name>', 'namespace', 'default');
  const output = (...choices: readonly string[]): Option =>
    new Option('-o, --output <format>', 'how to print').choices(choices).default(choices[0]);

  add('submit <file>', 'submit the workflows of a file; - reads standard input')
    .option(
      '-p, --parameter <name=value>',
      'an argument of the workflow; may be repeated',
      (pair: string, before: readonly string[]) => [...before, pair],
      [],
    )
    .option('--name <name>', "name instead of the manifest's")
    .option('--generate-name <prefix>', 'prefix of a generated name')
    .option('-w, --wait', 'wait for the end; exit code 1 unless it succeeds', false)
    .option('--timeout <seconds>', 'give up waiting after', parseSeconds, 3600)
    .addOption(output('wide', 'json', 'name'))
    .addHelpText(
      'after',
      '\nExamples:\n  argosy submit hello.yaml -p message=hi --wait\n  argosy get @latest\n  argosy logs @latest\n',
    )
    .action(
      run((deps, [file, flags]) => {
        const { name, generateName, parameter, wait, output: format, timeout } = flags as SubmitFlags;
        return submitWorkflows(deps, readManifests(file as string), {
          ...(name ? { name } : {}),
          ...(generateName ? { generateName } : {}),
          parameters: parameter,
          wait,
          output: format,
          timeoutSeconds: timeout,
        });
      }),
    );
  add('list', 'list workflows, newest first')
    .addOption(output('wide', 'json', 'name'))
    .action(run((deps, [flags]) => listWorkflows(deps, flags as { readonly output: string })));
  add('get <name>', 'show a workflow and its nodes; @latest is the newest')
    .addOption(output('wide', 'json'))
    .action(run((deps, [name, flags]) => getWorkflow(deps, name as string, flags as { readonly output: string })));
  add('logs <name>', 'what the containers of a workflow printed').action(
    run((deps, [name]) => showWorkflowLogs(deps, name as string)),
  );
  add('wait <name>', 'wait for the end of a workflow')
    .option('--timeout <seconds>', 'give up after', parseSeconds, 3600)
    .action(
      run((deps, [name, flags]) =>
        waitForWorkflow(deps, name as string, (flags as { readonly timeout: number }).timeout),
      ),
    );
};

const run =
  (verb: (deps: WorkflowCommandDeps, args: readonly unknown[]) => Promise<WorkflowExitCode>) =>
  async (...given: readonly unknown[]): Promise<void> => {
    // Commander gives the arguments, the flags and the command, in this order.
    const args = given.slice(0, -1);
    const { kubeconfig, namespace } = args.at(-1) as ConnectionFlags;
    const client = connect(kubeconfig);
    try {
      const deps = {
        client,
        clock: createSystemClock(),
        namespace,
        print: (line: string) => console.log(line),
        write: (text: string) => void process.stdout.write(text),
      };
      process.exitCode = await verb(deps, args);
    } finally {
      await client.close();
    }
  };

const readManifests = (file: string) => {
  try {
    return parseManifests(readFileSync(file === '-' ? 0 : file, 'utf8'), file);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure(`${file} cannot be read: ${messageOf(thrown)}`, { code: 'Unreadable', cause: thrown });
  }
};

const parseSeconds = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number of seconds.');
  return Number(text);
};
