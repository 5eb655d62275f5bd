/**
 * Does what was decided. Every action may be repeated: names are deterministic, and what is gone is gone.
 */
import { assertNever } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, keyOf, PODS, type ObjectKey } from '@argosy/kube';

import { WORKFLOW_TASK_RESULTS, WORKFLOWS, type Workflow } from '../api/kinds.ts';
import { LABEL_COMPLETED, LABEL_WORKFLOW } from '../api/labels.ts';
import type { HttpAgent } from '../http/http-agent.ts';
import type { WorkflowAction } from './run.ts';

/** What came of an action: nothing to tell, or a node whose pod the cluster refuses for good. */
export type WorkflowOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly nodeId: string; readonly message: string };

/** Ports of the actions. */
export interface ActDeps {
  readonly client: Client;
  readonly agent: HttpAgent;
}

const DONE: WorkflowOutcome = { kind: 'done' };

/** Acts. Throws what may go away by itself; a quota is such a thing. */
export const actOnWorkflow = async (
  { client, agent }: ActDeps,
  action: WorkflowAction,
  workflow: Workflow,
): Promise<WorkflowOutcome> => {
  const { namespace = '', name = '' } = workflow.metadata;
  switch (action.kind) {
    case 'createPod':
      return createPod(client, action);
    case 'sendRequest':
      agent.begin(workflow, action.nodeId, action.http);
      return DONE;
    case 'deletePod':
      return deletePod(client, { namespace, name: action.name }, action.uid);
    case 'labelPodCompleted':
      return labelPodCompleted(client, { namespace, name: action.name });
    case 'deleteTaskResults':
      return deleteTaskResults(client, namespace, name);
    case 'deleteWorkflow':
      return deleteWorkflow(client, workflow);
    default:
      return assertNever(action);
  }
};

const deletePod = (client: Client, key: ObjectKey, uid: string | undefined): Promise<WorkflowOutcome> =>
  doneUnlessGone(client.delete(PODS, key, uid === undefined ? {} : { preconditions: { uid } }));

const labelPodCompleted = (client: Client, key: ObjectKey): Promise<WorkflowOutcome> => {
  const patch = { metadata: { labels: { [LABEL_COMPLETED]: 'true' } } };
  return doneUnlessGone(client.patch(PODS, key, { kind: 'merge', patch }));
};

const deleteWorkflow = (client: Client, workflow: Workflow): Promise<WorkflowOutcome> => {
  const { uid } = workflow.metadata;
  return doneUnlessGone(
    client.delete(WORKFLOWS, keyOf(workflow), {
      propagationPolicy: 'Background',
      ...(uid ? { preconditions: { uid } } : {}),
    }),
  );
};

const createPod = async (
  client: Client,
  action: Extract<WorkflowAction, { kind: 'createPod' }>,
): Promise<WorkflowOutcome> => {
  try {
    await client.create(PODS, action.pod);
    return DONE;
  } catch (thrown) {
    if (isApiError(thrown, 'AlreadyExists')) return DONE;
    // A quota frees itself; whatever else is refused would be refused again.
    const isQuota = isApiError(thrown, 'Forbidden') && /exceeded quota/.test(thrown.message);
    if (isApiError(thrown, 'Invalid', 'BadRequest', 'Forbidden') && !isQuota)
      return { kind: 'refused', nodeId: action.nodeId, message: thrown.message };
    throw thrown;
  }
};

const deleteTaskResults = async (client: Client, namespace: string, workflow: string): Promise<WorkflowOutcome> => {
  const { items } = await client.list(WORKFLOW_TASK_RESULTS, {
    namespace,
    labelSelector: `${LABEL_WORKFLOW}=${workflow}`,
  });
  await Promise.all(items.map((item) => doneUnlessGone(client.delete(WORKFLOW_TASK_RESULTS, keyOf(item)))));
  return DONE;
};

/** What is gone, or is another one by now, needs nothing any more. */
const doneUnlessGone = async (promise: Promise<unknown>): Promise<WorkflowOutcome> => {
  try {
    await promise;
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound', 'Conflict')) throw thrown;
  }
  return DONE;
};
