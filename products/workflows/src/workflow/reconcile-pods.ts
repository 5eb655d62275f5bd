/**
 * Folds what pods and their task results report into the nodes. @spec WF-POD-14 … WF-POD-16, WF-TR-02, WF-TR-03
 */
import { parseTimestamp } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import type { NodeStatus, WorkflowTaskResult } from '../api/kinds.ts';
import { LABEL_COMPLETED, LABEL_ON_EXIT, LABEL_REPORT_OUTPUTS_COMPLETED } from '../api/labels.ts';
import type { Outputs } from '../api/template-schema.ts';
import { isCompleted, isFulfilled } from '../nodes/node-phase.ts';
import { podNameOf } from '../nodes/node-names.ts';
import { assessPod } from '../nodes/pod-phase.ts';
import { completeProgress, isProgress } from '../nodes/progress.ts';
import { hasReport, podPlanOf } from '../pods/pod-plan.ts';
import { isWaitingForLock } from './templates/execute-locks.ts';
import { exportGlobalOutputs } from './variables/outputs.ts';
import type { Run } from './run.ts';
import { setPhase, updateNode } from './run-nodes.ts';

/** A pod we just created may not be visible yet. */
const POD_VISIBLE_WITHIN_MS = 10_000;
/** After that long without a report, what was promised will not come. */
const REPORT_WITHIN_MS = 120_000;

/** Brings every pod node that is not done up to date. */
export const reconcilePods = (run: Run): void => {
  for (const node of run.nodes.values()) {
    if (node.type !== 'Pod' || (isFulfilled(node) && node.daemoned !== true) || isWaitingForLock(node)) continue;
    const pod = run.facts.pods.get(node.id);
    if (pod) reconcilePod(run, node, pod);
    else missPod(run, node);
    const current = run.nodes.get(node.id);
    if (current && isFulfilled(current)) exportGlobalOutputs(run, current);
    if (current && !isFulfilled(current)) run.activePods += 1;
  }
};

const missPod = (run: Run, node: NodeStatus): void => {
  const visibleAt = (parseTimestamp(node.startedAt) ?? run.now) + POD_VISIBLE_WITHIN_MS;
  if (run.now < visibleAt) return void run.due.push(visibleAt);
  setPhase(run, node, 'Error', 'pod deleted');
};

const reconcilePod = (run: Run, node: NodeStatus, pod: Pod): void => {
  const stop = stopReason(run, pod);
  if (stop !== undefined && !hasEnded(pod)) {
    run.actions.push({ kind: 'deletePod', name: pod.metadata.name ?? '', uid: pod.metadata.uid });
    return void setPhase(run, node, 'Failed', stop);
  }
  const isDaemon = templateIsDaemon(run, node);
  const verdict = assessPod(pod, isDaemon, node);
  const result = run.facts.taskResults.get(node.id);
  if (isCompleted(verdict.phase) && !isReported(run, node, pod, result)) return;
  const current = updateNode(run, node, {
    ...(pod.status?.podIP && verdict.isDaemoned ? { podIP: pod.status.podIP } : {}),
    ...(pod.spec?.nodeName ? { hostNodeName: pod.spec.nodeName } : {}),
    ...(verdict.isDaemoned ? { daemoned: true } : {}),
    ...(result?.progress !== undefined && isProgress(result.progress) ? { progress: result.progress } : {}),
  });
  if (!isCompleted(verdict.phase)) {
    if (current.phase !== verdict.phase || (current.message ?? '') !== verdict.message)
      setPhase(run, current, verdict.phase, verdict.message);
    return;
  }
  const outputs = outputsOf(pod, result);
  const isResultError = verdict.phase === 'Succeeded' && (result?.phase === 'Error' || result?.phase === 'Failed');
  updateNode(run, current, {
    ...(outputs ? { outputs } : {}),
    taskResultSynced: true,
    ...(verdict.phase === 'Succeeded' ? { progress: completeProgress(current.progress ?? '0/1') } : {}),
  });
  setPhase(
    run,
    current,
    isResultError ? (result.phase ?? 'Error') : verdict.phase,
    isResultError ? (result.message ?? '') : verdict.message,
  );
  if (pod.metadata.labels?.[LABEL_COMPLETED] !== 'true')
    run.actions.push({ kind: 'labelPodCompleted', name: pod.metadata.name ?? podNameOf(run.name, node.name, '') });
};

const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Why a running pod must end now. On-exit pods outlive a Stop and the deadline. */
const stopReason = (run: Run, pod: Pod): string | undefined => {
  const isOnExit = pod.metadata.labels?.[LABEL_ON_EXIT] === 'true';
  if (run.shutdown === 'Terminate' || (run.shutdown === 'Stop' && !isOnExit))
    return `Stopped with strategy '${run.shutdown}'`;
  return run.deadline !== undefined && run.now >= run.deadline && !isOnExit ? 'Step exceeded its deadline' : undefined;
};

const templateIsDaemon = (run: Run, node: NodeStatus): boolean => {
  const resolved = run.graph.resolve(node.templateScope ?? run.graph.localScope, {
    template: node.templateName,
    templateRef: node.templateRef,
  });
  return resolved.ok && resolved.value.template.daemon === true;
};

/** A node is not done before what its pod promised to report has arrived. */
const isReported = (run: Run, node: NodeStatus, pod: Pod, result: WorkflowTaskResult | undefined): boolean => {
  const plan = podPlanOf(pod);
  if (!plan || !hasReport(plan) || result?.metadata.labels?.[LABEL_REPORT_OUTPUTS_COMPLETED] === 'true') return true;
  // A pod that never ran its main container has nothing to report.
  const main = pod.status?.containerStatuses?.find((status) => status.name === 'main');
  if (!main?.state?.terminated) return true;
  const givenUpAt =
    (parseTimestamp(main.state.terminated.finishedAt) ?? parseTimestamp(node.startedAt) ?? run.now) + REPORT_WITHIN_MS;
  if (run.now < givenUpAt) {
    run.due.push(givenUpAt);
    return false;
  }
  if (pod.status?.phase === 'Succeeded')
    setPhase(run, node, 'Error', 'the pod succeeded but its outputs were never reported');
  return pod.status?.phase !== 'Succeeded';
};

const outputsOf = (pod: Pod, result: WorkflowTaskResult | undefined): Outputs | undefined => {
  const exitCode = pod.status?.containerStatuses?.find((status) => status.name === 'main')?.state?.terminated?.exitCode;
  if (exitCode === undefined && !result?.outputs) return undefined;
  return { ...result?.outputs, ...(exitCode === undefined ? {} : { exitCode: String(exitCode) }) };
};
