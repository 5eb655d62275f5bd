/**
 * Git artifacts: a clone through the system's git. Nothing of the repository or its address reaches a shell, secrets
 * reach git only through its environment. @spec WF-ART-16
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { Failure } from '@argosy/base';

import type { Artifact } from '../api/template-schema.ts';

const run = promisify(execFile);

/** Secrets of a git artifact, already read. */
export interface GitCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly sshPrivateKey?: string;
}

/** What a clone needs. */
export interface GitFetch {
  readonly git: NonNullable<Artifact['git']>;
  readonly credentials: GitCredentials;
  /** An empty or absent folder. */
  readonly destination: string;
  /** For key files; private to this fetch. */
  readonly scratch: string;
  /** What git may see of the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Clones; throws Failure GitUnavailable with git's own words. */
export const fetchGit = async ({ git, credentials, destination, scratch, env }: GitFetch): Promise<void> => {
  if (git.repo.startsWith('-'))
    throw new Failure(`git.repo: ${JSON.stringify(git.repo)} is not an address`, { code: 'InvalidArtifact' });
  const environment = { ...env, GIT_TERMINAL_PROMPT: '0', ...(await secretEnvironment(git, credentials, scratch)) };
  const call = async (args: readonly string[], cwd?: string): Promise<void> => {
    try {
      await run('git', ['-c', 'protocol.ext.allow=never', ...args], { cwd, env: environment, maxBuffer: 1024 * 1024 });
    } catch (thrown) {
      const words = (thrown as { readonly stderr?: string }).stderr?.trim().split('\n').at(-1) ?? '';
      throw new Failure(`git ${args[0] ?? ''} of ${withoutUser(git.repo)}: ${words}`, {
        code: 'GitUnavailable',
        retryable: true,
      });
    }
  };
  await mkdir(path.dirname(destination), { recursive: true });
  const depth = git.depth === undefined ? [] : ['--depth', String(git.depth)];
  const branch = git.branch === undefined ? [] : ['--branch', git.branch];
  const single = git.singleBranch ? ['--single-branch'] : ['--no-single-branch'];
  await call(['clone', '--quiet', ...depth, ...branch, ...single, '--', git.repo, destination]);
  for (const reference of git.fetch ?? [])
    await call(['fetch', '--quiet', ...depth, 'origin', '--', reference], destination);
  if (git.revision !== undefined && git.revision !== '') {
    if (git.revision.startsWith('-'))
      throw new Failure(`git.revision: ${JSON.stringify(git.revision)} is not a revision`, { code: 'InvalidArtifact' });
    await call(['checkout', '--quiet', git.revision, '--'], destination);
  }
  if (!git.disableSubmodules)
    await call(['submodule', 'update', '--quiet', '--init', '--recursive', ...depth], destination);
};

const secretEnvironment = async (
  git: GitFetch['git'],
  credentials: GitCredentials,
  scratch: string,
): Promise<Readonly<Record<string, string>>> => {
  const env: Record<string, string> = {};
  if (credentials.username !== undefined || credentials.password !== undefined) {
    const basic = Buffer.from(`${credentials.username ?? ''}:${credentials.password ?? ''}`).toString('base64');
    Object.assign(env, {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    });
  }
  if (credentials.sshPrivateKey === undefined) return env;
  const keyFile = path.join(scratch, 'ssh-key');
  await writeFile(
    keyFile,
    credentials.sshPrivateKey.endsWith('\n') ? credentials.sshPrivateKey : `${credentials.sshPrivateKey}\n`,
    { mode: 0o600 },
  );
  const hostKeys = git.insecureIgnoreHostKey ? ' -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null' : '';
  return { ...env, GIT_SSH_COMMAND: `ssh -i '${keyFile.replaceAll("'", "'\\''")}' -o IdentitiesOnly=yes${hostKeys}` };
};

const withoutUser = (repo: string): string => repo.replace(/\/\/[^@/]*@/, '//');
