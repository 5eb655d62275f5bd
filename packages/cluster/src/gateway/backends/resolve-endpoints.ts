/**
 * Service and EndpointSlices → addresses to forward to. Pure.
 * @spec https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import type { EndpointSlice, Service, ServicePort } from '@argosy/kube';

import type { ServiceReference } from '../routes/route.ts';

/** A place that takes requests. */
export interface BackendEndpoint {
  readonly address: string;
  readonly port: number;
  /** Name of its pod, when it is one. */
  readonly pod?: string;
}

/** The endpoints of a service's port, or in one line why there are none. */
export type ResolvedService =
  | { readonly kind: 'ready'; readonly endpoints: readonly BackendEndpoint[] }
  | { readonly kind: 'empty'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

/** Label of an EndpointSlice that names its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Resolves; `slices` are those of the service. Only ready endpoints count, and one that says nothing is ready. */
export const resolveEndpoints = (
  reference: ServiceReference,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
): ResolvedService => {
  const name = `${reference.namespace}/${reference.name}`;
  if (!service) return { kind: 'unknown', message: `service ${name} does not exist` };
  if (service.spec?.type === 'ExternalName')
    return { kind: 'unknown', message: `not supported yet: service ${name} is an ExternalName` };
  const port = portOf(service, reference.port);
  if (!port) return { kind: 'unknown', message: `service ${name} has no port ${reference.port ?? '(name one)'}` };
  const endpoints = slices.flatMap((slice) => endpointsOf(slice, port));
  return endpoints.length > 0
    ? { kind: 'ready', endpoints }
    : { kind: 'empty', message: `no ready endpoint of service ${name}` };
};

const portOf = (service: Service, wanted: number | string | undefined): ServicePort | undefined => {
  const ports = (service.spec?.ports ?? []).filter((port) => (port.protocol ?? 'TCP') === 'TCP');
  if (wanted === undefined) return ports.length === 1 ? ports[0] : undefined;
  return ports.find((port) => (typeof wanted === 'number' ? port.port === wanted : port.name === wanted));
};

const endpointsOf = (slice: EndpointSlice, port: ServicePort): readonly BackendEndpoint[] => {
  const target = slice.ports?.find((candidate) => (candidate.name ?? '') === (port.name ?? ''))?.port;
  if (target === undefined || slice.addressType === 'FQDN') return [];
  return slice.endpoints
    .filter((endpoint) => endpoint.conditions?.ready !== false)
    .flatMap(({ addresses, targetRef }) => {
      // The addresses of one endpoint are the same pod's; the first stands for it. @spec EndpointSlice.endpoints.addresses
      const address = addresses[0];
      if (address === undefined) return [];
      return [
        { address, port: target, ...(targetRef?.kind === 'Pod' && targetRef.name ? { pod: targetRef.name } : {}) },
      ];
    });
};
