/** `argosy app diff`: asks the platform, which alone has rendered the application's source. */
import type { Command } from 'commander';

import { diffApplication } from '@argosy/cd';
import { Failure, messageOf } from '@argosy/base';

import { platformUrl } from './connection.ts';

interface DiffFlags {
  readonly server?: string;
  readonly appNamespace: string;
}

/** Adds the command to the group `app`. */
export const addAppDiffCommand = (app: Command): void => {
  app
    .command('diff <name>')
    .description('what a sync would change; exit code 1 when there is something, 0 when not')
    .option('--server <url>', 'address of the platform (default: ARGOSY_SERVER, else the one beside the kubeconfig)')
    .option('-N, --app-namespace <name>', 'namespace of the application', 'argocd')
    .addHelpText(
      'after',
      '\nExamples:\n  argosy app diff shop\n  argosy app diff shop --server http://127.0.0.1:2746\n',
    )
    .action(async (name: string, flags: DiffFlags) => {
      process.exitCode = await diffApplication(
        {
          namespace: flags.appNamespace,
          print: (line) => console.log(line),
          ask: (path) => ask(platformUrl(flags.server), path),
        },
        name,
      );
    });
};

const ask = async (server: string, path: string): Promise<{ readonly status: number; readonly body: unknown }> => {
  const url = `${server.replace(/\/$/, '')}${path}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((thrown: unknown) => {
    throw new Failure(
      `the platform does not answer at ${server} (${messageOf(thrown)}); start it with "argosy up", or say where it is with --server`,
      {
        code: 'Unreachable',
        cause: thrown,
      },
    );
  });
  return { status: response.status, body: (await response.json().catch(() => undefined)) as unknown };
};
