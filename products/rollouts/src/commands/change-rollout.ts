/**
 * What promote, abort, retry, pause and undo write. Pure. @spec RO-OPS-01, RO-OPS-03, RO-OPS-04, RO-OPS-05, RO-OPS-06, RO-OPS-07, RO-CLI-08
 */
import { fail, isEqual, ok, type Result } from '@argosy/base';
import type { PodTemplateSpec, ReplicaSet } from '@argosy/kube';

import type { Rollout, RolloutStatus } from '../api/rollout.ts';
import { stepsOf } from '../replicas/canary-steps.ts';
import { HASH_LABEL } from '../rollout/names.ts';
import { byRevision, hashOf, revisionOf } from '../rollout/revisions.ts';

/** Merge patches: of the spec, and of the status. Absent ones are not written. */
export interface RolloutChange {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: { readonly [Field in keyof RolloutStatus]?: RolloutStatus[Field] | null };
}

/** Lets a rollout go on: past its pause, or past the step that runs. */
export const promoteChange = (rollout: Rollout): RolloutChange => {
  const { status } = rollout;
  const unpaused = rollout.spec?.paused ? { spec: { paused: false } } : {};
  const pauses = status?.pauseConditions ?? [];
  const count = stepsOf(rollout.spec).length;
  const index = status?.currentStepIndex;
  const isUndecided = pauses.some(({ reason }) => reason === 'InconclusiveAnalysisRun');
  const next = index !== undefined && index !== null && index < count ? { currentStepIndex: index + 1 } : {};
  if (isUndecided && rollout.spec?.strategy?.canary)
    return { ...unpaused, status: { pauseConditions: null, controllerPause: false, ...next } };
  if (pauses.length > 0) return { ...unpaused, status: { pauseConditions: null } };
  if (rollout.spec?.paused || !rollout.spec?.strategy?.canary) return unpaused;
  return Object.keys(next).length > 0 ? { status: next } : {};
};

/** Skips every step, pause and analysis that is left. */
export const promoteFullyChange = (rollout: Rollout): RolloutChange => ({
  ...(rollout.spec?.paused ? { spec: { paused: false } } : {}),
  ...(rollout.status?.currentPodHash === rollout.status?.stableRS ? {} : { status: { promoteFull: true } }),
});

/** Skips all canary steps, or the one that runs. Refused where there are none. */
export const skipStepsChange = (rollout: Rollout, which: 'current' | 'all'): Result<RolloutChange, string> => {
  const count = stepsOf(rollout.spec).length;
  if (!rollout.spec?.strategy?.canary) return fail('cannot skip steps of a blueGreen Rollout');
  if (count === 0) return fail('cannot skip steps of a Rollout without canary steps');
  const index = Math.min((rollout.status?.currentStepIndex ?? 0) + 1, count);
  return ok({
    ...(rollout.spec.paused ? { spec: { paused: false } } : {}),
    status: { pauseConditions: null, currentStepIndex: which === 'all' ? count : index },
  });
};

/** The template of an earlier revision, as a change of the spec. `revision` 0: the one before. */
export const undoChange = (
  rollout: Rollout,
  sets: readonly ReplicaSet[],
  revision: number,
): Result<{ readonly template: PodTemplateSpec; readonly revision: number; readonly isSame: boolean }, string> => {
  const set = revision > 0 ? sets.find((one) => revisionOf(one) === revision) : previousOf(rollout, sets);
  if (!set?.spec)
    return fail(
      revision > 0 ? `unable to find specified revision ${revision} in history` : 'no revision found to roll back to',
    );
  const { [HASH_LABEL]: _hash, ...labels } = set.spec.template.metadata?.labels ?? {};
  const template = { ...set.spec.template, metadata: { ...set.spec.template.metadata, labels } };
  const isSame = hashOf(set) === rollout.status?.currentPodHash || isEqual(template, rollout.spec?.template);
  return ok({ template, revision: revisionOf(set), isSame });
};

const previousOf = (rollout: Rollout, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  byRevision(sets)
    .filter((set) => hashOf(set) !== rollout.status?.currentPodHash)
    .at(-1);

/** Sets images by container name, `*` for all. Refused when no container has the name. */
export const imageChange = (
  rollout: Rollout,
  images: readonly { readonly container: string; readonly image: string }[],
): Result<PodTemplateSpec, string> => {
  const template = rollout.spec?.template;
  if (!template) return fail('the rollout has no template');
  const names = [...(template.spec.containers ?? []), ...(template.spec.initContainers ?? [])].map(({ name }) => name);
  const unknown = images.find(({ container }) => container !== '*' && !names.includes(container));
  if (unknown) return fail(`unable to find container named "${unknown.container}"; there are ${names.join(', ')}`);
  const imageOf = (name: string): string | undefined =>
    images.findLast(({ container }) => container === '*' || container === name)?.image;
  const withImages = <T extends { readonly name: string }>(containers: readonly T[]): readonly T[] =>
    containers.map((one) => ({ ...one, ...(imageOf(one.name) === undefined ? {} : { image: imageOf(one.name) }) }));
  return ok({
    ...template,
    spec: {
      ...template.spec,
      containers: withImages(template.spec.containers),
      ...(template.spec.initContainers ? { initContainers: withImages(template.spec.initContainers) } : {}),
    },
  });
};
