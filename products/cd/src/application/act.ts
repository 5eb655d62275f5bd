/**
 * Does what a pass of a sync wants done. Idempotent: an object that is already so is written without a change.
 */
import { delay, messageOf, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, keyOf, NAMESPACES, type KubeObject, type ResourceType } from '@argosy/kube';

import type { ApplicationResourceResult } from '../api/application.ts';
import type { JudgedResource } from '../project/permit.ts';
import { LAST_APPLIED, normalizeManifest } from '../compare/normalize.ts';
import { threeWayMerge } from '../compare/three-way-merge.ts';
import { mayPrune, toResult } from '../sync/decide-sync.ts';
import { deletePoliciesOf } from '../sync/sync-wave.ts';
import type { SyncTask } from '../sync/sync-task.ts';
import type { LiveObjects } from './tracking/live-objects.ts';
import type { ApplicationDecision } from './decide.ts';

/** Ports of acting. */
export interface ActDeps {
  readonly client: Client;
  readonly live: LiveObjects;
  readonly clock: Clock;
  /** Why an object may not be written; `undefined` when it may. Everything may when absent. */
  readonly refuse?: (resource: JudgedResource & { readonly namespace: string }) => string | undefined;
}

type Step = NonNullable<ApplicationDecision['step']>;

/** What acting brought. */
export interface ActOutcome {
  readonly done: readonly ApplicationResourceResult[];
  readonly dryRunFailure: string | undefined;
}

/** Name under which fields are written. */
const FIELD_MANAGER = 'argocd-controller';

/** Does one pass: the trial first if it is the first, then the tasks, kind after kind. */
export const actOnStep = async (
  deps: ActDeps,
  step: Step,
  of: { readonly namespace: string; readonly signal: AbortSignal },
): Promise<ActOutcome> => {
  if (step.run.length > 0 && step.sync.syncOptions?.includes('CreateNamespace=true') && of.namespace !== '')
    await ensureNamespace(deps, of.namespace);
  const refused = await tryTasks(deps, step);
  if (refused.length > 0)
    return {
      done: refused,
      dryRunFailure: `one or more objects failed to apply (dry run): ${refused
        .map((result) => `${result.kind}/${result.name}: ${result.message ?? ''}`)
        .slice(0, 3)
        .join('; ')}`,
    };
  const done: ApplicationResourceResult[] = [];
  // A prune does not wait for an apply of the same wave, but kinds are written one after the other (CD-SYNC-15).
  done.push(
    ...(await Promise.all(step.run.filter((task) => task.what === 'prune').map((task) => prune(deps, step, task)))),
  );
  for (const group of byKind(step.run.filter((task) => task.what !== 'prune'))) {
    done.push(...(await Promise.all(group.map((task) => applyTask(deps, step, { task, signal: of.signal })))));
  }
  for (const object of step.remove) await removeObject(deps, object);
  return { done, dryRunFailure: undefined };
};

/** Deletes the objects of an application that goes. */
export const cascadeDelete = async (deps: ActDeps, objects: readonly KubeObject[]): Promise<void> => {
  for (const object of objects) await removeObject(deps, object);
};

const byKind = (tasks: readonly SyncTask[]): readonly (readonly SyncTask[])[] => {
  const groups: SyncTask[][] = [];
  for (const task of tasks) {
    const last = groups.at(-1);
    if (last?.[0]?.kind === task.kind) last.push(task);
    else groups.push([task]);
  }
  return groups;
};

const ensureNamespace = async (deps: ActDeps, name: string): Promise<void> => {
  try {
    await deps.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
  }
};

/** Tries every object without effect; what depends on a CRD or namespace that comes with the sync cannot be tried yet. */
const tryTasks = async (deps: ActDeps, step: Step): Promise<readonly ApplicationResourceResult[]> => {
  const comingNamespaces = new Set(step.tasks.filter((task) => task.kind === 'Namespace').map((task) => task.name));
  const comingKinds = new Set(
    step.tasks.flatMap((task) => (task.defines ? [`${task.defines.group}/${task.defines.kind}`] : [])),
  );
  const results = await Promise.all(
    step.dryRunFirst.map(async (task) => {
      const resource = deps.live.resourceFor(task.apiVersion, task.kind);
      const refusal = refusalOf(deps, task, resource);
      if (refusal !== undefined) return toResult(task, { status: 'SyncFailed', message: refusal, hookPhase: 'Failed' });
      if (!resource && comingKinds.has(`${task.apiVersion.split('/')[0] ?? ''}/${task.kind}`)) return undefined;
      if (comingNamespaces.has(task.namespace)) return undefined;
      return tryWrite(deps, task, { resource, dryRun: true }).then(
        () => undefined,
        (thrown: unknown) => toResult(task, { status: 'SyncFailed', message: messageOf(thrown), hookPhase: 'Failed' }),
      );
    }),
  );
  return results.filter((result) => result !== undefined);
};

const refusalOf = (deps: ActDeps, task: SyncTask, resource: ResourceType | undefined): string | undefined => {
  const { apiVersion, kind, name, namespace } = task;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return deps.refuse?.({ group, kind, name, namespace, isNamespaced: resource?.namespaced ?? namespace !== '' });
};

