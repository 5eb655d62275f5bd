/**
 * Tells of pushes: to the platform, and to the webhooks of a repository (`git config --add argosy.webhook URL`). What
 * has been told is kept beside the repository, so that a push that met a crash is told after the next start, and a
 * webhook that is away is told when it is back.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { delay, messageOf, type Clock, type Logger, type Random } from '@argosy/base';

import { describePush, type WebhookDelivery } from './describe-push.ts';
import { runGit } from './run-git.ts';
import { movedRefs, readRefs, readTold, writeTold, type PushedBranch, type Refs } from './told-refs.ts';

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

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 30_000;

/** Creates the teller for the bare repositories of a folder. */
export const createPushTeller = (deps: PushTellerDeps, options: { readonly directory: string }): PushTeller => {
  const folderOf = (repository: string): string => path.join(options.directory, `${repository}.git`);
  const announced = new Map<string, Refs>();
  const deliveries = createDeliveries(deps, folderOf);
  const announce = async (repository: string): Promise<void> => {
    const folder = folderOf(repository);
    const before = announced.get(repository) ?? (await readTold(folder)) ?? {};
    const refs = await readRefs(deps.env, folder);
    announced.set(repository, refs);
    const moved = movedRefs(repository, before, refs);
    if (moved.length === 0) return;
    deps.log.info('push received', { repository, refs: moved.map((branch) => branch.ref) });
    deps.onPush(moved);
  };
  return {
    prepare: async (repository) => {
      const folder = folderOf(repository);
      if ((await readTold(folder)) === undefined) await writeTold(folder, await readRefs(deps.env, folder));
    },
    tell: async (repository) => {
      await announce(repository);
      deliveries.start(repository);
    },
    resume: async (signal) => {
      deliveries.stopWith(signal);
      const names = (await readdir(options.directory).catch(() => [])).filter((name) => name.endsWith('.git'));
      for (const name of names) {
        const repository = name.slice(0, -'.git'.length);
        if ((await readTold(folderOf(repository))) === undefined) continue;
        await announce(repository);
        deliveries.start(repository);
      }
    },
  };
};

/** Deliveries to webhooks: of each repository one at a time and in order, so that a later push never overtakes another. */
interface Deliveries {
  /** Delivers what has moved since the last delivery that was accepted, after those on their way. */
  start(repository: string): void;
  /** Stops trying when the signal aborts. */
  stopWith(signal: AbortSignal): void;
}

const createDeliveries = (deps: PushTellerDeps, folderOf: (repository: string) => string): Deliveries => {
  const tails = new Map<string, Promise<void>>();
  let stopping: AbortSignal | undefined;
  const isStopping = (): boolean => stopping?.aborted === true;
  const deliverMoved = async (repository: string): Promise<void> => {
    const folder = folderOf(repository);
    for (let waitMs = FIRST_RETRY_MS; !isStopping(); waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
      const refs = await readRefs(deps.env, folder);
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
  return {
    start: (repository) => {
      const tail = (tails.get(repository) ?? Promise.resolve())
        .then(() => deliverMoved(repository))
        .catch((thrown: unknown) => deps.log.warn('push not told', { repository, error: messageOf(thrown) }));
      tails.set(repository, tail);
    },
    stopWith: (signal) => {
      stopping = signal;
    },
  };
};

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
