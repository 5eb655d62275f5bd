/**
 * Tells of pushes: to the platform, and to the webhooks of a repository (`git config --add argosy.webhook URL`). What
 * has been told is kept beside the repository, so that a push that met a crash is told after the next start, and a
 * webhook that is away is told when it is back.
 */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { delay, isObject, messageOf, type Clock, type Logger, type Random } from '@argosy/base';

import { runGit } from './run-git.ts';

/** A branch that a push moved. */
export interface PushedBranch {
  /** Name of the repository's folder without `.git`. */
  readonly repository: string;
  /** Full name, e.g. `refs/heads/main`. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** A delivery to a webhook. */
export interface WebhookDelivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Ports of the teller. */
export interface PushTellerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Environment for git; PATH at least. */
  readonly env: Readonly<Record<string, string>>;
  /** Told of each push, in order. Must not throw. */
  readonly onPush: (pushed: readonly PushedBranch[]) => void;
  /** Delivers; throws when the receiver did not accept. */
  readonly deliver: (delivery: WebhookDelivery) => Promise<void>;
  /** Address of a repository for clients, e.g. `http://127.0.0.1:2746/git/shop.git`; known once the door is open. */
  readonly urlOf: (repository: string) => string;
}

/** Tells of pushes. */
export interface PushTeller {
  /** Remembers the refs of a repository before its first push, so that only what moves is told. */
  prepare(repository: string): Promise<void>;
  /** Tells what has moved since the last telling. Resolves when the platform knows; webhooks may take longer. */
  tell(repository: string): Promise<void>;
  /** Tells what an earlier run could not; stops trying when the signal aborts. */
  resume(signal: AbortSignal): Promise<void>;
}

/** A zero object id: the branch did not exist, or no longer does. */
const NO_COMMIT = '0'.repeat(40);
const TOLD_FILE = 'argosy-told.json';
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 30_000;

type Refs = Readonly<Record<string, string>>;

/** Creates the teller for the bare repositories of a folder. */
export const createPushTeller = (deps: PushTellerDeps, options: { readonly directory: string }): PushTeller => {
  const folderOf = (repository: string): string => path.join(options.directory, `${repository}.git`);
  const tails = new Map<string, Promise<void>>();
  const announced = new Map<string, Refs>();
  let stopping: AbortSignal | undefined;
  const isStopping = (): boolean => stopping?.aborted === true;

  /** One delivery per repository at a time, in order: a later push never overtakes an earlier one. */
  const inOrder = (repository: string, work: () => Promise<void>): Promise<void> => {
    const tail = (tails.get(repository) ?? Promise.resolve())
      .then(work)
      .catch((thrown: unknown) => deps.log.warn('push not told', { repository, error: messageOf(thrown) }));
    tails.set(repository, tail);
    return tail;
  };
  const deliverMoved = async (repository: string): Promise<void> => {
    const folder = folderOf(repository);
    for (let waitMs = FIRST_RETRY_MS; !isStopping(); waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
      const refs = await readRefs(deps, folder);
      const moved = movedRefs(repository, (await readTold(folder)) ?? {}, refs);
      if (moved.length === 0) return;
      try {
        for (const url of await readHooks(deps, folder))
          for (const branch of moved) await deps.deliver(await describePush(deps, { folder, url, branch }));
        await writeTold(folder, refs);
        return;
      } catch (thrown) {
        deps.log.warn('webhook not told of a push; trying again', { repository, error: messageOf(thrown), waitMs });
        await delay(deps.clock, waitMs, stopping);
      }
    }
  };
  const announce = async (repository: string): Promise<void> => {
    const folder = folderOf(repository);
    const before = announced.get(repository) ?? (await readTold(folder)) ?? {};
    const refs = await readRefs(deps, folder);
    announced.set(repository, refs);
    const moved = movedRefs(repository, before, refs);
    if (moved.length === 0) return;
    deps.log.info('push received', { repository, refs: moved.map((branch) => branch.ref) });
    deps.onPush(moved);
  };
  return {
    prepare: async (repository) => {
      const folder = folderOf(repository);
      if ((await readTold(folder)) === undefined) await writeTold(folder, await readRefs(deps, folder));
    },
    tell: async (repository) => {
      await announce(repository);
      void inOrder(repository, () => deliverMoved(repository));
    },
    resume: async (signal) => {
      stopping = signal;
      const names = (await readdir(options.directory).catch(() => [])).filter((name) => name.endsWith('.git'));
      for (const name of names) {
        const repository = name.slice(0, -'.git'.length);
        if ((await readTold(folderOf(repository))) === undefined) continue;
        await announce(repository);
        void inOrder(repository, () => deliverMoved(repository));
      }
    },
  };
};

