/**
 * Locks of a workflow and of its nodes: taken before something starts, given back when it has ended.
 * @spec WF-SYNC-02 … WF-SYNC-11
 */
import { fail, ok, parseTimestamp, type Result } from '@argosy/base';
import { substituteTags } from '@argosy/expressions';

import type { NodeStatus, NodeType } from '../../api/kinds.ts';
import type { Synchronization, Template } from '../../api/template-schema.ts';
import { formatLockKey, holderKeyOf, workflowOfHolder } from '../../locks/lock-key.ts';
import { acquireLocks, releaseLocks, type LockAnswer } from '../../locks/lock-table.ts';
import { isFulfilled } from '../../nodes/node-phase.ts';
import { nodeIdOf } from '../../nodes/node-names.ts';
import type { PreparedCall, Run } from '../run.ts';
import { addNode, nodeNamed, setPhase, updateNode } from '../run-nodes.ts';
import { failNode, nodeFieldsOf } from './template-call.ts';

/** Takes the locks of the whole workflow; absent when it has none or holds them. */
export const acquireWorkflowLocks = (run: Run): Result<Extract<LockAnswer, { kind: 'waiting' }> | undefined> => {
  const { synchronization } = run.graph.spec;
  if (!synchronization) return ok(undefined);
  const resolved = substituteTags(synchronization, run.globals, { unresolved: { kind: 'allow' }, now: run.now });
  const answer = resolved.ok ? acquire(run, resolved.value, '') : fail(resolved.error.message);
  if (!answer.ok) return answer;
  return ok(answer.value.kind === 'waiting' ? answer.value : undefined);
};

/**
 * Takes the locks of a node that has not started. Gives the node when it cannot start: it waits, or it failed; absent
 * when it may start now.
 */
export const acquireNodeLocks = (run: Run, call: PreparedCall): NodeStatus | undefined => {
  const { synchronization } = call.template;
  const existing = nodeNamed(run, call.nodeName);
  if (!synchronization || (existing && !isWaitingForLock(existing))) return undefined;
  const isStopped = run.shutdown === 'Terminate' || (run.shutdown === 'Stop' && call.isExit !== true);
  if (isStopped)
    return existing && setPhase(run, stopWaiting(run, existing), 'Failed', `Stopped with strategy '${run.shutdown}'`);
  const answer = acquire(run, synchronization, nodeIdOf(run.name, call.nodeName));
  if (!answer.ok)
    return existing
      ? setPhase(run, stopWaiting(run, existing), 'Error', answer.error)
      : failNode(run, call, answer.error);
  if (answer.value.kind === 'acquired') {
    // It starts anew: what waited was only its place.
    if (existing) run.nodes.delete(existing.id);
    return undefined;
  }
  const { lock, message } = answer.value;
  const node =
    existing ??
    addNode(run, {
      name: call.nodeName,
      type: nodeTypeOf(call.template, run),
      phase: 'Pending',
      boundaryID: call.boundaryID,
      more: nodeFieldsOf(call),
    });
  return updateNode(run, node, { message, synchronizationStatus: { waiting: lock } });
};

/** Whether a node has not started because of a lock. */
export const isWaitingForLock = (node: NodeStatus): boolean => (node.synchronizationStatus?.waiting ?? '') !== '';

/** Gives back the locks of nodes that have ended or are gone, and places in queues nobody waits at. */
export const releaseEndedNodes = (run: Run): void => {
  const us = keyOfRun(run);
  run.locks.table = releaseLocks(run.locks.table, (holder, as) => {
    if (workflowOfHolder(holder) !== us || holder === us) return false;
    const node = run.nodes.get(holder.slice(us.length + 1));
    if (!node || isFulfilled(node)) return true;
    return as === 'waiter' && !isWaitingForLock(node);
  });
};

/** Gives back everything; for a workflow that has ended. */
export const releaseWorkflow = (run: Run): void => {
  const us = keyOfRun(run);
  run.locks.table = releaseLocks(run.locks.table, (holder) => workflowOfHolder(holder) === us);
};

const stopWaiting = (run: Run, node: NodeStatus): NodeStatus =>
  updateNode(run, node, { synchronizationStatus: undefined });

const keyOfRun = (run: Run): string =>
  holderKeyOf({ namespace: run.workflow.metadata.namespace ?? '', name: run.name });

const acquire = (run: Run, synchronization: Synchronization, nodeId: string): Result<LockAnswer> => {
  const locks = locksOf(run, synchronization);
  if (!locks.ok) return locks;
  const { metadata } = run.workflow;
  const { table, answer } = acquireLocks(run.locks.table, {
    holder: holderKeyOf({ namespace: metadata.namespace ?? '', name: run.name }, nodeId),
    priority: run.graph.spec.priority ?? 0,
    createdAt: parseTimestamp(metadata.creationTimestamp) ?? run.now,
    locks: locks.value,
  });
  run.locks.table = table;
  return ok(answer);
};

const locksOf = (
  run: Run,
  { mutexes = [], semaphores = [] }: Synchronization,
): Result<readonly { readonly key: string; readonly limit: number }[]> => {
  const own = run.workflow.metadata.namespace ?? '';
  const locks: { readonly key: string; readonly limit: number }[] = [];
  for (const { name = '', namespace = own } of mutexes)
    locks.push({ key: formatLockKey({ namespace, kind: 'Mutex', name }), limit: 1 });
  for (const { configMapKeyRef, namespace = own } of semaphores) {
    const { name = '', key = '' } = configMapKeyRef ?? {};
    const limit = run.facts.semaphoreLimit(namespace, name, key);
    if (!limit.ok) return fail(`Failed to acquire the synchronization lock. ${limit.error}`);
    locks.push({ key: formatLockKey({ namespace, kind: 'ConfigMap', name, key }), limit: limit.value });
  }
  return ok(locks);
};

const nodeTypeOf = (template: Template, run: Run): NodeType => {
  if (template.retryStrategy ?? run.graph.spec.retryStrategy) return 'Retry';
  if (template.steps) return 'Steps';
  if (template.dag) return 'DAG';
  if (template.http) return 'HTTP';
  return template.suspend ? 'Suspend' : 'Pod';
};
