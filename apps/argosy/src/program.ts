/**
 * The tree of commands, and what becomes of their errors.
 */
import { Command, CommanderError } from 'commander';

import { Failure, messageOf } from '@argosy/base';

import { addAppCommands } from './commands/app.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addRenderCommand } from './commands/render.ts';
import { addEvalCommand } from './commands/eval.ts';
import { addRolloutCommands } from './commands/rollout.ts';
import { addUpCommand } from './commands/up.ts';
import { addVersionCommand } from './commands/version.ts';
import { addWorkflowCommands } from './commands/workflow/workflow.ts';

/** The whole command. */
export interface Program {
  /** Runs it; resolves with the exit code: 0 done, 1 refused or failed, 2 wrong usage. */
  run(args: readonly string[]): Promise<number>;
}

/** Creates the program. */
export const createProgram = (): Program => ({
  run: async (args) => {
    const program = new Command('argosy')
      .description('GitOps delivery, workflows, events and progressive delivery as one program.')
      .exitOverride()
      .showHelpAfterError('(add --help for the flags and examples)');
    addUpCommand(program);
    addDemoCommand(program);
    addAppCommands(program);
    addWorkflowCommands(program);
    addRolloutCommands(program);
    addRenderCommand(program);
    addEvalCommand(program);
    addVersionCommand(program);
    try {
      await program.parseAsync([...args], { from: 'user' });
      return typeof process.exitCode === 'number' ? process.exitCode : 0;
    } catch (thrown) {
      return explain(thrown);
    }
  },
});

/** One clear line for what the world refused; a stack only for bugs of ours. */
const explain = (thrown: unknown): number => {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  if (thrown instanceof Failure) console.error(`argosy: ${thrown.message}`);
  else
    console.error(
      'argosy: this is a bug, please report it:',
      thrown instanceof Error ? thrown.stack : messageOf(thrown),
    );
  return 1;
};
