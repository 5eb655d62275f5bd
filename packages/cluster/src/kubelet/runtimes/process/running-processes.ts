/**
 * What containers use, read from the kernel's account of their processes.
 */
import fs from 'node:fs';

import type { Pod } from '@argosy/kube';

import type { ContainerLaunch, ContainerUsage } from '../../pod-runtime.ts';
import { childrenOf, hasOwnRoot } from './process-tree.ts';

/** The first processes of running containers. */
export interface RunningProcesses {
  add(launch: ContainerLaunch, pid: number): void;
  remove(launch: ContainerLaunch): void;
  /** The first process of a container that is inside its sandbox. */
  inside(pod: Pod, container: string): number | undefined;
  /** Usage of a pod's containers and everything they have started. */
  measure(pod: Pod): readonly ContainerUsage[];
}

/** Ticks of the kernel's clock per second, and bytes of its pages: the same on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Creates an empty collection. */
export const createRunningProcesses = (): RunningProcesses => {
  const pids = new Map<string, Map<string, number>>();
  const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';
  return {
    add: ({ pod, name }, pid) =>
      void pids.set(uidOf(pod), (pids.get(uidOf(pod)) ?? new Map<string, number>()).set(name, pid)),
    remove: ({ pod, name }) => {
      const ofPod = pids.get(uidOf(pod));
      ofPod?.delete(name);
      if (ofPod?.size === 0) pids.delete(uidOf(pod));
    },
    inside: (pod, container) => {
      const pid = pids.get(uidOf(pod))?.get(container);
      return pid === undefined ? undefined : withDescendants(pid).find(hasOwnRoot);
    },
    measure: (pod) =>
      [...(pids.get(uidOf(pod)) ?? [])].flatMap(([name, pid]) => {
        const used = withDescendants(pid).flatMap((one) => readUsage(one) ?? []);
        if (used.length === 0) return [];
        const sum = (of: (one: ProcessUsage) => number): number => used.reduce((total, one) => total + of(one), 0);
        const cpu = { kind: 'total', seconds: sum((one) => one.ticks) / TICKS_PER_SECOND } as const;
        return [{ name, cpu, memoryBytes: sum((one) => one.pages) * PAGE_BYTES }];
      }),
  };
};

interface ProcessUsage {
  /** Of the process and of its children that have ended. */
  readonly ticks: number;
  /** Resident pages that it shares with no file. */
  readonly pages: number;
}

const withDescendants = (pid: number): readonly number[] => [pid, ...childrenOf(pid).flatMap(withDescendants)];

/** `undefined` when it has ended meanwhile. @spec proc_pid_stat(5), proc_pid_statm(5) */
const readUsage = (pid: number): ProcessUsage | undefined => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may have spaces and brackets in it.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, resident = 0, shared = 0] = fs.readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ').map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, part) => sum + part, 0);
    return { ticks, pages: Math.max(0, resident - shared) };
  } catch {
    return undefined;
  }
};
