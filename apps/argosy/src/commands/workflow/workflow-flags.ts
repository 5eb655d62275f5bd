/** What the workflow commands share: flags, the connection, and how files are read. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { Option, type Command } from 'commander';

import { createSystemClock, Failure, messageOf } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import { parseManifests } from '@argosy/manifests';
import type {
  ManifestFile,
  OutputFormat,
  WorkflowCommandDeps,
  WorkflowExitCode,
  WorkflowFilter,
} from '@argosy/workflows';

import { connect, declareConnected } from '../connection.ts';

interface ConnectionFlags {
  readonly kubeconfig?: string;
  readonly namespace: string;
}

/** Declares a command that talks to the cluster. */
export const declare = (parent: Command, signature: string, description: string): Command =>
  declareConnected(parent, signature, description).option('-n, --namespace <name>', 'namespace', 'default');

/** `-o`; the first format is the default. */
export const outputOption = (...choices: readonly string[]): Option =>
  new Option('-o, --output <format>', `how to print: ${choices.join('|')}`).choices(choices);

/** Flags of a list of templates or cron workflows. */
export interface ListFlags {
  readonly output?: OutputFormat;
  readonly selector?: string;
  readonly allNamespaces?: boolean;
}

/** What the flags of a list mean. */
export const listOptionsOf = ({ output = '', selector, allNamespaces }: ListFlags) => ({
  output,
  ...(selector ? { labelSelector: selector } : {}),
  allNamespaces: allNamespaces === true,
});

/** A flag that may be repeated. */
export const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Flags that choose workflows. */
export interface FilterFlags {
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly status?: string;
  readonly running?: boolean;
  readonly completed?: boolean;
  readonly resubmitted?: boolean;
  readonly prefix?: string;
  readonly since?: string;
  readonly older?: string;
  readonly allNamespaces?: boolean;
}

/** Adds the flags with which several workflows are chosen by label or field. */
export const withSelectors = (command: Command): Command =>
  command
    .option('-l, --selector <selector>', 'workflows with these labels, e.g. app=web,tier!=db')
    .option('--field-selector <selector>', 'workflows with these fields, e.g. metadata.name=x');

/** Adds the flags with which workflows are chosen by what became of them. */
export const withFilters = (command: Command): Command =>
  withSelectors(command)
    .option('--status <phases>', 'workflows in these phases, separated by commas')
    .option('--completed', 'workflows that have ended')
    .option('--resubmitted', 'workflows that were resubmitted')
    .option('--prefix <text>', 'workflows whose name begins so')
    .option('--older <duration>', 'workflows that finished longer ago, e.g. 30m, 7d')
    .option('-A, --all-namespaces', 'workflows of every namespace');

/** The filter of the flags. */
export const filterOf = (flags: FilterFlags): WorkflowFilter => ({
  ...(flags.selector ? { labelSelector: flags.selector } : {}),
  ...(flags.fieldSelector ? { fieldSelector: flags.fieldSelector } : {}),
  ...(flags.status ? { status: flags.status } : {}),
  ...(flags.running ? { running: true } : {}),
  ...(flags.completed ? { completed: true } : {}),
  ...(flags.resubmitted ? { resubmitted: true } : {}),
  ...(flags.prefix ? { prefix: flags.prefix } : {}),
  ...(flags.since ? { since: flags.since } : {}),
  ...(flags.older ? { older: flags.older } : {}),
  ...(flags.allNamespaces ? { allNamespaces: true } : {}),
});

/** Makes the action of a command: connects, runs the verb, sets the exit code, disconnects. */
export const run =
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

/** Written before each picture of a watch: a terminal is cleared, a file is not. */
export const clearSequence = (): string => (process.stdout.isTTY ? '\u001B[2J\u001B[H' : '');

/** Reads the text of a file; `-` is standard input. */
export const readText = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (thrown) {
    throw new Failure(`${file} cannot be read: ${messageOf(thrown)}`, { code: 'Unreadable', cause: thrown });
  }
};

/** Reads the objects of files. */
export const readManifests = (files: readonly string[]): readonly KubeObject[] =>
  files.flatMap((file) => parseManifests(readText(file), file));

/** Reads files and everything below folders, keeping what is wrong with each. */
export const readManifestFiles = (paths: readonly string[]): readonly ManifestFile[] =>
  paths.flatMap(filesBelow).map((file) => {
    const text = readText(file);
    try {
      return { file, objects: parseManifests(text, file) };
    } catch (thrown) {
      return { file, objects: [], error: messageOf(thrown) };
    }
  });

const filesBelow = (given: string): readonly string[] => {
  if (given === '-' || !statSync(given, { throwIfNoEntry: false })?.isDirectory()) return [given];
  return readdirSync(given, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => path.join(given, name));
};
