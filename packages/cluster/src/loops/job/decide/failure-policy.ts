/**
 * What the failure of a pod means for its Job: the first rule that matches. Pure.
 * @upstream kubernetes pkg/controller/job/pod_failure_policy.go
 */
import type { ContainerStatus, Pod } from '@argosy/kube';

import type { FailureAction, FailureRule } from '../job-policies.ts';

/** An action, and for one that fails the whole Job the words to tell it with. */
export interface JudgedFailure {
  readonly action: FailureAction;
  readonly message: string;
}

/** Judges a failed pod; without a rule that matches its failure counts. */
export const judgeFailure = (pod: Pod, rules: readonly FailureRule[]): JudgedFailure => {
  for (const [at, rule] of rules.entries()) {
    const what = matchOf(pod, rule);
    if (what !== undefined)
      return { action: rule.action, message: `${what} matching ${rule.action} rule at index ${at}` };
  }
  return { action: 'Count', message: '' };
};

const matchOf = (pod: Pod, { onExitCodes, onPodConditions }: FailureRule): string | undefined => {
  const name = `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}`;
  if (onExitCodes) {
    const found = terminatedOf(pod).find(
      ({ container, exitCode }) =>
        (onExitCodes.containerName === undefined || onExitCodes.containerName === container) &&
        onExitCodes.values.includes(exitCode) === (onExitCodes.operator === 'In'),
    );
    return found && `Container ${found.container} for pod ${name} failed with exit code ${found.exitCode}`;
  }
  const condition = (onPodConditions ?? []).find((wanted) =>
    pod.status?.conditions?.some(({ type, status }) => type === wanted.type && status === (wanted.status ?? 'True')),
  );
  return condition && `Pod ${name} has condition ${condition.type}`;
};

/** Containers that ended badly; one that ended well matches no rule. */
const terminatedOf = (pod: Pod): readonly { readonly container: string; readonly exitCode: number }[] => {
  const statuses: readonly ContainerStatus[] = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  return statuses.flatMap(({ name, state }) => {
    const exitCode = state?.terminated?.exitCode ?? 0;
    return exitCode === 0 ? [] : [{ container: name, exitCode }];
  });
};
