/**
 * The address a service of type LoadBalancer gets: its cluster address where that leads to this machine, else the
 * machine's own, if its ports are free there. Pure.
 * @spec https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
 */
import type { EventDraft } from '@argosy/controller';
import type { Service } from '@argosy/kube';

import type { ListenerPlaces, ServiceListener } from './decide-listeners.ts';

/** A listener that could not be opened. */
export interface FailedListener {
  readonly listener: ServiceListener;
  readonly why: string;
}

/** What became of a service's listeners. */
export interface ListenerOutcome extends ListenerPlaces {
  readonly wanted: readonly ServiceListener[];
  readonly failed: readonly FailedListener[];
}

/** The status to write, `undefined` when it stays as it is, and what to tell. */
export interface BalancerDecision {
  readonly status: Service['status'] | undefined;
  readonly events: readonly EventDraft[];
}

const NOTHING: BalancerDecision = { status: undefined, events: [] };

/** Decides. */
export const decideBalancer = (service: Service, outcome: ListenerOutcome): BalancerDecision => {
  const { spec, status } = service;
  const known = status?.loadBalancer?.ingress ?? [];
  if (spec?.type !== 'LoadBalancer')
    return known.length > 0 ? { status: { ...status, loadBalancer: {} }, events: [] } : NOTHING;
  if (outcome.servesAddresses) return given(service, spec.clusterIP ?? '');
  const { nodeAddress, failed } = outcome;
  const refused = failed.filter(({ listener }) => (spec.ports ?? []).some(({ port }) => port === listener.port));
  if (refused.length > 0)
    return {
      status: undefined,
      events: refused.map(({ listener, why }) => ({
        type: 'Warning',
        reason: 'SyncLoadBalancerFailed',
        message: `port ${listener.port} of ${nodeAddress} cannot be had: ${why}; choose another port for the service`,
      })),
    };
  // Whether its ports can be had shows when there is somebody to lead to.
  return outcome.wanted.length > 0 ? given(service, nodeAddress) : NOTHING;
};

const given = ({ status }: Service, ip: string): BalancerDecision => {
  const known = status?.loadBalancer?.ingress ?? [];
  if (ip === '' || (known.length === 1 && known[0]?.ip === ip)) return NOTHING;
  return {
    status: { ...status, loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } },
    events: [{ type: 'Normal', reason: 'EnsuredLoadBalancer', message: `Ensured load balancer at ${ip}` }],
  };
};
