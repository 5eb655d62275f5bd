/**
 * Counts of replicas as an application names them.
 * @spec CD-KUS-04
 * @upstream argo-cd pkg/apis/application/v1alpha1/types.go#KustomizeReplica, kustomize/commands/edit/set/setreplicas.go
 */
import { Failure } from '@argosy/base';
import { compareText } from '@argosy/expressions';

import type { ReplicaEntry } from '../file/kustomization.ts';

/** A count, as a number or as digits. */
export interface KustomizeReplica {
  readonly name: string;
  readonly count: number | string;
}

/** Reads `name=count`. Throws Failure `InvalidReplica`. */
export const parseKustomizeReplica = (text: string): KustomizeReplica => {
  const [name = '', count, ...rest] = text.split('=');
  if (name === '' || count === undefined || rest.length > 0)
    throw new Failure(`replicas: ${JSON.stringify(text)} is not name=count`, { code: 'InvalidReplica' });
  return { name, count: toReplicaCount({ name, count }) };
};

/** The count as a number. Throws Failure `InvalidReplica`. */
export const toReplicaCount = ({ name, count }: KustomizeReplica): number => {
  const value = typeof count === 'number' ? count : /^[-+]?\d+$/.test(count) ? Number(count) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new Failure(`replicas: count of ${name} must be a whole number, found ${JSON.stringify(count)}`, {
    code: 'InvalidReplica',
  });
};

/** Adds a count, or puts it in the place of that of the same name. */
export const mergeKustomizeReplica = (
  replicas: readonly KustomizeReplica[],
  replica: KustomizeReplica,
): readonly KustomizeReplica[] => {
  const at = replicas.findIndex(({ name }) => name === replica.name);
  return at < 0 ? [...replicas, replica] : replicas.with(at, replica);
};

/** The entries of a kustomization with overrides laid over them, sorted by name. Throws Failure `InvalidReplica`. */
export const overrideReplicas = (
  entries: readonly ReplicaEntry[],
  replicas: readonly KustomizeReplica[],
): readonly ReplicaEntry[] => {
  const byName = new Map(entries.map((entry) => [entry.name ?? '', entry] as const));
  for (const replica of replicas) byName.set(replica.name, { name: replica.name, count: toReplicaCount(replica) });
  return [...byName.values()].sort((left, right) => compareText(left.name ?? '', right.name ?? ''));
};
