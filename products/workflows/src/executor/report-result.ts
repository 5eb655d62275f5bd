/**
 * Reports what a pod of a workflow has put out, in an object of its own. @spec WF-TR-01
 */
import type { Client } from '@argosy/client';
import { isApiError, type Pod } from '@argosy/kube';

import { WORKFLOW_TASK_RESULTS, type WorkflowTaskResult } from '../api/kinds.ts';
import { ANNOTATION_NODE_ID, LABEL_REPORT_OUTPUTS_COMPLETED, LABEL_WORKFLOW } from '../api/labels.ts';
import type { Outputs } from '../api/template-schema.ts';

/** Creates or replaces the report of a pod. */
export const reportResult = async (client: Client, pod: Pod, outputs: Outputs): Promise<void> => {
  const { metadata } = pod;
  const name = metadata.annotations?.[ANNOTATION_NODE_ID] ?? '';
  const owners = metadata.ownerReferences
    ?.filter((owner) => owner.kind === 'Workflow')
    .map(({ apiVersion, kind, name: owner, uid }) => ({ apiVersion, kind, name: owner, uid }));
  const result: WorkflowTaskResult = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTaskResult',
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: { [LABEL_WORKFLOW]: metadata.labels?.[LABEL_WORKFLOW] ?? '', [LABEL_REPORT_OUTPUTS_COMPLETED]: 'true' },
      ...(owners ? { ownerReferences: owners } : {}),
    },
    outputs,
  };
  try {
    await client.create(WORKFLOW_TASK_RESULTS, result);
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    await client.patch(
      WORKFLOW_TASK_RESULTS,
      { namespace: metadata.namespace, name },
      { kind: 'merge', patch: { metadata: { labels: result.metadata.labels }, outputs } },
    );
  }
};
