/**
 * The parts of a Job that say what its pods' ends mean. @spec https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 */
import type { Job, JobStatus } from '@argosy/kube';

/** What a failure that a rule matches means. */
export type FailureAction = 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';

/** One rule; of both members exactly one is there. */
export interface FailureRule {
  readonly action: FailureAction;
  readonly onExitCodes?: {
    readonly containerName?: string;
    readonly operator: 'In' | 'NotIn';
    readonly values: readonly number[];
  };
  readonly onPodConditions?: readonly { readonly type: string; readonly status?: string }[];
}

/** One way in which an Indexed job has done enough. */
export interface SuccessRule {
  readonly succeededIndexes?: string;
  readonly succeededCount?: number;
}

/** The policies of a Job's spec. */
export interface JobPolicies {
  readonly podFailurePolicy?: { readonly rules: readonly FailureRule[] };
  readonly successPolicy?: { readonly rules: readonly SuccessRule[] };
  readonly backoffLimitPerIndex?: number;
  readonly maxFailedIndexes?: number;
  readonly managedBy?: string;
}

/** Numbers of a status besides the common ones. */
export type IndexedStatus = JobStatus & { readonly failedIndexes?: string };

/** The policies; the API has checked their shape. */
export const policiesOf = (job: Job): JobPolicies => (job.spec ?? {}) as JobPolicies;

/** Whether another program looks after the Job. */
export const isManagedElsewhere = (job: Job): boolean => {
  const { managedBy } = policiesOf(job);
  return managedBy !== undefined && managedBy !== 'kubernetes.io/job-controller';
};
