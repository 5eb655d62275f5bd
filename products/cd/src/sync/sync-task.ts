/**
 * The tasks of a sync: one for each object and phase. @spec CD-SYNC-07, CD-SYNC-22
 */
import { gvkOf, type KubeObject } from '@argosy/kube';

import type { ApplicationOperation } from '../api/application.ts';
import { objectId, type ApplicationComparison } from '../compare/compare-application.ts';
import { mirrorWaves, orderTasks, type OrderedTask } from './order-tasks.ts';
import { hookPhasesOf, syncWaveOf, type SyncPhase } from './sync-wave.ts';

/** What is to be done with one object in one phase. */
export interface SyncTask extends OrderedTask {
  /** Identity within the sync: object and phase. */
  readonly key: string;
  readonly id: string;
  readonly what: 'apply' | 'prune' | 'hook';
  /** The manifest; for a prune the live object. */
  readonly object: KubeObject;
  readonly live: KubeObject | undefined;
  /** What applying makes of the live object. */
  readonly predicted: KubeObject | undefined;
}

/** What tasks are made from. */
export interface TaskInput {
  readonly comparison: ApplicationComparison;
  readonly live: ReadonlyMap<string, KubeObject>;
  readonly sync: NonNullable<ApplicationOperation['sync']>;
  /** Commit and start of the sync: they name hooks with generateName. */
  readonly revision: string;
  readonly startedAtSeconds: number;
}

/** Makes the tasks of a sync, in order. A selective sync has no hooks (CD-SYNC-25). */
export const planTasks = (input: TaskInput): readonly SyncTask[] => {
  const { comparison, sync } = input;
  const selected = sync.resources;
  const chosen = comparison.resources.filter(({ desired, live }) => isSelected(desired ?? live, selected));
  const applies = chosen.flatMap((resource) =>
    resource.desired
      ? [toTask('apply', 'Sync', { object: resource.desired, live: resource.live, predicted: resource.predicted })]
      : [],
  );
  const prunes = mirrorPrunes(
    chosen.flatMap((resource) =>
      !resource.desired && resource.live
        ? [toTask('prune', 'Sync', { object: resource.live, live: resource.live, predicted: undefined })]
        : [],
    ),
    sync,
    applies,
  );
  const hooks = selected
    ? []
    : comparison.hooks.flatMap((hook) => hookPhasesOf(hook).map((phase) => toHookTask(hook, phase, input)));
  return orderTasks([...applies, ...prunes, ...hooks]);
};

/** Whether a selective sync names an object; without a selection everything is. */
const isSelected = (
  object: KubeObject | undefined,
  selection: NonNullable<ApplicationOperation['sync']>['resources'],
): boolean => {
  if (!selection) return true;
  if (!object) return false;
  const { group, kind } = gvkOf(object);
  const { name, namespace } = object.metadata;
  return selection.some(
    (one) =>
      (one.group ?? '') === group &&
      one.kind === kind &&
      one.name === name &&
      (one.namespace === undefined || one.namespace === '' || one.namespace === namespace),
  );
};

const PRUNE_LAST = 'PruneLast=true';
const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** Whether an object's own annotation, or the sync, has an option. */
export const hasSyncOption = (object: KubeObject, option: string, sync: readonly string[] = []): boolean =>
  sync.includes(option) ||
  (object.metadata.annotations?.[SYNC_OPTIONS] ?? '').split(',').some((part) => part.trim() === option);

const mirrorPrunes = (
  prunes: readonly SyncTask[],
  sync: NonNullable<ApplicationOperation['sync']>,
  applies: readonly SyncTask[],
): readonly SyncTask[] => {
  const lastWave = Math.max(0, ...prunes.map((task) => task.wave), ...applies.map((task) => task.wave)) + 1;
  const isLast = (task: SyncTask): boolean => hasSyncOption(task.object, PRUNE_LAST, sync.syncOptions);
  const mirrored = mirrorWaves(prunes.filter((task) => !isLast(task)).map((task) => task.wave));
  return prunes.map((task) => ({ ...task, wave: isLast(task) ? lastWave : (mirrored.get(task.wave) ?? task.wave) }));
};

const toTask = (
  what: SyncTask['what'],
  phase: SyncPhase,
  of: Pick<SyncTask, 'object' | 'live' | 'predicted'>,
): SyncTask => {
  const id = objectId(of.object);
  const { group, kind } = gvkOf(of.object);
  return {
    key: `${id}/${phase}`,
    id,
    what,
    phase,
    wave: syncWaveOf(of.object),
    apiVersion: of.object.apiVersion,
    kind,
    namespace: of.object.metadata.namespace ?? '',
    name: of.object.metadata.name ?? '',
    ...of,
    ...(group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition'
      ? { defines: definedKind(of.object) }
      : {}),
  };
};

const definedKind = (definition: KubeObject): { readonly group: string; readonly kind: string } => {
  const spec = definition.spec as { readonly group?: string; readonly names?: { readonly kind?: string } } | undefined;
  return { group: spec?.group ?? '', kind: spec?.names?.kind ?? '' };
};

/** A hook with a generated name gets one that a repeat within the same sync gives again (CD-HOOK-07). */
const toHookTask = (hook: KubeObject, phase: SyncPhase, input: TaskInput): SyncTask => {
  const { generateName, ...metadata } = hook.metadata;
  const suffix = `${input.revision.slice(0, 7)}-${phase}-${input.startedAtSeconds}`.toLowerCase();
  const named =
    metadata.name || !generateName ? hook : { ...hook, metadata: { ...metadata, name: `${generateName}${suffix}` } };
  return toTask('hook', phase, { object: named, live: input.live.get(objectId(named)), predicted: undefined });
};
