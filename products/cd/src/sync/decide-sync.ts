/**
 * One pass of a sync: from what was done and what is live to what is done next. Re-entrant: everything it knows is in
 * the application's status, so that a restart at any point goes on.
 *
 *   tasks ─▶ fold what is live into running ones ─▶ failed? SyncFail hooks, then Failed
 *                                                ├▶ running? wait, and say for what
 *                                                ├▶ pending? do the first phase and wave
 *                                                └▶ none left: Succeeded
 *
 * @upstream argo-cd gitops-engine/pkg/sync/sync_context.go#Sync @spec CD-SYNC-06 … CD-SYNC-28
 */
import { parseApiVersion, type KubeObject } from '@argosy/kube';

import type { ApplicationOperation, ApplicationResourceResult } from '../api/application.ts';
import { assessHealth } from '../health/assess-health.ts';
import { deletePoliciesOf, isHook } from './sync-wave.ts';
import { hasSyncOption, type SyncTask } from './sync-task.ts';

/** What a pass is decided from. */
export interface SyncInput {
  readonly sync: NonNullable<ApplicationOperation['sync']>;
  readonly tasks: readonly SyncTask[];
  readonly results: readonly ApplicationResourceResult[];
  readonly live: ReadonlyMap<string, KubeObject>;
}

/** What a pass does. */
export interface SyncStep {
  readonly results: readonly ApplicationResourceResult[];
  /** Tasks to do now, all of one phase and wave. */
  readonly run: readonly SyncTask[];
  /** Whether they are to be tried without effect first: once, before anything is done. */
  readonly dryRunFirst: readonly SyncTask[];
  /** Hook objects that are no longer needed. */
  readonly remove: readonly KubeObject[];
  readonly phase: 'Running' | 'Succeeded' | 'Failed';
  readonly message: string;
}

/** Decides a pass. Pure and total. */
export const decideSync = (input: SyncInput): SyncStep => {
  const results = foldLive(input);
  const byKey = new Map(results.map((result) => [resultKey(result), result] as const));
  const stateOf = (task: SyncTask): TaskState => taskState(byKey.get(task.key));
  const main = input.tasks.filter((task) => task.phase !== 'SyncFail');
  const rescue = input.tasks.filter((task) => task.phase === 'SyncFail');
  const running = input.tasks.filter((task) => stateOf(task) === 'running');
  const base = { results, run: [], dryRunFirst: [], remove: [] };
  if (main.some((task) => stateOf(task) === 'failed'))
    return decideFailure({ input, results, rescue, running, stateOf });
  if (running.length > 0) return { ...base, phase: 'Running', message: describeWaiting(running.map(toWaiting), false) };
  const pending = main.filter((task) => stateOf(task) === 'pending');
  const [first] = pending;
  if (!first) {
    return {
      ...base,
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      remove: endedHooks(input, 'HookSucceeded'),
    };
  }
  const run = pending.filter((task) => task.phase === first.phase && task.wave === first.wave);
  const isFresh = input.results.length === 0;
  return {
    ...base,
    run,
    dryRunFirst: isFresh ? main.filter((task) => task.what !== 'prune') : [],
    phase: 'Running',
    message: 'one or more tasks are running',
  };
};

/** Whether a sync has one phase and wave and no hooks: such a one ends when applied, whatever becomes of it (CD-SYNC-18). */
export const isSingleStep = (tasks: readonly SyncTask[]): boolean =>
  tasks.every((task) => task.what !== 'hook' && task.phase === tasks[0]?.phase && task.wave === tasks[0]?.wave);

/** Key by which results and tasks meet. */
export const resultKey = (result: ApplicationResourceResult): string =>
  `${result.group}/${result.kind}/${result.namespace}/${result.name}/${result.syncPhase ?? 'Sync'}`;

/** The result of a task that was just done. */
export const toResult = (
  task: SyncTask,
  of: Pick<ApplicationResourceResult, 'status' | 'message' | 'hookPhase'>,
): ApplicationResourceResult => {
  const { group, version } = parseApiVersion(task.apiVersion);
  return {
    group,
    version,
    kind: task.kind,
    namespace: task.namespace,
    name: task.name,
    ...of,
    ...(task.what === 'hook' ? { hookType: task.phase } : {}),
    syncPhase: task.phase,
  };
};

