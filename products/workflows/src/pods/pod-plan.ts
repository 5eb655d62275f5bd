/**
 * What the supervisor of a pod has to do, carried by the pod itself so that a restart loses nothing.
 */
import type { Pod } from '@argosy/kube';

import type { Artifact, Parameter } from '../api/template-schema.ts';

/** Annotation of the plan. */
export const ANNOTATION_PLAN = 'workflows.argoproj.io/template';

/** Inputs to place, outputs to collect. */
export interface PodPlan {
  readonly inputs?: readonly Artifact[];
  readonly parameters?: readonly Parameter[];
  readonly artifacts?: readonly Artifact[];
  /** Source of a script, written to a file the container runs. */
  readonly script?: string;
  /** Whether standard output is a result somebody reads. */
  readonly includeResult: boolean;
}

/** Reads the plan of a pod; `undefined` for pods of others. */
export const podPlanOf = (pod: Pod): PodPlan | undefined => {
  const text = pod.metadata.annotations?.[ANNOTATION_PLAN];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as PodPlan;
  } catch {
    // Somebody else's annotation of the same name.
    return undefined;
  }
};

/** Whether the pod reports through a task result that has to be waited for. */
export const hasReport = (plan: PodPlan): boolean =>
  plan.includeResult || (plan.parameters?.length ?? 0) > 0 || (plan.artifacts?.length ?? 0) > 0;
