/**
 * A push as a webhook is told of it.
 */
import type { Random } from '@argosy/base';

import { runGit } from './run-git.ts';
import { NO_COMMIT, type PushedBranch } from './told-refs.ts';

/** A delivery to a webhook. */
export interface WebhookDelivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What describing needs. */
export interface DescribePushDeps {
  readonly random: Random;
  /** Environment for git; PATH at least. */
  readonly env: Readonly<Record<string, string>>;
  /** Address of a repository for clients. */
  readonly urlOf: (repository: string) => string;
}

/** The body is what people know of pushes from Git hosts. */
export const describePush = async (
  deps: DescribePushDeps,
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

const readCommit = async (deps: DescribePushDeps, folder: string, commit: string) => {
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
