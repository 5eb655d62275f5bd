/**
 * Runs git for the Git server.
 */
import { spawn } from 'node:child_process';

import { Failure, messageOf } from '@argosy/base';

/** Runs git; resolves with its output. Throws Failure GitMissing, GitFailed. */
export const runGit = (
  args: readonly string[],
  run: { readonly env: Readonly<Record<string, string>>; readonly input?: Uint8Array },
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: run.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => output.push(part));
    child.stderr.on('data', (part: Buffer) => complaints.push(part));
    child.stdin.on('error', () => undefined); // git may close its input early; its exit code tells
    child.on('error', (error) =>
      reject(new Failure(`run git: ${messageOf(error)}; is git installed?`, { code: 'GitMissing', cause: error })),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(output));
      reject(
        new Failure(
          `git ${args.at(-1) ?? ''} ended with ${code}: ${Buffer.concat(complaints).toString('utf8').slice(0, 500)}`,
          { code: 'GitFailed' },
        ),
      );
    });
    child.stdin.end(run.input ?? new Uint8Array());
  });
