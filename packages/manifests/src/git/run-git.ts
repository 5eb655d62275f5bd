/**
 * Runs the system's git. Arguments are never spliced into a shell; output is capped; what git says about failures is
 * kept, without credentials.
 */
import { spawn } from 'node:child_process';

import { Failure, messageOf } from '@argosy/base';

/** What a command is run with. */
export interface GitCommand {
  readonly input?: string;
  readonly limitBytes?: number;
  readonly timeoutMs?: number;
  /** Over the runner's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How git is run. */
export interface GitRunner {
  /** Runs a command to its end. Throws Failure GitMissing, GitFailed, GitTimeout, OutputTooLarge. */
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
  run: (args, { input = '', limitBytes = DEFAULT_LIMIT_BYTES, timeoutMs = DEFAULT_TIMEOUT_MS, env: more = {} } = {}) =>
    new Promise((resolve, reject) => {
      const fixed = { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_LFS_SKIP_SMUDGE: '1' };
      const env = { ...options.env, ...more, ...fixed };
      const child = spawn('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never', ...args], {
        env,
        stdio: ['pipe', 'pipe', 'pipe'],
        timeout: timeoutMs,
      });
      const output: Buffer[] = [];
      const complaints: Buffer[] = [];
      let size = 0;
      child.stdout.on('data', (part: Buffer) => {
        size += part.byteLength;
        if (size > limitBytes) child.kill('SIGKILL');
        else output.push(part);
      });
      child.stderr.on('data', (part: Buffer) => complaints.length < 100 && complaints.push(part));
      child.stdin.on('error', () => undefined); // git may stop reading early; its exit code tells
      child.on('error', (error) =>
        reject(
          new Failure(`run git: ${messageOf(error)}; install git 2.31 or newer`, { code: 'GitMissing', cause: error }),
        ),
      );
      child.on('close', (code, signal) => {
        if (size > limitBytes)
          return reject(
            new Failure(`git ${commandIn(args)}: more than ${limitBytes} bytes of output`, { code: 'OutputTooLarge' }),
          );
        if (code === 0) return resolve(Buffer.concat(output));
        if (signal)
          return reject(
            new Failure(`git ${commandIn(args)} took longer than ${timeoutMs / 1000} s`, {
              code: 'GitTimeout',
              retryable: true,
            }),
          );
        reject(
          new Failure(`git ${commandIn(args)}: ${lastLine(Buffer.concat(complaints).toString('utf8'))}`, {
            code: 'GitFailed',
            retryable: true,
          }),
        );
      });
      child.stdin.end(input);
    }),
});

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
