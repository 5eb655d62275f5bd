/**
 * Whether a node has what a pod requests, and how well a node would be used with it.
 * @upstream kubernetes pkg/scheduler/framework/plugins/noderesources
 */
import { isObject } from '@argosy/base';
import { toAmounts, type Amounts, type KubeObject } from '@argosy/kube';

import type { NodeUse } from './node-use.ts';

/** What a node offers, in nano units; what it does not say it has not. Pure. */
export const allocatableOf = (node: KubeObject): Amounts => {
  const status = isObject(node.status) ? node.status : {};
  const offered = isObject(status['allocatable']) ? status['allocatable'] : status['capacity'];
  return toAmounts(isObject(offered) ? (offered as Readonly<Record<string, string>>) : {});
};

/** What a node lacks for requests beside what is used, in the scheduler's words; empty when nothing. Pure. */
export const resourceMisfits = (requests: Amounts, allocatable: Amounts, use: NodeUse): readonly string[] => {
  const isFull = BigInt(use.count + 1) * ONE > (allocatable.get('pods') ?? 0n);
  const missing = [...requests]
    .filter(([name, amount]) => amount > 0n && amount > (allocatable.get(name) ?? 0n) - use.requested(name))
    .map(([name]) => `Insufficient ${name}`);
  return isFull ? ['Too many pods', ...missing] : missing;
};

/**
 * How well a node would be used with a pod on it, 0 to 200: half for what stays free of processor and memory, half for
 * using both alike. Pure.
 */
export const usageScore = (weights: Amounts, allocatable: Amounts, use: NodeUse): number => {
  const fractions = WEIGHED.map((resource) => {
    const offered = Number(allocatable.get(resource) ?? 0n);
    const used = Number(use.weighed(resource) + (weights.get(resource) ?? 0n));
    return offered === 0 ? 1 : Math.min(1, used / offered);
  });
  const [cpu = 1, memory = 1] = fractions;
  const free = (1 - cpu + (1 - memory)) / fractions.length;
  const balance = 1 - Math.abs(cpu - memory) / 2;
  return Math.floor(100 * free) + Math.floor(100 * balance);
};

/** One piece, in nano units. */
const ONE = 1_000_000_000n;

const WEIGHED = ['cpu', 'memory'] as const;
