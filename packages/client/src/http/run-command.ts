/**
 * Programs as a port: credential plugins are run through it.
 */
import { spawn, type ChildProcess } from 'node:child_process';

/** What is run. `environment` is the whole of it. */
export interface CommandCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory?: string;
  /** Whether the program may talk to the person at the terminal. */
  readonly interactive: boolean;
  readonly timeoutMs: number;
  /** More output ends the program. */
  readonly longestOutput: number;
}

/** How it went. Only what there is: no shell stands between. */
export type CommandOutcome =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly output: string; readonly errors: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly why: string };

/** Runs a program to its end; never rejects. */
export type RunCommand = (call: CommandCall) => Promise<CommandOutcome>;

/** Runs programs of this machine. */
export const runSystemCommand: RunCommand = (call) =>
  new Promise((resolve) => {
    const child = spawn(call.command, [...call.args], {
      env: { ...call.environment },
      ...(call.directory ? { cwd: call.directory } : {}),
      stdio: [call.interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    });
    const end = (outcome: CommandOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const giveUp = (why: string): void => {
      child.kill('SIGKILL');
      end({ kind: 'failed', why });
    };
    const timer = setTimeout(() => giveUp(`it did not end within ${call.timeoutMs / 1000} s`), call.timeoutMs);
    const read = collectOutput(child, call.longestOutput, () => giveUp('it writes without end'));
    child.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? { kind: 'missing' } : { kind: 'failed', why: error.message }),
    );
    child.on('close', (exitCode, signalName) =>
      end(
        exitCode === null ? { kind: 'failed', why: `ended by ${signalName}` } : { kind: 'ended', exitCode, ...read() },
      ),
    );
  });

const collectOutput = (
  child: ChildProcess,
  longest: number,
  onTooLong: () => void,
): (() => { readonly output: string; readonly errors: string }) => {
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  let size = 0;
  const keep = (into: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length;
    if (size > longest) onTooLong();
    else into.push(chunk);
  };
  child.stdout?.on('data', keep(output));
  child.stderr?.on('data', keep(errors));
  return () => ({ output: Buffer.concat(output).toString('utf8'), errors: Buffer.concat(errors).toString('utf8') });
};
