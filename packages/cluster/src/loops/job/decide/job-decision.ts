/**
 * Parts of decisions about Jobs.
 */
import type { Decision } from '@argosy/controller';
import type { JobStatus, Pod } from '@argosy/kube';

import type { JobAction } from '../decide.ts';

/** Nothing is to be done. */
export const settled = (status: JobStatus): Decision<JobStatus, JobAction> => ({
  actions: [],
  status,
  events: [],
  next: { kind: 'settled' },
});

/** Deletes a pod. */
export const deletion = (pod: Pod): JobAction => ({
  kind: 'delete-pod',
  name: pod.metadata.name ?? '',
  uid: pod.metadata.uid ?? '',
});
