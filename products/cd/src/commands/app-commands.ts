/**
 * `argosy app …`: the verbs of `argocd app`, as functions over a client. Each returns what to print and the exit code.
 * @spec CD-CLI
 */
import { isApiError, NAMESPACES } from '@argosy/kube';
import { Failure, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';

import { APPLICATIONS, type Application, type ApplicationOperation } from '../api/application.ts';
import { sourcesOf } from '../api/application-source.ts';
import {
  describeApplication,
  describeOperation,
  formatTable,
  shortRevision,
  summarizeApplication,
  toListRow,
} from './describe-application.ts';

/** What the verbs need. */
export interface AppCommandDeps {
  readonly client: Client;
  readonly clock: Clock;
  /** Namespace of the applications. */
  readonly namespace: string;
  /** Prints a line. */
  readonly print: (line: string) => void;
}

/** Exit codes scripts rely on: 0 done, 1 differs or failed, 20 not found. */
export type ExitCode = 0 | 1 | 20;

/** `app list`. */
export const listApplications = async (
  { client, namespace, print }: AppCommandDeps,
  options: { readonly output: string },
): Promise<ExitCode> => {
  const { items } = await client.list(APPLICATIONS, { namespace });
  if (options.output === 'json') print(JSON.stringify(items, undefined, 2));
  else if (options.output === 'name')
    for (const app of items) print(`${app.metadata.namespace ?? ''}/${app.metadata.name ?? ''}`);
  else
    for (const line of formatTable(
      ['NAME', 'PROJECT', 'STATUS', 'HEALTH', 'SYNCPOLICY', 'REPO', 'PATH', 'TARGET'],
      items.map(toListRow),
    ))
      print(line);
  return 0;
};

/** `app get`. */
export const getApplication = async (
  deps: AppCommandDeps,
  name: string,
  options: { readonly output: string },
): Promise<ExitCode> => {
  const app = await find(deps, name);
  if (!app) return 20;
  if (options.output === 'json') deps.print(JSON.stringify(app, undefined, 2));
  else for (const line of describeApplication(app)) deps.print(line);
  return 0;
};

/** `app sync`: asks for a sync and, unless told not to, waits for its end. Exit code 1 when it fails. */
export const syncApplication = async (
  deps: AppCommandDeps,
  name: string,
  options: {
    readonly revision?: string;
    readonly prune: boolean;
    readonly dryRun: boolean;
    readonly wait: boolean;
    readonly timeoutSeconds: number;
  },
): Promise<ExitCode> => {
  const app = await find(deps, name);
  if (!app) return 20;
  const [source, ...others] = sourcesOf(app.spec);
  if (options.revision && others.length > 0)
    throw refusal(`application ${name} has several sources, which have no one revision; leave --revision out`);
  const target = source?.targetRevision;
  const isList = (app.spec?.sources?.length ?? 0) > 0;
  if (
    options.revision &&
    options.revision !== target &&
    app.spec?.syncPolicy?.automated &&
    app.spec.syncPolicy.automated.enabled !== false &&
    !options.dryRun
  ) {
    throw refusal(`cannot sync to ${options.revision}: auto-sync is set to ${target ?? 'HEAD'}; switch it off first`);
  }
  const sync = {
    ...(isList ? {} : { revision: options.revision ?? target ?? 'HEAD' }),
    ...(isList && options.revision && { revisions: [options.revision] }),
    prune: options.prune,
    ...(options.dryRun ? { dryRun: true } : {}),
    ...(app.spec?.syncPolicy?.syncOptions ? { syncOptions: app.spec.syncPolicy.syncOptions } : {}),
  };
  return requestOperation(deps, app, { operation: { sync, initiatedBy: { username: 'argosy' } }, ...options });
};

/** `app history`. */
export const showHistory = async (deps: AppCommandDeps, name: string): Promise<ExitCode> => {
  const app = await find(deps, name);
  if (!app) return 20;
  const rows = (app.status?.history ?? []).map((entry) => [
    String(entry.id),
    entry.deployedAt,
    sourcesOf(entry)
      .map((source, at) => `${source.targetRevision ?? ''} (${shortRevision(entry.revisions?.[at] ?? entry.revision)})`)
      .join(', '),
  ]);
  for (const line of formatTable(['ID', 'DATE', 'REVISION'], rows)) deps.print(line);
  return 0;
};

/** `app rollback`: syncs to an earlier deployment; without an id to the one before the last (CD-HIST-03, CD-HIST-07). */
export const rollBackApplication = async (
  deps: AppCommandDeps,
  name: string,
  options: { readonly id?: number; readonly prune: boolean; readonly timeoutSeconds: number },
): Promise<ExitCode> => {
  const app = await find(deps, name);
  if (!app) return 20;
  const automated = app.spec?.syncPolicy?.automated;
  if (automated && automated.enabled !== false)
    throw refusal(
      `rollback cannot be initiated when auto-sync is enabled; commit a revert, or switch auto-sync off first`,
    );
  const history = app.status?.history ?? [];
  const entry = options.id === undefined ? history.at(-2) : history.find((one) => one.id === options.id);
  if (!entry)
    throw refusal(
      options.id === undefined
        ? `application ${name} should have at least two successful deployments`
        : `application ${name} does not have deployment with id ${options.id}; "argosy app history ${name}" lists them`,
    );
  const { revision, revisions, source, sources } = entry;
  const sync = {
    prune: options.prune,
    ...(revisions ? { revisions } : { revision }),
    ...(source && { source }),
    ...(sources && { sources }),
  };
  return requestOperation(deps, app, {
    operation: { sync, initiatedBy: { username: 'argosy' } },
    wait: true,
    timeoutSeconds: options.timeoutSeconds,
  });
};

/** `app wait`: waits for Synced and Healthy. */
export const waitForApplication = async (
  deps: AppCommandDeps,
  name: string,
  options: { readonly timeoutSeconds: number },
): Promise<ExitCode> => {
  if (!(await find(deps, name))) return 20;
  const isThere = (app: Application): boolean =>
    app.status?.sync?.status === 'Synced' &&
    app.status.health?.status === 'Healthy' &&
    app.status.operationState?.phase !== 'Running' &&
    !app.operation;
  const app = await poll(deps, name, { until: isThere, timeoutSeconds: options.timeoutSeconds });
  if (!app)
    throw refusal(`timed out after ${options.timeoutSeconds} s: ${summarizeApplication(await find(deps, name))}`);
  deps.print(summarizeApplication(app));
  return 0;
};

const find = async ({ client, namespace, print }: AppCommandDeps, name: string): Promise<Application | undefined> => {
  try {
    return await client.get(APPLICATIONS, { namespace, name });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    const known = await client.get(NAMESPACES, { name: namespace }).catch(() => undefined);
    print(
      `application "${name}" not found in namespace ${namespace}${known ? '' : ' (there is no such namespace)'}; "argosy app list" shows those there are`,
    );
    return undefined;
  }
};

const requestOperation = async (
  deps: AppCommandDeps,
  app: Application,
  of: { readonly operation: ApplicationOperation; readonly wait: boolean; readonly timeoutSeconds: number },
): Promise<ExitCode> => {
  if (app.operation || app.status?.operationState?.phase === 'Running')
    throw refusal('another operation is already in progress; wait for its end');
  const name = app.metadata.name ?? '';
  const before = app.status?.operationState?.startedAt;
  const asked = await deps.client.patch(
    APPLICATIONS,
    { namespace: deps.namespace, name },
    { kind: 'merge', patch: { operation: of.operation } },
  );
  if (!of.wait) return 0;
  const isEnded = (now: Application): boolean =>
    !now.operation &&
    now.status?.operationState?.phase !== 'Running' &&
    (now.status?.operationState?.startedAt !== before ||
      now.metadata.resourceVersion !== asked.metadata.resourceVersion);
  const ended = await poll(deps, name, { until: isEnded, timeoutSeconds: of.timeoutSeconds });
  if (!ended) throw refusal(`timed out after ${of.timeoutSeconds} s: ${summarizeApplication(await find(deps, name))}`);
  for (const line of describeOperation(ended)) deps.print(line);
  return ended.status?.operationState?.phase === 'Succeeded' ? 0 : 1;
};

const poll = async (
  deps: AppCommandDeps,
  name: string,
  of: { readonly until: (app: Application) => boolean; readonly timeoutSeconds: number },
): Promise<Application | undefined> => {
  const end = deps.clock.now() + of.timeoutSeconds * 1000;
  while (deps.clock.now() < end) {
    const app = await deps.client.get(APPLICATIONS, { namespace: deps.namespace, name });
    if (of.until(app)) return app;
    await new Promise<void>((resolve) => deps.clock.setTimer(100, resolve));
  }
  return undefined;
};

/** A verb that cannot be done as things are, in one line for a person. */
const refusal = (message: string): Failure => new Failure(message, { code: 'Refused' });
