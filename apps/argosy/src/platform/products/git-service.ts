/**
 * The platform's Git server: repositories in the data folder, their pushes told to applications and webhooks.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { Failure } from '@argosy/base';
import type { ApplicationLoop } from '@argosy/cd';
import { createGitRoutes, createPushTeller, type PushTeller, type Route, type WebhookDelivery } from '@argosy/server';
import { sendRequest } from '@argosy/rollouts';

import type { MachinePorts, PlatformDeps } from '../platform-options.ts';

/** The server. */
export interface GitService {
  readonly directory: string;
  readonly routes: readonly Route[];
  readonly teller: PushTeller;
  /** Must be told once the door is open: webhooks name repositories by address. */
  openedAt(url: string): void;
}

/** Creates it; makes the folder. */
export const createGitService = (
  deps: PlatformDeps & MachinePorts,
  of: { readonly folder: string; readonly applications: ApplicationLoop },
): GitService => {
  const directory = path.join(of.folder, 'git');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let base = '';
  const teller = createPushTeller(
    {
      ...deps,
      deliver: deliverWebhook,
      urlOf: (repository) => `${base}/git/${repository}.git`,
      onPush: (pushed) =>
        void of.applications.refreshRepositories((url) =>
          pushed.some(({ repository }) => url.endsWith(`/git/${repository}.git`)),
        ),
    },
    { directory },
  );
  return {
    directory,
    teller,
    routes: createGitRoutes({ log: deps.log, env: deps.env, teller }, { directory }),
    openedAt: (url) => {
      base = url;
    },
  };
};

/** Long enough for a receiver to write down what it got. */
const DELIVERY_TIMEOUT_MS = 10_000;

const deliverWebhook = async ({ url, headers, body }: WebhookDelivery): Promise<void> => {
  const answer = await sendRequest(
    { url, headers, body, method: 'POST', timeoutMs: DELIVERY_TIMEOUT_MS, insecure: false },
    new AbortController().signal,
  );
  if (answer.status >= 300)
    throw new Failure(`${url} answered ${answer.status}: ${answer.body.slice(0, 200)}`, {
      code: 'WebhookRefused',
      retryable: true,
    });
};
