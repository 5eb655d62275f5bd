/**
 * What containers use, as the engine counts it. @spec https://docs.docker.com/reference/api/engine/#tag/Container/operation/ContainerStats
 */
import type { ContainerUsage } from '../../pod-runtime.ts';
import { LABELS } from './container-labels.ts';
import { listContainers } from './engine-containers.ts';
import type { Engine } from './engine.ts';

interface Stats {
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: { readonly usage?: number; readonly stats?: Readonly<Record<string, number>> };
}

/** Measures the containers with these labels; those that do not run and sandboxes are left out. */
export const measureContainers = async (
  engine: Engine,
  labels: readonly string[],
): Promise<readonly ContainerUsage[]> => {
  const running = (await listContainers(engine, labels)).filter(
    ({ State: state, Labels: of }) => state === 'running' && of[LABELS.container] !== undefined,
  );
  const measured = await Promise.all(
    running.map(async ({ Id: id, Labels: of }) => {
      const query = { stream: false, 'one-shot': true };
      const stats = (await engine.call({ method: 'GET', path: `/containers/${id}/stats`, query })) as Stats;
      const nanoseconds = stats.cpu_stats?.cpu_usage?.total_usage;
      if (nanoseconds === undefined) return [];
      const cpu = { kind: 'total', seconds: nanoseconds / 1e9 } as const;
      return [{ name: of[LABELS.container] ?? '', cpu, memoryBytes: workingSetOf(stats) }];
    }),
  );
  return measured.flat();
};

/** What is used without files that were read and can be read again; named differently in the two versions of cgroups. */
const workingSetOf = ({ memory_stats: memory }: Stats): number => {
  const inactive = memory?.stats?.['inactive_file'] ?? memory?.stats?.['total_inactive_file'] ?? 0;
  return Math.max(0, (memory?.usage ?? 0) - inactive);
};
