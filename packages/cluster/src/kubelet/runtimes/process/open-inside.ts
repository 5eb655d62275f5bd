/**
 * Commands inside a container, with their streams; with a terminal when one is asked for.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { PassThrough } from 'node:stream';

import type { Clock } from '@argosy/base';

import type { ExecRequest, ProcessStreams } from '../../pod-runtime.ts';
import { childrenOf, signalProcess } from './process-tree.ts';

/** Where a command runs: how it gets inside, and what it finds there. */
export interface Inside {
  /** Put before the command, e.g. `nsenter …`; empty for a plain process. */
  readonly entry: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a command. */
export const openInside = (clock: Clock, inside: Inside, request: ExecRequest): ProcessStreams => {
  const command = [...inside.entry, ...request.command];
  const [program = '', ...args] = request.tty ? withTerminal(command) : command;
  const child = spawn(program, args, {
    cwd: inside.cwd,
    env: request.tty ? { TERM: 'xterm', ...inside.env } : inside.env,
    stdio: [request.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // A command that ends before it has read everything is no failure of ours.
  child.stdin?.on('error', () => undefined);
  return {
    ...(child.stdin ? { stdin: child.stdin } : {}),
    stdout: child.stdout ?? new PassThrough().end(),
    ...(request.tty || !child.stderr ? {} : { stderr: child.stderr }),
    resize: request.tty ? createResize(clock, child) : () => undefined,
    ended: exitCodeOf(child),
    close: () => {
      if (child.pid !== undefined) signalProcess(-child.pid, 'SIGKILL');
    },
  };
};

/**
 * `script` opens a terminal and runs the command in it, and hands on how it ended. It takes one shell line: the words of the
 * command arrive in it quoted.
 */
export const withTerminal = (command: readonly string[]): readonly [string, ...string[]] => [
  'script',
  '--quiet',
  '--return',
  '--flush',
  '--command',
  `exec ${command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')}`,
  '/dev/null',
];

/** Looks for a terminal that is not there yet, this often and this far apart. */
const LOOKS = 40;
const LOOK_MS = 25;

/**
 * Tells the terminal of `script`'s child its size; programs in it are signalled by the kernel. A size told before the terminal
 * is there waits for it; of several the last counts.
 */
export const createResize = (clock: Clock, child: ChildProcess): ProcessStreams['resize'] => {
  let cancel: () => void = () => undefined;
  const resize = (size: { readonly columns: number; readonly rows: number }, left: number): void => {
    cancel();
    const terminal = terminalOf(child);
    if (terminal === undefined) {
      if (left > 0 && child.exitCode === null) cancel = clock.setTimer(LOOK_MS, () => resize(size, left - 1));
      return;
    }
    const words = ['-F', terminal, 'rows', String(size.rows), 'cols', String(size.columns)];
    spawn('stty', words, { stdio: 'ignore' }).on('error', () => undefined);
  };
  return (size) => resize(size, LOOKS);
};

const terminalOf = (child: ChildProcess): string | undefined => {
  const inner = child.pid === undefined ? undefined : childrenOf(child.pid)[0];
  if (inner === undefined) return undefined;
  try {
    const terminal = fs.readlinkSync(`/proc/${inner}/fd/0`);
    return terminal.startsWith('/dev/pts/') ? terminal : undefined;
  } catch {
    // It has ended meanwhile: there is nothing left to resize.
    return undefined;
  }
};

const exitCodeOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ENOENT' ? 127 : 126));
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0)));
  });
