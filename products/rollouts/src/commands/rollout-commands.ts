/**
 * `argosy rollout …`: the verbs of the kubectl plugin, as functions over a client. Each prints lines and returns the
 * exit code. @spec RO-CLI-02, RO-CLI-04, RO-CLI-06, RO-CLI-07, RO-CLI-08, RO-CLI-09, RO-CLI-10, RO-CLI-11
 */
import { delay, Failure, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { controllerOf, isApiError, JOBS, PODS, REPLICA_SETS, type KubeObject, type ResourceType } from '@argosy/kube';

import { ANALYSIS_RUNS } from '../api/analysis.ts';
import { replicasOf } from '../api/defaults.ts';
import { ROLLOUTS, type Rollout } from '../api/rollout.ts';
import { shownPhaseOf } from '../rollout/phase.ts';
import {
  imageChange,
  promoteChange,
  promoteFullyChange,
  skipStepsChange,
  undoChange,
  type RolloutChange,
} from './change-rollout.ts';
import { describeRollout, inColumns, stepText, wantedWeightOf, type RolloutFamily } from './describe-rollout.ts';

/** What the verbs need. */
export interface RolloutCommandDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly namespace: string;
  readonly print: (line: string) => void;
  /** Starts the screen anew, on a terminal; elsewhere does nothing. */
  readonly clear: () => void;
}

/** 0 done, 1 Degraded, timed out or refused. */
export type RolloutExitCode = 0 | 1;

/** Redraws no faster than this, as upstream. */
const REDRAW_MS = 200;

/** `get NAME`; with `watch`, again whenever it changes, until the signal aborts or the time is over. */
export const getRollout = async (
  deps: RolloutCommandDeps,
  name: string,
  options: {
    readonly output: string;
    readonly watch: boolean;
    readonly timeoutSeconds: number;
    readonly signal: AbortSignal;
  },
): Promise<RolloutExitCode> => {
  const show = async (): Promise<void> => {
    const family = await readFamily(deps, name);
    if (options.output === 'json') return deps.print(JSON.stringify(family.rollout, undefined, 2));
    deps.clear();
    for (const line of describeRollout(family, deps.clock.now())) deps.print(line);
  };
  await show();
  if (!options.watch) return 0;
  const end = options.timeoutSeconds > 0 ? deps.clock.now() + options.timeoutSeconds * 1000 : Infinity;
  let shown = await versionOf(deps, name);
  while (!options.signal.aborted && deps.clock.now() < end) {
    await delay(deps.clock, REDRAW_MS, options.signal).catch(() => undefined);
    if (options.signal.aborted) break;
    const version = await versionOf(deps, name);
    if (version === shown) continue;
    shown = version;
    await show();
  }
  return 0;
};

/** `list`. */
export const listRollouts = async (
  deps: RolloutCommandDeps,
  options: { readonly allNamespaces: boolean; readonly output: string },
): Promise<RolloutExitCode> => {
  const { items } = await deps.client.list(ROLLOUTS, options.allNamespaces ? {} : { namespace: deps.namespace });
  if (options.output === 'json') deps.print(JSON.stringify(items, undefined, 2));
  else if (options.output === 'name') for (const rollout of items) deps.print(rollout.metadata.name ?? '');
  else if (items.length === 0) deps.print('No resources found.');
  else
    for (const line of inColumns([
      headings(options.allNamespaces),
      ...items.map((one) => listRow(one, options.allNamespaces)),
    ]))
      deps.print(line);
  return 0;
};

/** `status NAME`: prints the phase when it changes; ends at Healthy, or at Degraded with 1. */
export const watchRolloutStatus = async (
  deps: RolloutCommandDeps,
  name: string,
  options: { readonly watch: boolean; readonly timeoutSeconds: number },
): Promise<RolloutExitCode> => {
  const end = options.timeoutSeconds > 0 ? deps.clock.now() + options.timeoutSeconds * 1000 : Infinity;
  for (let last = ''; ;) {
    const { phase, message } = shownPhaseOf(await findRollout(deps, name));
    const line = message ? `${phase} - ${message}` : phase;
    if (line !== last) deps.print(line);
    last = line;
    if (phase === 'Degraded')
      throw new Failure(`The rollout is in a degraded state with message: ${message}`, { code: 'Degraded' });
    if (phase === 'Healthy' || !options.watch) return 0;
    if (deps.clock.now() >= end)
      throw new Failure(`Rollout status watch exceeded timeout of ${options.timeoutSeconds} s`, { code: 'Timeout' });
    await delay(deps.clock, REDRAW_MS);
  }
};

/** `promote NAME`. */
export const promoteRollout = async (
  deps: RolloutCommandDeps,
  name: string,
  options: { readonly full: boolean; readonly skip?: 'current' | 'all' },
): Promise<RolloutExitCode> => {
  await change(deps, name, (rollout) => {
    if (options.full) return promoteFullyChange(rollout);
    if (!options.skip) return promoteChange(rollout);
    const skipped = skipStepsChange(rollout, options.skip);
    if (!skipped.ok) throw new Failure(skipped.error, { code: 'NotPossible' });
    return skipped.value;
  });
  deps.print(options.full ? `rollout '${name}' fully promoted` : `rollout '${name}' promoted`);
  return 0;
};

/** `abort NAME`. */
export const abortRollout = async (deps: RolloutCommandDeps, name: string): Promise<RolloutExitCode> => {
  await change(deps, name, () => ({ status: { abort: true } }));
  deps.print(`rollout '${name}' aborted`);
  return 0;
};

