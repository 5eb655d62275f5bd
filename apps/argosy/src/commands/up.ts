/** `argosy up`: the embedded platform. */
import { once } from 'node:events';

import { InvalidArgumentError, Option, type Command } from 'commander';

import { defaultDataDirectory } from '../platform/data-directory.ts';
import { createConsoleLogger, LOG_LEVELS, type LogLevel } from '../platform/console-logger.ts';
import { programEnvironment } from '../platform/program-environment.ts';
import { startPlatform, type PlatformOptions, type RuntimeName } from '../platform/platform.ts';

interface UpFlags {
  readonly data?: string;
  readonly port: number;
  readonly kubePort: number;
  readonly host: string;
  readonly inMemory: boolean;
  readonly runtime: RuntimeName;
  readonly logLevel: LogLevel;
}

const EXAMPLES = `
Examples:
  argosy up                          start with the data folder of this checkout or user
  argosy up --in-memory              forget everything at the end
  argosy up --data /srv/argosy       keep everything in this folder
  KUBECONFIG=.argosy/kubeconfig kubectl get pods -A
`;

/** Adds the command. */
export const addUpCommand = (program: Command): void => {
  program
    .command('up')
    .description('start the embedded platform: its own small Kubernetes and what runs on it')
    .option(
      '--data <folder>',
      "folder for everything that is kept (default: .argosy in a checkout, else the user's data folder)",
    )
    .option('--port <number>', 'port of the platform: pages, routes, webhooks; 0 takes a free one', parsePort, 2746)
    .option('--kube-port <number>', 'port of the Kubernetes API; 0 takes a free one', parsePort, 2747)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--in-memory', 'keep nothing: data lives until the end of this process', false)
    .addOption(
      new Option('--runtime <name>', 'what runs the pods')
        .choices(['auto', 'docker', 'process', 'simulated'])
        .default('auto'),
    )
    .addOption(new Option('--log-level <level>', 'least level to log').choices(LOG_LEVELS).default('warn'))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: UpFlags) => runUp(flags));
};

const runUp = async (flags: UpFlags): Promise<void> => {
  const started = performance.now();
  const options: PlatformOptions = {
    host: flags.host,
    port: flags.port,
    kubePort: flags.kubePort,
    inMemory: flags.inMemory,
    runtime: flags.runtime,
    dataDirectory: flags.data ?? defaultDataDirectory(process.cwd(), process.env),
  };
  const platform = await startPlatform(
    { log: createConsoleLogger(process.stderr, flags.logLevel), env: programEnvironment(process.env) },
    options,
  );
  // From the start of the process, so that loading the program counts as well.
  const readyMs = Math.round(Math.max(performance.now() - started, process.uptime() * 1000));
  console.log(`Ready in ${readyMs} ms`);
  for (const line of platform.lines) console.log(line);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await platform.stop();
};

const parsePort = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return port;
};