/** What a running sync waits for, in upstream's words (CD-SYNC-24). */
export const describeWaiting = (
  tasks: readonly { readonly hook: boolean; readonly group?: string; readonly kind: string; readonly name: string }[],
  pendingDeletion: boolean,
): string => {
  const [first] = [...tasks.filter((task) => task.hook), ...tasks.filter((task) => !task.hook)];
  if (!first) return '';
  const name = `${first.group ?? ''}/${first.kind}/${first.name}`;
  const what = pendingDeletion
    ? first.hook
      ? 'deletion of hook'
      : 'deletion of'
    : first.hook
      ? 'completion of hook'
      : 'healthy state of';
  const more = tasks.length - 1;
  const others = tasks.every((task) => task.hook) ? 'hooks' : 'resources';
  return `waiting for ${what} ${name}${more > 0 ? ` and ${more} more ${others}` : ''}`;
};

type TaskState = 'pending' | 'running' | 'done' | 'failed';

const taskState = (result: ApplicationResourceResult | undefined): TaskState => {
  if (!result) return 'pending';
  if (result.status === 'SyncFailed' || result.hookPhase === 'Failed' || result.hookPhase === 'Error') return 'failed';
  return result.hookPhase === 'Running' ? 'running' : 'done';
};

const toWaiting = (task: SyncTask) => ({
  hook: task.what === 'hook',
  group: parseApiVersion(task.apiVersion).group,
  kind: task.kind,
  name: task.name,
});

/** Looks at the live objects of running tasks (CD-SYNC-19, CD-SYNC-20, CD-HOOK-08). */
const foldLive = (input: SyncInput): readonly ApplicationResourceResult[] => {
  const tasks = new Map(input.tasks.map((task) => [task.key, task] as const));
  return input.results.map((result) => {
    const task = tasks.get(resultKey(result));
    if (result.hookPhase !== 'Running' || !task) return result;
    const live = input.live.get(task.id);
    if (task.what === 'prune') return live ? result : { ...result, hookPhase: 'Succeeded' };
    if (!live) return result;
    const health = assessHealth(live);
    if (!health || health.status === 'Healthy')
      return { ...result, hookPhase: 'Succeeded', ...(health?.message ? { message: health.message } : {}) };
    return health.status === 'Degraded'
      ? { ...result, hookPhase: 'Failed', ...(health.message ? { message: health.message } : {}) }
      : result;
  });
};

interface FailureFacts {
  readonly input: SyncInput;
  readonly results: readonly ApplicationResourceResult[];
  readonly rescue: readonly SyncTask[];
  readonly running: readonly SyncTask[];
  readonly stateOf: (task: SyncTask) => TaskState;
}

/** Failed tasks let the others of their wave end; then the SyncFail hooks run, then the sync has failed. */
const decideFailure = ({ input, results, rescue, running, stateOf }: FailureFacts): SyncStep => {
  const base = { results, run: [], dryRunFirst: [], remove: [] };
  if (running.length > 0) return { ...base, phase: 'Running', message: describeWaiting(running.map(toWaiting), false) };
  const pending = rescue.filter((task) => stateOf(task) === 'pending');
  const isRefused = results.some((result) => result.status === 'SyncFailed');
  const message = isRefused
    ? 'one or more objects failed to apply'
    : 'one or more synchronization tasks completed unsuccessfully';
  const [first] = pending;
  if (first) return { ...base, run: pending.filter((task) => task.wave === first.wave), phase: 'Running', message };
  const told = results
    .filter((result) => result.status === 'SyncFailed' || result.hookPhase === 'Failed')
    .map((result) => `${result.kind}/${result.name}: ${result.message ?? ''}`);
  return {
    ...base,
    phase: 'Failed',
    message: `${message}, reason: ${told.slice(0, 3).join('; ')}`,
    remove: endedHooks(input, 'HookFailed'),
  };
};

const endedHooks = (input: SyncInput, policy: 'HookSucceeded' | 'HookFailed'): readonly KubeObject[] =>
  input.tasks
    .filter((task) => task.what === 'hook' && deletePoliciesOf(task.object).includes(policy))
    .map((task) => input.live.get(task.id))
    .filter((live) => live !== undefined && isHook(live))
    .filter((live): live is KubeObject => live !== undefined);

/** Whether a prune task may remove its object (CD-SYNC-28, option Prune=false). */
export const mayPrune = (task: SyncTask, sync: NonNullable<ApplicationOperation['sync']>): boolean =>
  sync.prune === true && !hasSyncOption(task.object, 'Prune=false', sync.syncOptions);
