/** `argosy up`: the embedded platform. */
import { Option, type Command } from 'commander';

import { createSystemClock } from '@argosy/base';

import { collectForService, collectSeldom } from '../platform/machine/collect-garbage.ts';
import { createConsoleLogger } from '../platform/machine/console-logger.ts';
import { programEnvironment } from '../platform/machine/program-environment.ts';
import { startPlatform, type Platform } from '../platform/platform.ts';
import { describeOutcome, NEXT_COMMANDS } from '../story/describe-story.ts';
import { tellStory } from '../story/tell-story.ts';
import { addPlatformFlags, STANDARD_PORTS, toPlatformOptions, type PlatformFlags } from './platform-flags.ts';

interface UpFlags extends PlatformFlags {
  readonly story: boolean;
}

const EXAMPLES = `
Examples:
  argosy up                          start with the data folder of this checkout or user
  argosy up --story                  and tell, the first time, how a commit travels to all of the traffic
  argosy up --in-memory              forget everything at the end
  argosy up --data /srv/argosy       keep everything in this folder
  KUBECONFIG=.argosy/kubeconfig kubectl get pods -A
`;

/** Adds the command. */
export const addUpCommand = (program: Command): void => {
  const command = program
    .command('up')
    .description('start the embedded platform: its own small Kubernetes and what runs on it')
    .option(
      '--data <folder>',
      "folder for everything that is kept (default: .argosy in a checkout, else the user's data folder)",
    );
  addPlatformFlags(command, STANDARD_PORTS)
    .option('--in-memory', 'keep nothing: data lives until the end of this process', false)
    .addOption(
      new Option('--runtime <name>', 'what runs the pods; auto: docker if an engine answers, process for the story')
        .choices(['auto', 'docker', 'process', 'simulated'])
        .default('auto'),
    )
    .option('--story', 'the first time on a data folder: tell how a commit travels to all of the traffic', false)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: UpFlags) => runUp(withStoryRuntime(flags)));
};

/**
 * The story is told to people without Docker as well, and with an engine it would wait for images to be fetched: unless
 * a runtime is named, its pods are processes, at every start on that data folder.
 */
const withStoryRuntime = (flags: UpFlags): UpFlags =>
  flags.story && flags.runtime === 'auto' ? { ...flags, runtime: 'process' } : flags;

/** After a start the loops still look at everything once, in milliseconds. */
const SETTLED_AFTER_MS = 5_000;

const runUp = async (flags: UpFlags): Promise<void> => {
  const started = performance.now();
  collectSeldom();
  const env = programEnvironment(process.env);
  const platform = await startPlatform(
    { log: createConsoleLogger(process.stderr, flags.logLevel), env },
    toPlatformOptions(flags),
  );
  // From the start of the process, so that loading the program counts as well.
  const readyMs = Math.round(Math.max(performance.now() - started, process.uptime() * 1000));
  const cancelTimer = createSystemClock().setTimer(SETTLED_AFTER_MS, collectForService);
  console.log(`Ready in ${readyMs} ms`);
  for (const line of platform.lines) console.log(line);
  const stopping = new AbortController();
  const ended = whenAsked(stopping);
  if (flags.story) await tell(platform, env, stopping.signal);
  await ended;
  cancelTimer();
  await platform.stop();
};

/** Resolves at the first signal to stop; a story that is being told is cut short and goes on at the next start. */
const whenAsked = (stopping: AbortController): Promise<void> =>
  new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const)
      process.once(name, () => {
        stopping.abort();
        resolve();
      });
  });

const tell = async (platform: Platform, env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> => {
  const print = (line: string): void => console.log(line);
  print('');
  const outcome = await tellStory({ platform, clock: createSystemClock(), env, print, signal });
  for (const line of describeOutcome(outcome)) print(line);
  if (outcome.kind === 'told') for (const line of NEXT_COMMANDS(platform)) print(line);
};
