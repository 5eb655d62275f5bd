/**
 * Templates with a retry strategy: a Retry node over one child per attempt. @spec WF-RETRY-01 … WF-RETRY-09
 */
import { parseTimestamp } from '@argosy/base';

import type { NodeStatus } from '../../api/kinds.ts';
import { isFulfilled } from '../../nodes/node-phase.ts';
import { podNameOf } from '../../nodes/node-names.ts';
import { decideRetry, type RetryDecision } from '../../nodes/retry-decision.ts';
import { processTemplate } from '../variables/inputs.ts';
import type { PreparedCall, Run } from '../run.ts';
import { addChild, addNode, nodeNamed, setPhase, updateNode } from '../run-nodes.ts';
import { nodeFieldsOf, templateNameOf } from './template-call.ts';

/** Runs the next attempt, goes on with the last one, or ends the Retry node. */
export const executeWithRetries = (run: Run, call: PreparedCall): NodeStatus | undefined => {
  const retry =
    nodeNamed(run, call.nodeName) ??
    addNode(run, {
      name: call.nodeName,
      type: 'Retry',
      phase: 'Running',
      boundaryID: call.boundaryID,
      more: nodeFieldsOf(call),
    });
  const attempts = attemptsOf(run, retry);
  const last = attempts.at(-1);
  if (last && !isFulfilled(last)) executeAttempt(run, call, attempts.slice(0, -1));
  const current = attemptsOf(run, retry);
  const decision = decide(run, call, current);
  if (decision.action !== 'start' && decision.action !== 'retry') return conclude(run, retry, current.at(-1), decision);
  const started = executeAttempt(run, call, current);
  if (!started) return run.nodes.get(retry.id);
  setPhase(run, retry, 'Running', '');
  addChild(run, retry.id, started.id);
  // An attempt may end at once, e.g. when its template cannot be built.
  return isFulfilled(started)
    ? conclude(run, retry, started, decide(run, call, attemptsOf(run, retry)))
    : run.nodes.get(retry.id);
};

const attemptsOf = (run: Run, retry: NodeStatus): readonly NodeStatus[] =>
  (run.nodes.get(retry.id)?.children ?? []).flatMap((id) => {
    const node = run.nodes.get(id);
    return node?.nodeFlag?.retried === true ? [node] : [];
  });

const decide = (run: Run, call: PreparedCall, attempts: readonly NodeStatus[]): RetryDecision =>
  decideRetry({
    strategy: call.template.retryStrategy ?? run.graph.spec.retryStrategy ?? {},
    attempts: attempts.map((node) => ({
      phase: node.phase,
      startedAt: parseTimestamp(node.startedAt),
      finishedAt: parseTimestamp(node.finishedAt),
      exitCode: node.outputs?.exitCode,
      message: node.message,
      daemoned: node.daemoned,
    })),
    now: run.now,
    shutdown: run.shutdown === 'Stop' && call.isExit ? '' : run.shutdown,
    workflowDeadline: call.isExit ? undefined : run.deadline,
  });

const executeAttempt = (run: Run, call: PreparedCall, before: readonly NodeStatus[]): NodeStatus | undefined => {
  const name = `${call.nodeName}(${before.length})`;
  const place = {
    ...call.place,
    ...retryScope(before),
    'node.name': name,
    ...(call.source.steps || call.source.dag
      ? {}
      : { 'pod.name': podNameOf(run.name, name, templateNameOf(call.caller)) }),
  };
  const template = processTemplate(run, call.source, call.source.inputs ?? {}, place);
  const attempt: PreparedCall = {
    ...call,
    nodeName: name,
    place,
    isAttempt: true,
    template: template.ok ? template.value : call.template,
  };
  const node = run.runner.executeByType(run, attempt);
  if (!node) return undefined;
  return updateNode(run, node, { nodeFlag: { ...node.nodeFlag, retried: true } });
};

/** What an attempt may read of the one before it; zero values on the first. @spec WF-VAR-18 */
const retryScope = (before: readonly NodeStatus[]) => {
  const last = before.at(-1);
  const [from, to] = [parseTimestamp(last?.startedAt), parseTimestamp(last?.finishedAt)];
  return {
    retries: String(before.length),
    'lastRetry.exitCode': last?.outputs?.exitCode ?? '0',
    'lastRetry.status': last?.phase ?? '',
    'lastRetry.duration': from === undefined || to === undefined ? '0' : String(Math.round((to - from) / 1000)),
    'lastRetry.message': last?.message ?? '',
  };
};

const conclude = (
  run: Run,
  retry: NodeStatus,
  last: NodeStatus | undefined,
  decision: RetryDecision,
): NodeStatus | undefined => {
  switch (decision.action) {
    case 'done':
      if (last?.outputs) updateNode(run, retry, { outputs: last.outputs });
      return setPhase(run, retry, decision.phase, decision.message);
    case 'backoff':
      run.due.push(decision.untilMs);
      return setPhase(run, retry, 'Running', decision.message);
    case 'running':
      return updateNode(run, retry, {
        phase: decision.phase,
        daemoned: true,
        ...(last?.podIP ? { podIP: last.podIP } : {}),
      });
    case 'retry':
    case 'start':
      // Another attempt is due at once; the next look starts it.
      run.due.push(run.now);
      return run.nodes.get(retry.id);
    case 'wait':
      return run.nodes.get(retry.id);
  }
};
