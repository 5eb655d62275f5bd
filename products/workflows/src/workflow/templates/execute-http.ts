/**
 * HTTP templates: one request per node, sent by the agent; its end comes back as a task result. @spec WF-HTTP
 */
import type { NodeStatus } from '../../api/kinds.ts';
import type { HttpTemplate } from '../../api/template-schema.ts';
import type { PreparedCall, Run } from '../run.ts';
import { addNode, nodeNamed, setPhase, updateNode } from '../run-nodes.ts';
import { nodeFieldsOf } from './template-call.ts';

/** Begins the request of a node, or folds its end in. Asking for a request that is under way again is harmless. */
export const executeHttp = (run: Run, call: PreparedCall, http: HttpTemplate): NodeStatus => {
  const node =
    nodeNamed(run, call.nodeName) ??
    addNode(run, {
      name: call.nodeName,
      type: 'HTTP',
      phase: 'Pending',
      boundaryID: call.boundaryID,
      more: { ...nodeFieldsOf(call), progress: '0/1' },
    });
  const result = run.facts.taskResults.get(node.id);
  const phase = result?.phase;
  if (phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Error') {
    run.actions.push({ kind: 'sendRequest', nodeId: node.id, http });
    return node;
  }
  updateNode(run, node, {
    ...(result?.outputs ? { outputs: result.outputs } : {}),
    taskResultSynced: true,
    ...(phase === 'Succeeded' ? { progress: '1/1' } : {}),
  });
  return setPhase(run, node, phase, result?.message ?? '');
};
