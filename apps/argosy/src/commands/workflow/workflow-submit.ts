/** `argosy submit`. */
import type { Command } from 'commander';
import { load } from 'js-yaml';

import { Failure, messageOf } from '@argosy/base';
import {
  parametersOfMap,
  readParameters,
  submitFrom,
  submitWorkflows,
  type OutputFormat,
  type SubmitOptions,
} from '@argosy/workflows';

import { parseCount, parseSeconds } from '../flag-numbers.ts';
import { clearSequence, declare, outputOption, readManifests, readText, repeated, run } from './workflow-flags.ts';

/** Flags of commands that start workflows. */
export interface FollowFlags {
  readonly wait?: boolean;
  readonly watch?: boolean;
  readonly log?: boolean;
  readonly output?: OutputFormat;
  readonly timeout: number;
  readonly parameter: readonly string[];
}

interface SubmitFlags extends FollowFlags {
  readonly from?: string;
  readonly parameterFile?: string;
  readonly name?: string;
  readonly generateName?: string;
  readonly entrypoint?: string;
  readonly labels?: string;
  readonly serviceaccount?: string;
  readonly priority?: number;
  readonly scheduledTime?: string;
  readonly dryRun?: boolean;
  readonly serverDryRun?: boolean;
}

/** Adds the flags of commands that start workflows. */
export const withFollowing = (command: Command): Command =>
  command
    .option('-p, --parameter <name=value>', 'an argument of the workflow; may be repeated', repeated, [])
    .option('-w, --wait', 'wait for the end; exit code 1 unless it succeeds')
    .option('--watch', 'show the workflow until it has ended; exit code 1 unless it succeeds')
    .option('--log', 'print the logs until it has ended; exit code 1 unless it succeeds')
    .option('--timeout <seconds>', 'give up waiting after', parseSeconds, 3600)
    .addOption(outputOption('wide', 'json', 'yaml', 'name'));

/** The options of those flags. */
export const followOf = (flags: FollowFlags) => ({
  wait: flags.wait === true,
  watch: flags.watch === true,
  log: flags.log === true,
  output: flags.output ?? '',
  timeoutSeconds: flags.timeout,
  clear: clearSequence(),
});

/** Adds the command. */
export const addSubmitCommand = (program: Command): void => {
  withFollowing(
    declare(
      program,
      'submit [files...]',
      'submit the workflows of files, or a template of the cluster; - reads standard input',
    ),
  )
    .option('--from <kind/name>', 'submit workflowtemplate/NAME, clusterworkflowtemplate/NAME or cronworkflow/NAME')
    .option('-f, --parameter-file <file>', 'arguments as a YAML map')
    .option('--name <name>', "name instead of the manifest's")
    .option('--generate-name <prefix>', 'prefix of a generated name')
    .option('--entrypoint <template>', 'template to begin with')
    .option('-l, --labels <key=value,...>', 'labels to add')
    .option('--serviceaccount <name>', 'service account of the pods')
    .option('--priority <number>', 'priority; higher runs first', parseCount)
    .option('--scheduled-time <time>', 'what workflow.scheduledTime says, RFC 3339')
    .option('--dry-run', 'print what would be created')
    .option('--server-dry-run', 'let the server judge it, without storing it')
    .addHelpText(
      'after',
      `
Examples:
  argosy submit hello.yaml -p message=hi --wait
  argosy submit --from workflowtemplate/build -p revision=main --log
  argosy submit --from clusterworkflowtemplate/build --entrypoint test -l team=web
  argosy submit hello.yaml -f values.yaml --watch
`,
    )
    .action(
      run((deps, [files, flags]) => {
        const given = flags as SubmitFlags;
        const options = optionsOf(given);
        const names = files as readonly string[];
        if (given.from !== undefined && names.length > 0)
          throw new Failure('give files or --from, not both', { code: 'InvalidUsage' });
        if (given.from !== undefined) return submitFrom(deps, given.from, options);
        if (names.length === 0) throw new Failure('give a file, or a template with --from', { code: 'InvalidUsage' });
        return submitWorkflows(deps, readManifests(names), options);
      }),
    );
};

const optionsOf = (flags: SubmitFlags): SubmitOptions => ({
  ...followOf(flags),
  ...(flags.name ? { name: flags.name } : {}),
  ...(flags.generateName ? { generateName: flags.generateName } : {}),
  ...(flags.entrypoint ? { entrypoint: flags.entrypoint } : {}),
  ...(flags.labels ? { labels: labelsOf(flags.labels) } : {}),
  ...(flags.serviceaccount ? { serviceAccount: flags.serviceaccount } : {}),
  ...(flags.priority === undefined ? {} : { priority: flags.priority }),
  ...(flags.scheduledTime ? { scheduledTime: flags.scheduledTime } : {}),
  dryRun: flags.dryRun === true,
  serverDryRun: flags.serverDryRun === true,
  // What is said on the command line wins over the file.
  parameters: lastOfEach([
    ...(flags.parameterFile ? parametersOfFile(flags.parameterFile) : []),
    ...readParameters(flags.parameter),
  ]),
});

const lastOfEach = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] => [
  ...new Map(all.map((one) => [one.name, one])).values(),
];

const parametersOfFile = (file: string) => {
  const text = readText(file);
  try {
    return parametersOfMap(load(text), file);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure(`${file}: ${messageOf(thrown)}`, { code: 'InvalidParameter', cause: thrown });
  }
};

const labelsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(',').map((pair) => {
      const [key = '', value, ...more] = pair.split('=');
      if (key !== '' && value !== undefined && more.length === 0) return [key, value];
      throw new Failure(`label ${JSON.stringify(pair)}: write key=value`, { code: 'InvalidLabel' });
    }),
  );
