/**
 * Rollouts as the verbs find them, with all they own.
 */
import { Failure } from '@argosy/base';
import { controllerOf, isApiError, JOBS, PODS, REPLICA_SETS, type KubeObject, type ResourceType } from '@argosy/kube';

import { ANALYSIS_RUNS } from '../api/analysis-kinds.ts';
import { ROLLOUTS, type Rollout } from '../api/rollout.ts';
import type { RolloutFamily } from './describe-rollout.ts';
import type { RolloutCommandDeps } from './rollout-commands.ts';

/** The key of a rollout of the namespace the verbs work in. */
export const keyFor = ({ namespace }: RolloutCommandDeps, name: string) => ({ namespace, name });

/** Gets a rollout; throws a Failure that says where to look when there is none. */
export const findRollout = async (deps: RolloutCommandDeps, name: string): Promise<Rollout> => {
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

/** Gets a rollout and all it owns. */
export const readFamily = async (deps: RolloutCommandDeps, name: string): Promise<RolloutFamily> => {
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