const readRefs = async (deps: PushTellerDeps, folder: string): Promise<Refs> => {
  const output = await runGit(
    ['--git-dir', folder, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags'],
    { env: deps.env },
  );
  const lines = new TextDecoder().decode(output).split('\n');
  return Object.fromEntries(
    lines.filter((line) => line !== '').map((line) => [line.slice(41), line.slice(0, 40)] as const),
  );
};

const movedRefs = (repository: string, before: Refs, after: Refs): readonly PushedBranch[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((ref) => before[ref] !== after[ref])
    .map((ref) => ({ repository, ref, before: before[ref] ?? NO_COMMIT, after: after[ref] ?? NO_COMMIT }));

const readHooks = async (deps: PushTellerDeps, folder: string): Promise<readonly string[]> => {
  const output = await runGit(['--git-dir', folder, 'config', '--get-all', 'argosy.webhook'], { env: deps.env }).catch(
    // git says 1 when there is none.
    () => new Uint8Array(),
  );
  return new TextDecoder()
    .decode(output)
    .split('\n')
    .filter((line) => /^https?:\/\//.test(line));
};

/** The body is what people know of pushes from Git hosts. */
const describePush = async (
  deps: PushTellerDeps,
  of: { readonly folder: string; readonly url: string; readonly branch: PushedBranch },
): Promise<WebhookDelivery> => {
  const { branch } = of;
  const head = branch.after === NO_COMMIT ? undefined : await readCommit(deps, of.folder, branch.after);
  const body = {
    ref: branch.ref,
    before: branch.before,
    after: branch.after,
    created: branch.before === NO_COMMIT,
    deleted: branch.after === NO_COMMIT,
    repository: { name: branch.repository, full_name: branch.repository, clone_url: deps.urlOf(branch.repository) },
    ...(head ? { head_commit: head, pusher: head.author } : {}),
  };
  return {
    url: of.url,
    headers: {
      'content-type': 'application/json',
      'x-argosy-event': 'push',
      traceparent: newTraceparent(deps.random),
    },
    body: JSON.stringify(body),
  };
};

const readCommit = async (deps: PushTellerDeps, folder: string, commit: string) => {
  const format = '%H%x00%an%x00%ae%x00%cI%x00%B';
  const output = await runGit(['--git-dir', folder, 'log', '-1', `--format=${format}`, commit], { env: deps.env });
  const [id = '', name = '', email = '', timestamp = '', message = ''] = new TextDecoder().decode(output).split('\0');
  return { id, message: message.trim(), timestamp, author: { name, email } };
};

/** A new trace begins with a push. @spec https://www.w3.org/TR/trace-context/ */
const newTraceparent = (random: Random): string => {
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random.next() * 16).toString(16)).join('');
  return `00-${hex(32)}-${hex(16)}-01`;
};

/** `undefined`: nothing was ever told of this repository. A file that cannot be read counts as such. */
const readTold = async (folder: string): Promise<Refs | undefined> => {
  const text = await readFile(path.join(folder, TOLD_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    // Only this file writes it: names to object ids.
    return isObject(parsed) ? (parsed as Refs) : undefined;
  } catch {
    return undefined;
  }
};

const writeTold = async (folder: string, refs: Refs): Promise<void> => {
  const file = path.join(folder, TOLD_FILE);
  await writeFile(`${file}.new`, JSON.stringify(refs));
  await rename(`${file}.new`, file);
};
