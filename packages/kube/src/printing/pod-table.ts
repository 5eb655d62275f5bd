/** How pods are printed. @upstream kubernetes pkg/printers/internalversion/printers.go#printPod */
import { parseTimestamp, type Instant } from '@argosy/base';

import type { ContainerStatus, Pod } from '../core/index.ts';
import { findCondition } from '../objects/conditions.ts';
import { age, ageOf, nameOf, none, table } from './table-words.ts';

/** What STATUS says of a pod. */
export const podStatusText = (pod: Pod): string => {
  const { reason, phase } = pod.status ?? {};
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  if (pod.metadata.deletionTimestamp && reason === 'NodeLost') return 'Unknown';
  if (pod.metadata.deletionTimestamp && !isOver) return 'Terminating';
  return initText(pod) ?? mainText(pod);
};

/** Pods: what is ready, how it is, and how often it had to be started again. */
export const pods = table<Pod>(
  ['Name', 'Ready', 'Status', 'Restarts', 'Age', '+IP', '+Node', '+Nominated Node', '+Readiness Gates'],
  (pod, now) => [
    nameOf(pod),
    readyText(pod),
    podStatusText(pod),
    restartsText(pod, now),
    age(pod, now),
    none(pod.status?.podIP),
    none(pod.spec?.nodeName),
    none(pod.status?.nominatedNodeName),
    gatesText(pod),
  ],
);

const mainText = (pod: Pod): string => {
  const { reason, phase, conditions, containerStatuses = [] } = pod.status ?? {};
  const isGated = findCondition(conditions, 'PodScheduled')?.reason === 'SchedulingGated';
  let text: string = isGated ? 'SchedulingGated' : (reason ?? phase ?? 'Unknown');
  for (const { state } of [...containerStatuses].reverse()) {
    if (state?.waiting?.reason) text = state.waiting.reason;
    else if (state?.terminated) text = endText(state.terminated);
  }
  if (text !== 'Completed' || !containerStatuses.some(isServing)) return text;
  return findCondition(conditions, 'Ready')?.status === 'True' ? 'Running' : 'NotReady';
};

const initText = (pod: Pod): string | undefined => {
  if (findCondition(pod.status?.conditions, 'Initialized')?.status === 'True') return undefined;
  for (const [at, container] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const { waiting, terminated } = container.state ?? {};
    if (terminated?.exitCode === 0 || (container.started && isSidecar(pod, container))) continue;
    if (terminated) return `Init:${endText(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${at}/${pod.spec?.initContainers?.length ?? 0}`;
  }
  return undefined;
};

const endText = (ended: { readonly reason?: string; readonly signal?: number; readonly exitCode: number }): string =>
  ended.reason || (ended.signal ? `Signal:${ended.signal}` : `ExitCode:${ended.exitCode}`);

/** Sidecars are counted with the containers they stand beside. */
const readyText = (pod: Pod): string => {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const isInitializing = initText(pod) !== undefined;
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').length;
  const beside = initContainerStatuses.filter((one) => isSidecar(pod, one) && one.started && one.ready).length;
  const main = isInitializing ? 0 : containerStatuses.filter(isServing).length;
  return `${beside + main}/${(pod.spec?.containers.length ?? 0) + sidecars}`;
};

const restartsText = (pod: Pod, now: Instant): string => {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const counted =
    initText(pod) === undefined
      ? [...initContainerStatuses.filter((one) => isSidecar(pod, one)), ...containerStatuses]
      : initContainerStatuses;
  const restarts = counted.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const last = counted
    .map(({ lastState }) => lastState?.terminated?.finishedAt)
    .reduce((latest, at) => ((parseTimestamp(at) ?? 0) > (parseTimestamp(latest) ?? 0) ? at : latest), undefined);
  return restarts > 0 && last !== undefined ? `${restarts} (${ageOf(last, now)} ago)` : String(restarts);
};

const gatesText = ({ spec, status }: Pod): string => {
  const gates = spec?.readinessGates ?? [];
  const open = gates.filter(({ conditionType }) => findCondition(status?.conditions, conditionType)?.status === 'True');
  return gates.length === 0 ? '<none>' : `${open.length}/${gates.length}`;
};

const isServing = ({ ready, state }: ContainerStatus): boolean => ready && state?.running !== undefined;

const isSidecar = (pod: Pod, { name }: ContainerStatus): boolean =>
  pod.spec?.initContainers?.find((spec) => spec.name === name)?.restartPolicy === 'Always';
