/**
 * Sends the requests of HTTP nodes and reports their ends as task results, which wake the workflow. Work goes on beside
 * the loop; a request that was under way when the process ended is sent again, as upstream's agent does.
 * @spec WF-HTTP-04, WF-HTTP-05
 */
import { Failure, messageOf, type Clock, type Logger } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, SECRETS } from '@argosy/kube';

import { WORKFLOW_TASK_RESULTS, type Workflow, type WorkflowTaskResult } from '../api/kinds.ts';
import { LABEL_REPORT_OUTPUTS_COMPLETED, LABEL_WORKFLOW } from '../api/labels.ts';
import type { HttpTemplate } from '../api/template-schema.ts';
import type { HttpPort } from './http-port.ts';
import { judgeResponse, requestOf, type HttpVerdict, type SecretValues } from './judge-response.ts';

/** The agent. */
export interface HttpAgent {
  /** Begins a request unless it is under way; the end is told by a task result named like the node. */
  begin(workflow: Workflow, nodeId: string, http: HttpTemplate): void;
  /** Forgets a workflow that has ended or is gone; its nodes may ask anew after a retry. */
  forget(uid: string | undefined): void;
}

/** Ports of the agent. */
export interface HttpAgentDeps {
  readonly client: Client;
  readonly http: HttpPort;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Creates the agent. */
export const createHttpAgent = (deps: HttpAgentDeps): HttpAgent => {
  /** Nodes by workflow whose request was sent. They stay when it has ended: the loop may not have seen the end yet. */
  const begun = new Map<string, Set<string>>();
  return {
    begin: (workflow, nodeId, http) => {
      const { uid = '', namespace = '' } = workflow.metadata;
      const nodes = begun.get(uid) ?? new Set();
      begun.set(uid, nodes);
      if (nodes.has(nodeId)) return;
      nodes.add(nodeId);
      send(deps, namespace, http)
        .then((verdict) => report(deps.client, { workflow, nodeId, verdict }))
        .catch((thrown: unknown) => {
          // Nobody will learn of this end: the next step asks again.
          nodes.delete(nodeId);
          deps.log.warn('end of an HTTP node not reported', { node: nodeId, error: messageOf(thrown) });
        });
    },
    forget: (uid = '') => void begun.delete(uid),
  };
};

const send = async (
  { client, http: port, clock }: HttpAgentDeps,
  namespace: string,
  http: HttpTemplate,
): Promise<HttpVerdict> => {
  try {
    const request = requestOf(http, await readSecrets(client, namespace, http));
    return judgeResponse(http, { request, response: await port.send(request), now: clock.now() });
  } catch (thrown) {
    return { phase: 'Failed', message: messageOf(thrown), outputs: {} };
  }
};

const readSecrets = (client: Client, namespace: string, http: HttpTemplate): Promise<SecretValues> =>
  Promise.all(
    (http.headers ?? []).map(async ({ name, valueFrom }) => {
      const reference = valueFrom?.secretKeyRef;
      if (!reference) return undefined;
      const secret = await client.get(SECRETS, { namespace, name: reference.name ?? '' });
      const value = secret.data?.[reference.key];
      if (value !== undefined) return Buffer.from(value, 'base64').toString('utf8').trim();
      if (reference.optional === true) return undefined;
      throw new Failure(`header ${name}: secret ${reference.name ?? ''} has no key ${reference.key}`, {
        code: 'SecretMissing',
      });
    }),
  );

const report = async (
  client: Client,
  {
    workflow,
    nodeId,
    verdict,
  }: { readonly workflow: Workflow; readonly nodeId: string; readonly verdict: HttpVerdict },
): Promise<void> => {
  const { namespace, name = '', uid = '' } = workflow.metadata;
  const result: WorkflowTaskResult = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTaskResult',
    metadata: {
      name: nodeId,
      namespace,
      labels: { [LABEL_WORKFLOW]: name, [LABEL_REPORT_OUTPUTS_COMPLETED]: 'true' },
      ownerReferences: [{ apiVersion: workflow.apiVersion, kind: workflow.kind, name, uid }],
    },
    ...verdict,
  };
  try {
    await client.create(WORKFLOW_TASK_RESULTS, result);
  } catch (thrown) {
    // An earlier life of the process reported already.
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
  }
};