const applyTask = async (
  deps: ActDeps,
  step: Step,
  of: { readonly task: SyncTask; readonly signal: AbortSignal },
): Promise<ApplicationResourceResult> => {
  const { task } = of;
  try {
    if (task.kind === 'CustomResourceDefinition' || !deps.live.resourceFor(task.apiVersion, task.kind))
      await deps.live.refresh();
    const resource = deps.live.resourceFor(task.apiVersion, task.kind);
    if (task.what === 'hook' && task.live && deletePoliciesOf(task.object).includes('BeforeHookCreation'))
      await removeAndWait(deps, task.live, of.signal);
    if (step.sync.dryRun) {
      await tryWrite(deps, task, { resource, dryRun: true });
      return toResult(task, { status: 'Synced', message: `${task.name} configured (dry run)`, hookPhase: 'Succeeded' });
    }
    const { object, verb } = await tryWrite(deps, task, { resource, dryRun: false });
    if (resource) await deps.live.caughtUp(resource, object, of.signal);
    const isEnded = task.what === 'apply' && step.isSingleStep;
    return toResult(task, {
      status: 'Synced',
      message: `${resource?.resource ?? task.kind}/${task.name} ${verb}`,
      hookPhase: isEnded ? 'Succeeded' : 'Running',
    });
  } catch (thrown) {
    return toResult(task, { status: 'SyncFailed', message: messageOf(thrown), hookPhase: 'Failed' });
  }
};

const tryWrite = async (
  deps: ActDeps,
  task: SyncTask,
  of: { readonly resource: ResourceType | undefined; readonly dryRun: boolean },
): Promise<{ readonly object: KubeObject; readonly verb: string }> => {
  const { resource, dryRun } = of;
  if (!resource)
    throw new Error(
      `the cluster has no kind ${task.kind} in ${task.apiVersion}; is its CustomResourceDefinition missing?`,
    );
  const manifest = withLastApplied(normalizeManifest(task.object));
  const options = { dryRun, fieldManager: FIELD_MANAGER };
  const isHook = task.what === 'hook';
  if (isHook || !task.live) {
    try {
      return { object: await deps.client.create(resource, manifest, options), verb: 'created' };
    } catch (thrown) {
      if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
      if (isHook) return { object: await deps.client.get(resource, keyOf(manifest)), verb: 'unchanged' };
    }
  }
  const current = await deps.client.get(resource, keyOf(manifest));
  const next = withLastApplied(
    threeWayMerge(lastApplied(current), normalizeManifest(task.object), current) as KubeObject,
    normalizeManifest(task.object),
  );
  const updated = await deps.client.update(resource, next, options);
  return {
    object: updated,
    verb: updated.metadata.resourceVersion === current.metadata.resourceVersion ? 'unchanged' : 'configured',
  };
};

const lastApplied = (live: KubeObject): unknown => {
  try {
    return JSON.parse(live.metadata.annotations?.[LAST_APPLIED] ?? 'null') as unknown;
  } catch {
    // Somebody wrote nonsense into the annotation: then we do not know what was applied, and remove nothing.
    return undefined;
  }
};

/** Secrets are not copied into annotations, where they would be shown. */
const withLastApplied = (object: KubeObject, applied: KubeObject = object): KubeObject => {
  if (object.kind === 'Secret') return object;
  const { [LAST_APPLIED]: _before, ...annotations } = object.metadata.annotations ?? {};
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: `${JSON.stringify(applied)}\n` } },
  };
};

const prune = async (deps: ActDeps, step: Step, task: SyncTask): Promise<ApplicationResourceResult> => {
  if (!mayPrune(task, step.sync))
    return toResult(task, { status: 'PruneSkipped', message: 'ignored (requires pruning)', hookPhase: 'Succeeded' });
  if (step.sync.dryRun)
    return toResult(task, { status: 'Pruned', message: 'pruned (dry run)', hookPhase: 'Succeeded' });
  try {
    await removeObject(deps, task.object);
    return toResult(task, { status: 'Pruned', message: 'pruned', hookPhase: 'Running' });
  } catch (thrown) {
    return toResult(task, { status: 'SyncFailed', message: messageOf(thrown), hookPhase: 'Failed' });
  }
};

const removeObject = async (deps: ActDeps, object: KubeObject): Promise<void> => {
  const resource = deps.live.resourceFor(object.apiVersion, object.kind);
  if (!resource) return;
  try {
    await deps.client.delete(resource, keyOf(object), {
      propagationPolicy: 'Foreground',
      preconditions: { uid: object.metadata.uid ?? '' },
    });
  } catch (thrown) {
    // Gone, or another object under the same name: either way ours is no longer there.
    if (!isApiError(thrown, 'NotFound', 'Conflict')) throw thrown;
  }
};

/** Longest wait for the last run's hook to go, in looks of 50 ms. */
const MOST_LOOKS = 200;

const removeAndWait = async (deps: ActDeps, object: KubeObject, signal: AbortSignal): Promise<void> => {
  const resource = deps.live.resourceFor(object.apiVersion, object.kind);
  if (!resource) return;
  await removeObject(deps, object);
  for (let looks = 0; looks < MOST_LOOKS && !signal.aborted; looks += 1) {
    const current = await deps.client.get(resource, keyOf(object)).catch((thrown: unknown) => {
      if (isApiError(thrown, 'NotFound')) return undefined;
      throw thrown;
    });
    if (!current || current.metadata.uid !== object.metadata.uid) return;
    await delay(deps.clock, 50, signal);
  }
  throw new Error(`the last run's ${object.kind} ${object.metadata.name ?? ''} is still being deleted`);
};
