/**
 * `argosy rollout …`: the verbs of the kubectl plugin, as functions over a client. Each prints lines and returns the
 * exit code. @spec RO-CLI-02, RO-CLI-04, RO-CLI-06, RO-CLI-07, RO-CLI-08, RO-CLI-09, RO-CLI-10, RO-CLI-11
 */
import { Failure, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';

import { ROLLOUTS, type Rollout } from '../api/rollout.ts';
import {
  imageChange,
  promoteChange,
  promoteFullyChange,
  skipStepsChange,
  undoChange,
  type RolloutChange,
} from './change-rollout.ts';
import { findRollout, keyFor, readFamily } from './read-rollout.ts';

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
