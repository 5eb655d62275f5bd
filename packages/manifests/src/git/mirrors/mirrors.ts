/**
 * Remote repositories as bare mirrors on disk, one per address and access.
 */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { Failure, messageOf, type Clock, type Random } from '@argosy/base';

import { ANONYMOUS, withoutSecrets, type RepositoryAccess } from '../../network/repository-access.ts';
import { runWithAccess } from '../command/git-access.ts';
import { isRemoteAddress } from '../repository-host.ts';
import { withoutCredentials, type GitRunner } from '../command/run-git.ts';
import { createLimiter } from './limit-running.ts';
import { removeLeftovers, withinLimit, type MirrorLimit } from './mirror-size.ts';

/** A repository elsewhere, and its mirror here. */
export interface Remote {
  readonly url: string;
  readonly access: RepositoryAccess;
  readonly mirror: string;
}

/** Where mirrors are kept, and what may be fetched. */
export interface MirrorOptions {
  readonly directory: string;
  /** Also `file://` addresses; default false. */
  readonly allowLocal?: boolean;
  /** Fetches at the same time; default 10, so that a start with hundreds of repositories does not fill the machine. */
  readonly fetches?: number;
  /** Most of the disk that one mirror may take, and what raises it; default 2 GiB, far above what manifests need. */
  readonly limit?: MirrorLimit;
}

/** Ports of the mirrors. */
export interface MirrorsDeps {
  readonly git: GitRunner;
  readonly random: Random;
  readonly clock: Clock;
}

/** The mirrors. */
export interface Mirrors {
  /** The mirror of an address as one access sees it. Throws Failure `InvalidURL`. */
  remoteOf(url: string, access?: RepositoryAccess): Remote;
  /**
   * Brings references of a remote into its mirror, one fetch of a mirror at a time. Throws Failure: what git says,
   * without the access's secrets, and `TooLarge`. A fetch that fails leaves the mirror as it was.
   */
  fetch(remote: Remote, refs: readonly string[]): Promise<void>;
}

/** A folder of this machine. Whoever may write an Application must not thereby read the host's repositories: off unless asked for. */
const LOCAL = /^file:\/\/\/\S+$/;
const FETCHES = 10;
const LIMIT: MirrorLimit = { mostBytes: 2 * 1024 ** 3, setting: 'the limit of mirrors (limit.mostBytes)' };

/** Creates the mirrors below a folder. */
export const createMirrors = (deps: MirrorsDeps, options: MirrorOptions): Mirrors => {
  const limitRunning = createLimiter(options.fetches ?? FETCHES);
  const last = new Map<string, Promise<unknown>>();
  const fetchInto = async (mirror: string, remote: Remote, refs: readonly string[]): Promise<void> => {
    await prepareMirror(deps, mirror);
    const args = [...KEEP_PACKS, '--git-dir', mirror, ...FETCH, remote.url, ...refs];
    await withinLimit({ mirror, limit: options.limit ?? LIMIT, clock: deps.clock }, (signal) =>
      runWithAccess(deps, { args, ...remote, signal }, options.directory),
    );
  };
  const fetch: Mirrors['fetch'] = async (remote, refs) => {
    try {
      await limitRunning(() => mended(deps, remote.mirror, (mirror) => fetchInto(mirror, remote, refs)));
    } catch (thrown) {
      throw withoutSecretsOf(remote.access, thrown);
    }
  };
  return {
    remoteOf: (url, access = ANONYMOUS) => ({ url, access, mirror: mirrorOf(options, url, access) }),
    fetch: (remote, refs) => {
      const own = (last.get(remote.mirror) ?? Promise.resolve()).then(() => fetch(remote, refs));
      const done = own
        .catch(() => undefined)
        .finally(() => {
          if (last.get(remote.mirror) === done) last.delete(remote.mirror);
        });
      last.set(remote.mirror, done);
      return own;
    },
  };
};

/** All that is fetched becomes a pack, however little: then packs tell how large a mirror is. */
const KEEP_PACKS = ['-c', 'fetch.unpackLimit=1'];
const FETCH = ['fetch', '--quiet', '--prune', '--force', '--no-tags'];

const mirrorOf = ({ directory, allowLocal }: MirrorOptions, url: string, access: RepositoryAccess): string => {
  if (!isRemoteAddress(url) && !(allowLocal === true && LOCAL.test(url)))
    throw new Failure(
      `repository address ${JSON.stringify(withoutCredentials(url))} is not one git can fetch; use https://, ssh:// or user@host:path, without # and \\`,
      { code: 'InvalidURL' },
    );
  const identity = access.identity === '' ? url : `${url} ${access.identity}`;
  return path.join(directory, `${createHash('sha256').update(identity).digest('hex').slice(0, 32)}.git`);
};

/** Makes a mirror, or takes away what a fetch before has left in it. */
const prepareMirror = async (deps: MirrorsDeps, mirror: string): Promise<void> => {
  if (await exists(mirror)) return removeLeftovers(mirror);
  // Made aside and moved into place: a kill in between leaves no half mirror.
  const aside = `${mirror}.${deps.random.uuid()}`;
  await mkdir(path.dirname(mirror), { recursive: true, mode: 0o700 });
  await deps.git.run(['init', '--quiet', '--bare', aside]);
  await rename(aside, mirror).catch(async () => rm(aside, { recursive: true, force: true }));
};

/** A mirror is a copy: one that a crash has damaged is made anew, and kept until the new one is whole. */
const mended = async (
  deps: { readonly random: Random },
  mirror: string,
  fetchInto: (mirror: string) => Promise<void>,
): Promise<void> => {
  try {
    await fetchInto(mirror);
  } catch (thrown) {
    await removeLeftovers(mirror);
    if (!(thrown instanceof Failure) || !(await isDamaged(mirror, thrown))) throw thrown;
    const [anew, damaged] = [`${mirror}.${deps.random.uuid()}`, `${mirror}.${deps.random.uuid()}`];
    try {
      await fetchInto(anew);
      await rename(mirror, damaged);
      await rename(anew, mirror);
    } finally {
      await Promise.all([anew, damaged].map((folder) => rm(folder, { recursive: true, force: true })));
    }
  }
};

/** By what git says, or because what makes a folder a repository for it is not there. */
const isDamaged = async (mirror: string, { code }: Failure): Promise<boolean> => {
  if (code === 'GitCorrupt') return true;
  if (code !== 'GitFailed') return false;
  const parts = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) => stat(path.join(mirror, name)).catch(() => undefined)),
  );
  return parts.some((part) => part === undefined || part.size === 0);
};

const withoutSecretsOf = (access: RepositoryAccess, thrown: unknown): unknown => {
  if (!(thrown instanceof Failure)) return thrown;
  const { code, retryable } = thrown;
  return new Failure(withoutSecrets(messageOf(thrown), access), { code, retryable });
};

const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined)) !== undefined;
