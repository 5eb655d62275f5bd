/** `argosy version`. */
import type { Command } from 'commander';

import { VERSION } from '../version.ts';

/** Adds the command. */
export const addVersionCommand = (program: Command): void => {
  program
    .command('version')
    .description('print the version')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(({ output }: { readonly output: string }) => {
      const version = {
        version: VERSION,
        node: process.versions.node,
        platform: `${process.platform}/${process.arch}`,
      };
      console.log(
        output === 'json'
          ? JSON.stringify(version)
          : `argosy ${version.version} (Node ${version.node}, ${version.platform})`,
      );
    });
};
