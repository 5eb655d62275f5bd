/**
 * Jobs select their own pods.
 * @upstream kubernetes pkg/registry/batch/job/strategy.go
 */
import type { Job, KubeObject } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';

/** Gives a new job the selector and labels by which it finds its own pods. */
export const jobs: KindStrategy = {
  complete: (object) => withJobSelector(object),
  selectableFields: (object) => ({
    'status.successful': String((object.status as { readonly succeeded?: number } | undefined)?.succeeded ?? 0),
  }),
};

/** A job selects its own pods by its uid, unless its author chose a selector. @upstream kubernetes pkg/registry/batch/job/strategy.go#generateSelector */
const withJobSelector = (object: KubeObject): KubeObject => {
  const job = object as Job;
  const { uid = '', name = '' } = job.metadata;
  if (!job.spec || job.spec.manualSelector === true) return job;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const { template } = job.spec;
  const labelled = {
    ...template,
    metadata: { ...template?.metadata, labels: { ...template?.metadata?.labels, ...labels } },
  };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  return { ...job, spec: { ...job.spec, selector, template: labelled } };
};
