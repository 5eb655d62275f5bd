/**
 * What pods use, in Prometheus' text form and under the names of upstream's kubelet.
 * @spec https://kubernetes.io/docs/reference/instrumentation/metrics/ (resource metrics)
 */
import type { Pod } from '@argosy/kube';

import type { ContainerUsage } from '../pod-runtime.ts';

interface Measured {
  readonly pod: Pod;
  readonly usage: readonly ContainerUsage[];
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** The two texts. Pure. */
export const usageText = {
  /** What runs, of a node of this name. */
  running: (node: string, pods: readonly Measured[]): string =>
    [
      metric('kubelet_node_name', 'gauge', 'Name of the node.', [[{ node }, 1]]),
      metric('kubelet_running_pods', 'gauge', 'Pods that run.', [[{}, pods.length]]),
      metric('kubelet_running_containers', 'gauge', 'Containers that run.', [
        [{ container_state: 'running' }, pods.reduce((sum, { pod }) => sum + runningIn(pod), 0)],
      ]),
    ].join(''),

  /** What the machine, the pods and their containers use. Processor time of which only the rate is known is left out. */
  resources: (
    machine: { readonly cpuSeconds: number; readonly memoryBytes: number },
    pods: readonly Measured[],
  ): string => {
    const containers = pods.flatMap(({ pod, usage }) =>
      usage.map((one) => ({ labels: { container: one.name, ...labelsOf(pod) }, usage: one })),
    );
    return [
      metric('node_cpu_usage_seconds_total', 'counter', 'Processor time of the machine.', [[{}, machine.cpuSeconds]]),
      metric('node_memory_working_set_bytes', 'gauge', 'Memory of the machine in use.', [[{}, machine.memoryBytes]]),
      metric(
        'container_cpu_usage_seconds_total',
        'counter',
        'Processor time of a container.',
        containers.flatMap(({ labels, usage: { cpu } }): readonly Sample[] =>
          cpu.kind === 'total' ? [[labels, cpu.seconds]] : [],
        ),
      ),
      metric(
        'container_memory_working_set_bytes',
        'gauge',
        'Memory of a container in use.',
        containers.map(({ labels, usage: { memoryBytes } }) => [labels, memoryBytes]),
      ),
      metric(
        'pod_memory_working_set_bytes',
        'gauge',
        'Memory of a pod in use.',
        pods.map(({ pod, usage }) => [labelsOf(pod), usage.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)]),
      ),
    ].join('');
  },
};

const runningIn = ({ status }: Pod): number =>
  (status?.containerStatuses ?? []).filter(({ state }) => state?.running).length;

const labelsOf = ({ metadata }: Pod): Labels => ({ namespace: metadata.namespace ?? '', pod: metadata.name ?? '' });

/** Names of pods and containers need no escaping. */
const metric = (name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string => {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => {
    const list = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return `${name}${list.length > 0 ? `{${list.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
};
