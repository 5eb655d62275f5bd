/**
 * What a node tells of itself and its pods: documents of the kubelet's own server, made anew for each question.
 * @upstream kubernetes pkg/kubelet/server/{server,stats/summary}.go
 */
import { toTimestamp, type Clock, type Instant } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import type { ContainerUsage, NodeAccess, NodeDocument, PodRuntime } from '../pod-runtime.ts';
import { usageText } from './usage-text.ts';

/** What the machine as a whole uses. */
export interface MachineUsage {
  /** Processor time of all cores since the machine started. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly freeBytes: number;
  readonly startedAt: Instant;
}

/** What the documents are made of. */
export interface NodeSources {
  readonly clock: Clock;
  readonly runtime: Pick<PodRuntime, 'measure'>;
  readonly machine: () => MachineUsage;
  /** The pods of the node as they are known. */
  readonly pods: () => readonly Pod[];
}

/** A pod with what its containers use now; containers nobody can measure are left out. */
export interface MeasuredPod {
  readonly pod: Pod;
  readonly usage: readonly ContainerUsage[];
}

/** Creates the access to a node of this name. */
export const createNodeAccess = (sources: NodeSources, name: string): NodeAccess => {
  const documents: Readonly<Record<string, () => NodeDocument | Promise<NodeDocument>>> = {
    '/healthz': () => ({ contentType: 'text/plain; charset=utf-8', text: 'ok' }),
    '/metrics': async () => metricsText(usageText.running(name, await measured(sources))),
    '/metrics/resource': async () => metricsText(usageText.resources(sources.machine(), await measured(sources))),
    '/pods': () => jsonText({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: sources.pods() }),
    '/stats/summary': async () => jsonText(await summaryOf(sources, name)),
  };
  return {
    name,
    paths: Object.keys(documents),
    read: async (path) => (Object.hasOwn(documents, path) ? documents[path]?.() : undefined),
  };
};

const jsonText = (value: unknown): NodeDocument => ({ contentType: 'application/json', text: JSON.stringify(value) });

const metricsText = (text: string): NodeDocument => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text });

const measured = ({ pods, runtime }: NodeSources): Promise<readonly MeasuredPod[]> =>
  Promise.all(
    pods()
      .filter(({ status }) => status?.phase === 'Running')
      .map(async (pod) => ({ pod, usage: (await runtime.measure?.(pod)) ?? [] })),
  );

/** @spec k8s.io/kubelet/pkg/apis/stats/v1alpha1 */
const summaryOf = async (sources: NodeSources, nodeName: string): Promise<unknown> => {
  const time = toTimestamp(sources.clock.now());
  const { cpuSeconds, memoryBytes, freeBytes, startedAt } = sources.machine();
  const memory = { time, usageBytes: memoryBytes, workingSetBytes: memoryBytes };
  return {
    node: {
      nodeName,
      startTime: toTimestamp(startedAt),
      cpu: { time, usageCoreNanoSeconds: toNanos(cpuSeconds) },
      memory: { ...memory, availableBytes: freeBytes },
    },
    pods: (await measured(sources)).map(({ pod, usage }) => podSummary(pod, usage, time)),
  };
};

const podSummary = ({ metadata, status }: Pod, usage: readonly ContainerUsage[], time: string): unknown => ({
  podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
  startTime: status?.startTime ?? null,
  containers: usage.map((one) => ({
    name: one.name,
    startTime: status?.containerStatuses?.find(({ name }) => name === one.name)?.state?.running?.startedAt ?? null,
    ...usageSummary([one], time),
  })),
  ...(usage.length > 0 ? usageSummary(usage, time) : {}),
});

/** Rates and totals are told as what they are; of several, only what all of them have. */
const usageSummary = (usage: readonly ContainerUsage[], time: string): object => {
  const totals = usage.flatMap(({ cpu }) => (cpu.kind === 'total' ? [cpu.seconds] : []));
  const rates = usage.flatMap(({ cpu }) => (cpu.kind === 'rate' ? [cpu.cores] : []));
  const bytes = usage.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return {
    cpu: {
      time,
      ...(totals.length === usage.length ? { usageCoreNanoSeconds: toNanos(sumOf(totals)) } : {}),
      ...(rates.length === usage.length ? { usageNanoCores: toNanos(sumOf(rates)) } : {}),
    },
    memory: { time, usageBytes: bytes, workingSetBytes: bytes },
  };
};

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const toNanos = (value: number): number => Math.round(value * 1e9);
