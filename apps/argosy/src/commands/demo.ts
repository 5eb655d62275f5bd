/** `argosy demo`: the story from beginning to end on a platform of its own, which is gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Command } from 'commander';

import { createSystemClock, Failure } from '@argosy/base';

import { createConsoleLogger } from '../platform/machine/console-logger.ts';
import { programEnvironment } from '../platform/machine/program-environment.ts';
import { startPlatform } from '../platform/platform.ts';
import { describeOutcome, NEXT_COMMANDS } from '../story/describe-story.ts';
import { tellStory } from '../story/tell-story.ts';
import { addPlatformFlags, toPlatformOptions, type PlatformFlags } from './platform-flags.ts';

/** Free ones, so that a demo does not disturb a platform that is up. */
const FREE_PORTS = { port: 0, kubePort: 0, gatewayPort: 0, gatewayMetricsPort: 0 };

const EXAMPLES = `
Examples:
  argosy demo                        the story on a platform of its own, on free ports
  argosy up --story                  the same on a platform that stays
`;

/** Adds the command. */
export const addDemoCommand = (program: Command): void => {
  addPlatformFlags(
    program
      .command('demo')
      .description('tell how a commit travels to all of the traffic, and how one with a mistake does not'),
    FREE_PORTS,
  )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: PlatformFlags) => runDemo(flags));
};

const runDemo = async (flags: PlatformFlags): Promise<void> => {
  const env = programEnvironment(process.env);
  const data = mkdtempSync(path.join(os.tmpdir(), 'argosy-demo-'));
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  try {
    const platform = await startPlatform(
      { log: createConsoleLogger(process.stderr, flags.logLevel), env },
      toPlatformOptions({ ...flags, data, inMemory: false, runtime: 'process' }),
    );
    for (const line of [`Ready in ${Math.round(process.uptime() * 1000)} ms`, ...platform.lines, '']) console.log(line);
    try {
      const print = (line: string): void => console.log(line);
      const outcome = await tellStory({ platform, clock: createSystemClock(), env, print, signal: stopping.signal });
      for (const line of describeOutcome(outcome)) print(line);
      if (outcome.kind === 'failed') throw new Failure(outcome.message, { code: 'StoryFailed' });
      if (outcome.kind === 'cut-short') throw new Failure('the demo was stopped', { code: 'Aborted' });
      for (const line of NEXT_COMMANDS(undefined)) print(line);
    } finally {
      await platform.stop();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
};
