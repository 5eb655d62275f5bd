/**
 * Which records a cluster's names have. Pure.
 * @spec https://github.com/kubernetes/dns/blob/master/docs/specification.md (version 1.1.0)
 */
import type { EndpointSlice, Service, ServicePort } from '@argosy/kube';

import { RECORD_TYPES, type Answer, type DnsRecord } from './dns-message.ts';

/** The part of the cluster that names are about. */
export interface NamedWorld {
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, name: string): readonly EndpointSlice[];
  hasNamespace(name: string): boolean;
  /** The service with this cluster address. */
  serviceAt(address: string): Service | undefined;
  /** The name a pod has below a service, by the pod's address. */
  podNameAt(address: string): string | undefined;
  /** Whether cluster addresses lead anywhere; if not, names lead to the pods themselves. */
  readonly servesAddresses: boolean;
}

/** The domain of every name of the cluster. */
export const CLUSTER_DOMAIN = 'cluster.local';

const REVERSE = '.in-addr.arpa';

/** Answers; `undefined` for names that are not the cluster's: others know those. Names are in lower case. */
export const decideAnswer = (name: string, type: number, world: NamedWorld): Answer | undefined => {
  if (name.endsWith(REVERSE)) return reverseAnswer(name, type, world);
  if (name !== CLUSTER_DOMAIN && !name.endsWith(`.${CLUSTER_DOMAIN}`)) return undefined;
  const labels = name
    .slice(0, -CLUSTER_DOMAIN.length - 1)
    .split('.')
    .toReversed();
  const [kind, namespace, ...rest] = labels;
  if (name === CLUSTER_DOMAIN || ((kind === 'svc' || kind === 'pod') && namespace === undefined)) return found([]);
  if (namespace === undefined || !world.hasNamespace(namespace)) return absent();
  if (rest.length === 0) return found([]);
  if (kind === 'pod') return podAnswer(name, type, rest);
  return kind === 'svc' ? serviceAnswer(name, type, { namespace, labels: rest, world }) : absent();
};

const found = (records: readonly DnsRecord[]): Answer => ({ code: 'NOERROR', records, authoritative: true });
const absent = (): Answer => ({ code: 'NXDOMAIN', records: [], authoritative: true });
/** Records of the type asked for; a name that has others is there all the same. */
const foundOf = (type: number, records: readonly DnsRecord[]): Answer =>
  found(
    records.filter(
      (record) => type === RECORD_TYPES.ANY || RECORD_TYPES[record.kind] === type || record.kind === 'CNAME',
    ),
  );

interface ServiceName {
  readonly namespace: string;
  /** From the service's name on, the nearest to the domain first. */
  readonly labels: readonly string[];
  readonly world: NamedWorld;
}

const serviceAnswer = (name: string, type: number, { namespace, labels, world }: ServiceName): Answer => {
  const [serviceName = '', second, third, ...rest] = labels;
  const service = world.service(namespace, serviceName);
  if (!service || rest.length > 0) return absent();
  const { spec } = service;
  if (spec?.type === 'ExternalName')
    return second === undefined && spec.externalName
      ? foundOf(type, [{ kind: 'CNAME', name, target: spec.externalName }])
      : absent();
  const of = { service, slices: world.slices(namespace, serviceName), world };
  if (second === undefined) return foundOf(type, addressRecords(name, of));
  if (third !== undefined) return portAnswer(name, type, { ...of, port: third, protocol: second });
  const hosts = endpointsOf(of).filter((endpoint) => endpoint.label === second);
  return hosts.length > 0
    ? foundOf(
        type,
        hosts.map(({ address }) => ({ kind: 'A', name, address })),
      )
    : absent();
};

interface ServiceWorld {
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly world: NamedWorld;
}

const isHeadless = ({ service, world }: ServiceWorld): boolean =>
  service.spec?.clusterIP === 'None' || !world.servesAddresses;

const addressRecords = (name: string, of: ServiceWorld): readonly DnsRecord[] => {
  const address = of.service.spec?.clusterIP;
  if (!isHeadless(of)) return address ? [{ kind: 'A', name, address }] : [];
  return [...new Set(endpointsOf(of).map((endpoint) => endpoint.address))].map((one) => ({
    kind: 'A',
    name,
    address: one,
  }));
};

/** `_port._protocol.service`. */
const portAnswer = (
  name: string,
  type: number,
  of: ServiceWorld & { readonly port: string; readonly protocol: string },
): Answer => {
  const isAsked = ({ name: portName, protocol = 'TCP' }: ServicePort): boolean =>
    of.port === `_${portName ?? ''}` && of.protocol === `_${protocol.toLowerCase()}`;
  const port = (of.service.spec?.ports ?? []).find(isAsked);
  if (!port) return absent();
  const { name: service = '', namespace = '' } = of.service.metadata;
  const below = `${service}.${namespace}.svc.${CLUSTER_DOMAIN}`;
  if (!isHeadless(of)) return foundOf(type, [{ kind: 'SRV', name, target: below, port: port.port }]);
  const targets = endpointsOf(of).flatMap((endpoint) => {
    const number = endpoint.ports.find((one) => (one.name ?? '') === (port.name ?? ''))?.port;
    return number === undefined
      ? []
      : [{ kind: 'SRV' as const, name, target: `${endpoint.label}.${below}`, port: number }];
  });
  return foundOf(type, targets);
};

/** Ready endpoints; those without a host name are named after their address. */
const endpointsOf = ({ slices }: ServiceWorld) =>
  slices.flatMap((slice) =>
    (slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap((endpoint) => {
        const address = endpoint.addresses[0];
        const { hostname } = endpoint as { readonly hostname?: string };
        return address === undefined
          ? []
          : [{ address, label: hostname ?? address.replaceAll('.', '-'), ports: slice.ports ?? [] }];
      }),
  );

/** `1-2-3-4.namespace.pod`: whatever address the name says. */
const podAnswer = (name: string, type: number, labels: readonly string[]): Answer => {
  const parts = (labels[0] ?? '').split('-');
  const isAddress =
    labels.length === 1 && parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress ? foundOf(type, [{ kind: 'A', name, address: parts.join('.') }]) : absent();
};

const reverseAnswer = (name: string, type: number, world: NamedWorld): Answer | undefined => {
  const address = name.slice(0, -REVERSE.length).split('.').toReversed().join('.');
  const service = world.serviceAt(address);
  const { name: serviceName = '', namespace = '' } = service?.metadata ?? {};
  const target = service ? `${serviceName}.${namespace}.svc.${CLUSTER_DOMAIN}` : world.podNameAt(address);
  return target === undefined ? undefined : foundOf(type, [{ kind: 'PTR', name, target }]);
};
