/**
 * Runs the system's git. Arguments are never spliced into a shell; output is capped; what git says about failures is
 * kept, without credentials.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

import { Failure, messageOf } from '@argosy/base';

/** What a command is run with. */
export interface GitCommand {
  readonly input?: string;
  readonly limitBytes?: number;
  readonly timeoutMs?: number;
  /** Over the runner's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command, and all programs it has started. */
  readonly signal?: AbortSignal;
}

/** How git is run. */
export interface GitRunner {
  /** Runs a command to its end. Throws Failure GitMissing, GitFailed, GitCorrupt, GitTimeout, GitEnded, OutputTooLarge. */
  run(args: readonly string[], options?: GitCommand): Promise<Buffer>;
}

/** Environment of git: what it needs to work, and nothing that lets a repository act. */
export interface GitRunnerOptions {
  /** Passed on: PATH, HOME, SSH and proxy settings. */
  readonly env: Readonly<Record<string, string>>;
}

const DEFAULT_LIMIT_BYTES = 256 * 1024 * 1024;
/** A fetch from a slow host may take long, but never for ever. */
const DEFAULT_TIMEOUT_MS = 120_000;

/** Creates a runner. */
export const createGitRunner = (options: GitRunnerOptions): GitRunner => ({
  run: (args, command = {}) =>
    new Promise((resolve, reject) => {
      const { input = '', limitBytes = DEFAULT_LIMIT_BYTES, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = command;
      const child = start(args, { ...options.env, ...command.env });
      const [output, complaints]: readonly [Buffer[], Buffer[]] = [[], []];
      let [size, isLate] = [0, false];
      const stopListening = endWith(child, signal);
      const timer = setTimeout(() => {
        isLate = true;
        endAll(child);
      }, timeoutMs);
      child.stdout.on('data', (part: Buffer) => {
        size += part.byteLength;
        if (size > limitBytes) endAll(child);
        else output.push(part);
      });
      child.stderr.on('data', (part: Buffer) => complaints.length < 100 && complaints.push(part));
      child.stdin.on('error', () => undefined); // git may stop reading early; its exit code tells
      child.on('error', (error) =>
        reject(
          new Failure(`run git: ${messageOf(error)}; install git 2.31 or newer`, { code: 'GitMissing', cause: error }),
        ),
      );
      child.on('close', (code) => {
        clearTimeout(timer);
        stopListening();
        const isTooLarge = size > limitBytes;
        if (code === 0 && !isTooLarge) return resolve(Buffer.concat(output));
        const complaint = Buffer.concat(complaints).toString('utf8');
        reject(failureOf(args, { complaint, ...(isTooLarge && { limitBytes }), ...(isLate && { timeoutMs }), signal }));
      });
      child.stdin.end(input);
    }),
});

type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** A group of its own: what git starts (transports, indexers) would outlive it and go on filling the disk. */
const start = (args: readonly string[], given: Readonly<Record<string, string>>): GitProcess => {
  // What git complains of is told apart by its words.
  const fixed = { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_LFS_SKIP_SMUDGE: '1', LC_ALL: 'C' };
  return spawn('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never', ...args], {
    env: { ...given, ...fixed },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
};

const endAll = (child: GitProcess): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
};

const endWith = (child: GitProcess, signal: AbortSignal | undefined): (() => void) => {
  const end = (): void => endAll(child);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  return () => signal?.removeEventListener('abort', end);
};

interface Ended {
  readonly complaint: string;
  /** Given when it has written more. */
  readonly limitBytes?: number;
  /** Given when it took longer. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal | undefined;
}

const failureOf = (args: readonly string[], { complaint, limitBytes, timeoutMs, signal }: Ended): Failure => {
  const what = `git ${commandIn(args)}`;
  if (limitBytes !== undefined)
    return new Failure(`${what}: more than ${limitBytes} bytes of output`, { code: 'OutputTooLarge' });
  if (signal?.aborted) return new Failure(`${what} was ended`, { code: 'GitEnded', retryable: true });
  if (timeoutMs !== undefined)
    return new Failure(`${what} took longer than ${timeoutMs / 1000} s`, { code: 'GitTimeout', retryable: true });
  const code = CORRUPT.test(complaint) ? 'GitCorrupt' : 'GitFailed';
  return new Failure(`${what}: ${lastLine(complaint)}`, { code, retryable: true });
};

/** What git says of a repository that is damaged: half of a file after a crash, an object that is gone. */
const CORRUPT =
  /is corrupt|bad (?:object|ref|pack)|invalid sha1 pointer|unable to (?:read|parse) (?:object|tree|[0-9a-f]{40})|did not send all necessary objects|index file .* is too small|bad signature|inflate: data stream error|missing (?:blob|tree|commit)/i;

/** Takes user and password out of every address in a text; a password may hold an at sign. @spec CD-REPO-11 */
export const withoutCredentials = (text: string): string => text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s]+@/gi, '$1');

/** What a line means for whoever must act on it. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /host key verification failed/i,
    "the host's key is not known or has changed; put the right one among the known hosts",
  ],
  [/permission denied \(|no supported authentication methods/i, 'the host refused the key; give one it knows'],
  [
    /could not read (?:username|password)|authentication failed|invalid username or/i,
    'it is private or not there; give credentials for it',
  ],
];

const lastLine = (text: string): string => {
  const lines = withoutCredentials(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line = (lines.find((one) => /^(fatal|error):/.test(one)) ?? lines.at(-1) ?? 'no reason given').slice(0, 500);
  const remedy = REMEDIES.find(([pattern]) => lines.some((one) => pattern.test(one)))?.[1];
  return remedy === undefined ? line : `${line} (${remedy})`;
};

/** The command among git's arguments, for messages: `fetch` rather than the options before it. */
const commandIn = (args: readonly string[]): string =>
  args.find((arg, at) => /^[a-z][a-z-]+$/.test(arg) && args[at - 1] !== '--git-dir' && args[at - 1] !== '-c') ?? '';
