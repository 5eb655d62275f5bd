/**
 * Whether a node has what a pod requests, and how well a node would be used with it.
 * @upstream kubernetes pkg/scheduler/framework/plugins/noderesources
 */
import { isObject } from '@argosy/base';
import { toAmounts, type Amounts, type KubeObject } from '@argosy/kube';

import type { NodeUse } from '../books/node-use.ts';

/** What a node offers, in nano units; what it does not say it has not. Pure. */
export const allocatableOf = (node: KubeObject): Amounts => {
  const status = isObject(node.status) ? node.status : {};
  const offered = isObject(status['allocatable']) ? status['allocatable'] : status['capacity'];
  return toAmounts(isObject(offered) ? (offered as Readonly<Record<string, string>>) : {});
};

/** A resource of which a node has less than is wanted, in nano units. */
export interface Shortage {
  readonly resource: string;
  readonly requested: bigint;
  /** What pods there request already. */
  readonly used: bigint;
  readonly offered: bigint;
}

/** What a node lacks for requests beside what is used: places for pods first; empty when nothing. Pure. */
export const resourceShortages = (requests: Amounts, allocatable: Amounts, use: NodeUse): readonly Shortage[] => {
  const places = { resource: 'pods', requested: ONE, used: BigInt(use.count) * ONE };
  const wanted = [...requests].map(([resource, requested]) => ({ resource, requested, used: use.requested(resource) }));
  return [places, ...wanted.filter(({ requested }) => requested > 0n)]
    .map((one): Shortage => ({ ...one, offered: allocatable.get(one.resource) ?? 0n }))
    .filter(({ requested, used, offered }) => requested > offered - used);
};

/** The same in the scheduler's words. Pure. */
export const resourceMisfits = (requests: Amounts, allocatable: Amounts, use: NodeUse): readonly string[] =>
  resourceShortages(requests, allocatable, use).map(({ resource }) =>
    resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`,
  );

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