/** `retry rollout NAME`. */
export const retryRollout = async (deps: RolloutCommandDeps, name: string): Promise<RolloutExitCode> => {
  await change(deps, name, () => ({ status: { abort: false } }));
  deps.print(`rollout '${name}' retried`);
  return 0;
};

/** `pause NAME`. */
export const pauseRollout = async (deps: RolloutCommandDeps, name: string): Promise<RolloutExitCode> => {
  await change(deps, name, () => ({ spec: { paused: true } }));
  deps.print(`rollout '${name}' paused`);
  return 0;
};

/** `undo NAME [--to-revision N]`. */
export const undoRollout = async (
  deps: RolloutCommandDeps,
  name: string,
  options: { readonly toRevision: number },
): Promise<RolloutExitCode> => {
  const { rollout, sets } = await readFamily(deps, name);
  const undone = undoChange(rollout, sets, options.toRevision);
  if (!undone.ok) throw new Failure(undone.error, { code: 'NoRevision' });
  if (undone.value.isSame) {
    deps.print(`skipped rollback (current template already matches revision ${undone.value.revision})`);
    return 0;
  }
  await deps.client.patch(ROLLOUTS, keyFor(deps, name), {
    kind: 'json',
    operations: [{ op: 'replace', path: '/spec/template', value: undone.value.template }],
  });
  deps.print(`rollout '${name}' undo`);
  return 0;
};

/** `set image NAME container=image …`. */
export const setRolloutImage = async (
  deps: RolloutCommandDeps,
  name: string,
  pairs: readonly string[],
): Promise<RolloutExitCode> => {
  const images = pairs.map((pair) => {
    const [container = '', ...rest] = pair.split('=');
    if (!container || rest.length === 0 || rest.join('=') === '')
      throw new Failure(`"${pair}" is not of the form container=image, or *=image`, { code: 'BadArgument' });
    return { container, image: rest.join('=') };
  });
  const template = imageChange(await findRollout(deps, name), images);
  if (!template.ok) throw new Failure(template.error, { code: 'BadArgument' });
  await deps.client.patch(ROLLOUTS, keyFor(deps, name), {
    kind: 'json',
    operations: [{ op: 'replace', path: '/spec/template', value: template.value }],
  });
  deps.print(`rollout "${name}" image updated`);
  return 0;
};

const keyFor = ({ namespace }: RolloutCommandDeps, name: string) => ({ namespace, name });

const findRollout = async (deps: RolloutCommandDeps, name: string): Promise<Rollout> => {
  try {
    return await deps.client.get(ROLLOUTS, keyFor(deps, name));
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    throw new Failure(
      `rollout "${name}" not found in namespace ${deps.namespace}; "argosy rollout list -A" shows all`,
      {
        code: 'NotFound',
        cause: thrown,
      },
    );
  }
};

const versionOf = async (deps: RolloutCommandDeps, name: string): Promise<string> =>
  (await findRollout(deps, name)).metadata.resourceVersion ?? '';

const change = async (
  deps: RolloutCommandDeps,
  name: string,
  decide: (rollout: Rollout) => RolloutChange,
): Promise<void> => {
  const { spec, status } = decide(await findRollout(deps, name));
  const key = keyFor(deps, name);
  if (status) await deps.client.patch(ROLLOUTS, key, { kind: 'merge', patch: { status } }, { subresource: 'status' });
  if (spec) await deps.client.patch(ROLLOUTS, key, { kind: 'merge', patch: { spec } });
};

const readFamily = async (deps: RolloutCommandDeps, name: string): Promise<RolloutFamily> => {
  const rollout = await findRollout(deps, name);
  const owned = async <T extends KubeObject>(
    resource: ResourceType<T>,
    uids: ReadonlySet<string>,
  ): Promise<readonly T[]> =>
    (await deps.client.list(resource, { namespace: deps.namespace })).items.filter((object) =>
      uids.has(controllerOf(object)?.uid ?? ''),
    );
  const uid = new Set([rollout.metadata.uid ?? '']);
  const [sets, runs] = await Promise.all([owned(REPLICA_SETS, uid), owned(ANALYSIS_RUNS, uid)]);
  const uidsOf = (objects: readonly KubeObject[]): ReadonlySet<string> =>
    new Set(objects.map(({ metadata }) => metadata.uid ?? ''));
  const [pods, jobs] = await Promise.all([owned(PODS, uidsOf(sets)), owned(JOBS, uidsOf(runs))]);
  return { rollout, sets, runs, pods, jobs };
};

const headings = (allNamespaces: boolean): readonly string[] => [
  ...(allNamespaces ? ['NAMESPACE'] : []),
  'NAME',
  'STRATEGY',
  'STATUS',
  'STEP',
  'SET-WEIGHT',
  'READY',
  'DESIRED',
  'UP-TO-DATE',
  'AVAILABLE',
];

const listRow = (rollout: Rollout, allNamespaces: boolean): readonly string[] => {
  const { status = {} } = rollout;
  const isCanary = rollout.spec?.strategy?.canary !== undefined;
  return [
    ...(allNamespaces ? [rollout.metadata.namespace ?? ''] : []),
    rollout.metadata.name ?? '',
    isCanary ? 'Canary' : 'BlueGreen',
    shownPhaseOf(rollout).phase,
    stepText(rollout) || '-',
    isCanary ? String(wantedWeightOf(rollout)) : '-',
    `${status.readyReplicas ?? 0}/${status.replicas ?? 0}`,
    String(replicasOf(rollout.spec)),
    String(status.updatedReplicas ?? 0),
    String(status.availableReplicas ?? 0),
  ];
};
