/**
 * The pods of a Job, as it makes them. @upstream kubernetes pkg/controller/job/job_controller.go, indexed_job_utils.go
 */
import type { Job, Pod } from '@argosy/kube';

import { podFromTemplate } from '../pod-from-template.ts';
import { COMPLETION_INDEX } from './decide/indexes.ts';

/** The pod; one with an index knows it by its environment, its labels and its host name. */
export const jobPod = (job: Job, index: number | undefined): Pod => {
  const template = job.spec?.template ?? { spec: { containers: [] } };
  const name = job.metadata.name ?? '';
  const labels = {
    'batch.kubernetes.io/job-name': name,
    'job-name': name,
    'batch.kubernetes.io/controller-uid': job.metadata.uid ?? '',
    'controller-uid': job.metadata.uid ?? '',
  };
  if (index === undefined) return podFromTemplate(job, template, { labels });
  const pod = podFromTemplate(job, template, {
    labels: { ...labels, [COMPLETION_INDEX]: String(index) },
    annotations: { [COMPLETION_INDEX]: String(index) },
  });
  const spec = pod.spec ?? { containers: [] };
  return {
    ...pod,
    metadata: { ...pod.metadata, generateName: `${name}-${index}-` },
    spec: {
      ...spec,
      hostname: `${name}-${index}`,
      containers: spec.containers.map(withIndexVariable),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(withIndexVariable) } : {}),
    },
  };
};

const INDEX_VARIABLE = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${COMPLETION_INDEX}']` } },
};

const withIndexVariable = <T extends { readonly env?: readonly unknown[] }>(container: T) => ({
  ...container,
  env: [...(container.env ?? []), INDEX_VARIABLE],
});
