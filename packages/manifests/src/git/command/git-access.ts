/**
 * Credentials, trust and ways as git and ssh want them: in the environment, never among arguments; keys in files that
 * are gone when the command has ended.
 * @spec CD-REPO-07, CD-REPO-09, CD-REPO-15, CD-SEC-01 … CD-SEC-03
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Failure, type Random } from '@argosy/base';

import { authorizationOf, type RepositoryAccess } from '../../network/repository-access.ts';
import { writtenAuthority } from '../repository-host.ts';
import type { GitCommand, GitRunner } from './run-git.ts';

/** User name of whoever has a token alone. @upstream argo-cd util/git/creds.go */
const TOKEN_USER = 'x-access-token';

/**
 * Answers git's questions for user and password, for the host they belong to only: a redirect elsewhere, or to where
 * they would be sent in the clear, gets nothing. The prompts are `Username for 'https://host': ` and
 * `Password for 'https://user@host': `.
 */
const ASK_PASS = `#!/bin/sh
case "$1" in
  "Username for '$ARGOSY_GIT_SCHEME//$ARGOSY_GIT_HOST'"* | "Username for 'https://$ARGOSY_GIT_HOST'"*)
    printf '%s\\n' "$ARGOSY_GIT_USERNAME" ;;
  "Password for '$ARGOSY_GIT_SCHEME//"*"@$ARGOSY_GIT_HOST'"* | "Password for 'https://"*"@$ARGOSY_GIT_HOST'"*)
    printf '%s\\n' "$ARGOSY_GIT_PASSWORD" ;;
  *) exit 1 ;;
esac
`;

/** Runs a git command on a remote with an access. Throws what git throws, and `NotSupported`. */
export const runWithAccess = async (
  deps: { readonly git: GitRunner; readonly random: Random },
  command: {
    readonly args: readonly string[];
    readonly url: string;
    readonly access: RepositoryAccess;
    /** Ends the command. */
    readonly signal?: AbortSignal;
  },
  directory: string,
): Promise<Buffer> => {
  const { args, url, access, signal } = command;
  const ending = signal && { signal };
  if (access.identity === '' && !isChanged(access)) return deps.git.run(args, ending);
  const scratch = path.join(directory, `access-${deps.random.uuid()}`);
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    const given = isSshAddress(url) ? await sshSettings(access, scratch) : await httpSettings(access, url, scratch);
    return await deps.git.run([...given.args, ...args], { env: given.env, ...ending });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

/** Whether git reaches an address by SSH. @spec vectors cd-git-ssh-url */
export const isSshAddress = (url: string): boolean =>
  url.startsWith('ssh://') || (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && /^\S+@[^:/\s]+:/.test(url));

const isChanged = ({ tls, proxy, knownHosts, skipHostKeys, sshPrivateKey }: RepositoryAccess): boolean =>
  [tls, proxy, knownHosts, skipHostKeys, sshPrivateKey].some((value) => value !== undefined && value !== false);

type Settings = Required<Pick<GitCommand, 'env'>> & { readonly args: readonly string[] };

const sshSettings = async (access: RepositoryAccess, scratch: string): Promise<Settings> => {
  if (access.proxy)
    throw new Failure('proxy: SSH through a proxy is not supported yet; use https:// or remove the proxy', {
      code: 'NotSupported',
    });
  const key = access.sshPrivateKey && (await keep(scratch, 'key', `${access.sshPrivateKey.trimEnd()}\n`));
  const hosts = access.skipHostKeys
    ? '/dev/null'
    : access.knownHosts && (await keep(scratch, 'hosts', access.knownHosts));
  const options = [
    'BatchMode=yes',
    'ConnectTimeout=15',
    ...(key ? ['IdentitiesOnly=yes', 'IdentityAgent=none'] : []),
    `StrictHostKeyChecking=${access.skipHostKeys ? 'no' : 'yes'}`,
    ...(hosts ? [`UserKnownHostsFile=${hosts}`, 'GlobalKnownHostsFile=/dev/null'] : []),
  ];
  const command = [
    'ssh',
    // What this machine's user has configured is not the repository's.
    ...(key ? ['-F', '/dev/null', '-i', quoted(key)] : []),
    ...options.map((option) => `-o ${quoted(option)}`),
  ];
  return { args: [], env: { GIT_SSH_COMMAND: command.join(' '), GIT_SSH_VARIANT: 'ssh' } };
};

const httpSettings = async (access: RepositoryAccess, url: string, scratch: string): Promise<Settings> => {
  const { tls = {}, proxy, noProxy } = access;
  const credentials = await credentialSettings(access, url, scratch);
  return {
    args: credentials.args,
    env: {
      ...credentials.env,
      ...(tls.skipVerification && { GIT_SSL_NO_VERIFY: '1' }),
      ...(tls.authorities && { GIT_SSL_CAINFO: await keep(scratch, 'authorities', tls.authorities) }),
      ...(tls.clientCertificate && { GIT_SSL_CERT: await keep(scratch, 'certificate', tls.clientCertificate) }),
      ...(tls.clientKey && { GIT_SSL_KEY: await keep(scratch, 'client-key', tls.clientKey) }),
      ...(proxy && { http_proxy: proxy, https_proxy: proxy, HTTPS_PROXY: proxy, all_proxy: proxy }),
      ...(noProxy && { no_proxy: noProxy, NO_PROXY: noProxy }),
    },
  };
};

const credentialSettings = async (access: RepositoryAccess, url: string, scratch: string): Promise<Settings> => {
  const authorization = authorizationOf(access);
  if (authorization === undefined) return { args: [], env: {} };
  if (!URL.canParse(url)) throw new Failure(`${url} is no address`, { code: 'InvalidURL' });
  const { protocol, origin } = new URL(url);
  // Nobody else's stored password is tried in place of the given one.
  const args = ['-c', 'credential.helper='];
  if (!access.bearerToken && !access.forceBasicAuth) {
    const ask = await keep(scratch, 'ask', ASK_PASS, 0o700);
    return {
      args,
      env: {
        GIT_ASKPASS: ask,
        ARGOSY_GIT_SCHEME: protocol,
        ARGOSY_GIT_HOST: writtenAuthority(url),
        ARGOSY_GIT_USERNAME: access.username || TOKEN_USER,
        ARGOSY_GIT_PASSWORD: access.password ?? '',
      },
    };
  }
  return {
    // A header would follow a redirect to whatever host.
    args: [...args, '-c', 'http.followRedirects=false'],
    env: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
    },
  };
};

const keep = async (scratch: string, name: string, content: string, mode = 0o600): Promise<string> => {
  const file = path.join(scratch, name);
  await writeFile(file, content, { mode });
  return file;
};

/** For the shell that git runs ssh with. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
