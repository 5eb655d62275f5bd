/**
 * What pods ask for, kept once for all pods that ask for the same: those of one template do, by the thousand.
 */
import { podAmounts, type Amounts, type Pod } from '@argosy/kube';

/** What a pod takes of a node. */
export interface PodClaim {
  /** What it requests, in nano units. */
  readonly requests: Amounts;
  /** What it counts as in scoring: a container that requests no processor or memory is one of ordinary size. */
  readonly weights: Amounts;
}

/** Says what pods ask for; equal claims are the same object, as long as there are not too many different ones. */
export const createClaims = (): ((pod: Pod) => PodClaim) => {
  const known = new Map<string, PodClaim>();
  return (pod) => {
    const requests = podAmounts(pod, 'requests');
    const weights = weightsOf(pod, requests);
    const key = `${textOf(requests)}/${textOf(weights)}`;
    const same = known.get(key);
    if (same) return same;
    if (known.size >= MOST_KNOWN) known.clear();
    const claim = { requests, weights };
    known.set(key, claim);
    return claim;
  };
};

/** What a pod counts as in scoring. Pure. */
export const weightsOf = (pod: Pod, requests: Amounts = podAmounts(pod, 'requests')): Amounts => {
  const containers = pod.spec?.containers ?? [];
  const missing = (resource: 'cpu' | 'memory'): bigint =>
    BigInt(containers.filter(({ resources }) => asksNothing(resources?.requests, resource)).length);
  return new Map([
    ['cpu', (requests.get('cpu') ?? 0n) + missing('cpu') * ORDINARY.cpu],
    ['memory', (requests.get('memory') ?? 0n) + missing('memory') * ORDINARY.memory],
  ]);
};

const MOST_KNOWN = 1000;

/** @upstream kubernetes pkg/scheduler/util/pod_resources.go: 100 millicores, 200 MB. */
const ORDINARY = { cpu: 100_000_000n, memory: 209_715_200_000_000_000n } as const;

const asksNothing = (requests: Readonly<Record<string, unknown>> | undefined, resource: string): boolean =>
  requests?.[resource] === undefined;

const textOf = (amounts: Amounts): string => [...amounts].map(([name, amount]) => `${name}=${amount}`).join(' ');
