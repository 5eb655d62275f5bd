/**
 * Programs as a port: plugins are run through it. Exec form only: no shell stands between.
 */
import { spawn, type ChildProcess } from 'node:child_process';

/** What is run. */
export interface ProgramCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** The whole environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
  /** Output beyond it ends the program, in bytes. */
  readonly mostOutputBytes: number;
}

/** How it went. */
export type ProgramEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly output: string; readonly errors: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'tooMuch' }
  | { readonly kind: 'died'; readonly why: string };

/** Runs a program to its end; never rejects. */
export type RunProgram = (call: ProgramCall) => Promise<ProgramEnd>;

/** Runs programs of this machine. At its limits a program is ended with all that it started. */
export const runMachineProgram: RunProgram = (call) =>
  new Promise((resolve) => {
    const child = spawn(call.command, [...call.args], {
      cwd: call.directory,
      env: { ...call.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it starts ends with it.
      detached: true,
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let bytes = 0;
    const end = (how: ProgramEnd): void => {
      clearTimeout(timer);
      if (how.kind !== 'exited') endGroup(child);
      resolve(how);
    };
    const timer = setTimeout(() => end({ kind: 'timeout' }), call.timeLimitMs);
    const gather = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > call.mostOutputBytes) end({ kind: 'tooMuch' });
      else into.push(chunk);
    };
    child.stdout.on('data', gather(output));
    child.stderr.on('data', gather(errors));
    child.on('error', (thrown: NodeJS.ErrnoException) =>
      end(thrown.code === 'ENOENT' ? { kind: 'missing' } : { kind: 'died', why: thrown.message }),
    );
    child.on('close', (code, signal) => {
      if (code === null) return end({ kind: 'died', why: `ended by ${signal ?? 'a signal'}` });
      end({ kind: 'exited', code, output: textOf(output), errors: textOf(errors) });
    });
  });

const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');

const endGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};
