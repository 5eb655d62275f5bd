/**
 * The verbs that show rollouts: get, list and status. @spec RO-CLI-02, RO-CLI-04
 */
import { delay, Failure } from '@argosy/base';

import { replicasOf } from '../api/defaults.ts';
import { ROLLOUTS, type Rollout } from '../api/rollout.ts';
import { shownPhaseOf } from '../rollout/phase.ts';
import { wantedWeightOf, stepText } from './canary-progress.ts';
import { inColumns } from './columns.ts';
import { describeRollout } from './describe-rollout.ts';
import { findRollout, readFamily } from './read-rollout.ts';
import type { RolloutCommandDeps, RolloutExitCode } from './rollout-commands.ts';

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

const versionOf = async (deps: RolloutCommandDeps, name: string): Promise<string> =>
  (await findRollout(deps, name)).metadata.resourceVersion ?? '';

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
