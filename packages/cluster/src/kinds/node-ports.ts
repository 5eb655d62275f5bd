/**
 * Ports of the node that lead to services: kept from write to write, given out where none is asked for.
 * @upstream kubernetes pkg/registry/core/service/storage/{storage,alloc}.go
 */
import type { Random } from '@argosy/base';
import { invalidField, type FieldError, type Service, type ServicePort } from '@argosy/kube';

/** First and last port that may be given out. */
export const NODE_PORTS = [30_000, 32_767] as const;

/** Identity of a node port: TCP and UDP do not get in each other's way. */
export const nodePortKey = (port: ServicePort, nodePort: number): string => `${port.protocol ?? 'TCP'} ${nodePort}`;

/** Whether the ports of a service are reached through the node. */
const usesNodePorts = ({ spec }: Service): boolean =>
  spec?.type === 'NodePort' || (spec?.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);

const mayHaveNodePorts = ({ spec }: Service): boolean => spec?.type === 'NodePort' || spec?.type === 'LoadBalancer';

/**
 * A service as it is written over `previous`: ports that say nothing keep the node port of the one of their name, and a
 * service that no longer has any loses them unless it asks for others.
 */
export const keepNodePorts = (service: Service, previous: Service): Service => {
  const { spec } = service;
  if (!Array.isArray(spec?.ports) || !mayHaveNodePorts(previous)) return service;
  const before = previous.spec?.ports ?? [];
  const known = new Set(before.flatMap(({ nodePort }) => (nodePort ? [nodePort] : [])));
  const given = spec.ports.flatMap(({ nodePort }) => (nodePort ? [nodePort] : []));
  if (!mayHaveNodePorts(service))
    return given.every((nodePort) => known.has(nodePort))
      ? withPorts(service, spec.ports.map(withoutNodePort))
      : service;
  const used = new Set(given);
  return withPorts(
    service,
    spec.ports.map((port) => {
      const same = before.findLast((one) => (one.name ?? '') === (port.name ?? ''))?.nodePort;
      if (port.nodePort || !same || used.has(same)) return port;
      used.add(same);
      return { ...port, nodePort: same };
    }),
  );
};

/** What came of giving out ports. */
export type NodePortsOutcome =
  | { readonly kind: 'given'; readonly service: Service }
  | { readonly kind: 'refused'; readonly findings: readonly FieldError[] };

/**
 * Gives each port of a service that has none a free one. `owners` tells the uid of who has a port, by `nodePortKey`.
 * Refused when a port asked for is another's or out of range.
 */
export const assignNodePorts = (
  service: Service,
  owners: ReadonlyMap<string, string>,
  random: Random,
): NodePortsOutcome => {
  const { ports = [] } = service.spec ?? {};
  const uid = service.metadata.uid ?? '';
  const isFree = (key: string): boolean => !owners.has(key) || owners.get(key) === uid;
  const findings = ports.flatMap((port, at) => {
    const problem = port.nodePort ? problemOf(port, port.nodePort, isFree) : undefined;
    return problem === undefined ? [] : [invalidField(`spec.ports[${at}].nodePort`, port.nodePort, problem)];
  });
  if (findings.length > 0) return { kind: 'refused', findings };
  const taken = new Set(ports.flatMap((port) => (port.nodePort ? [nodePortKey(port, port.nodePort)] : [])));
  const given: ServicePort[] = [];
  for (const port of ports) {
    const nodePort = port.nodePort || (usesNodePorts(service) ? freePort(port, owners, taken, random) : undefined);
    if (nodePort === undefined && usesNodePorts(service)) return { kind: 'refused', findings: [noneLeft()] };
    if (nodePort) taken.add(nodePortKey(port, nodePort));
    given.push(nodePort ? { ...port, nodePort } : port);
  }
  const ported = given.length > 0 ? withPorts(service, given) : service;
  return withHealthPort(ported, { owners, taken, random });
};

/** The port by which a balancer asks whether this node has pods of a service: TCP, of the same range. */
const withHealthPort = (
  service: Service,
  of: { readonly owners: ReadonlyMap<string, string>; readonly taken: ReadonlySet<string>; readonly random: Random },
): NodePortsOutcome => {
  const { spec } = service;
  const isChecked = spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  if (!isChecked || spec.healthCheckNodePort) return { kind: 'given', service };
  const healthCheckNodePort = freePort({ port: 0 }, of.owners, of.taken, of.random);
  return healthCheckNodePort === undefined
    ? { kind: 'refused', findings: [noneLeft()] }
    : { kind: 'given', service: { ...service, spec: { ...spec, healthCheckNodePort } } };
};

const noneLeft = (): FieldError => invalidField('spec.ports', 0, 'failed to allocate a nodePort: range is full');

const problemOf = (port: ServicePort, nodePort: number, isFree: (key: string) => boolean): string | undefined => {
  const [first, last] = NODE_PORTS;
  if (nodePort < first || nodePort > last)
    return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`;
  return isFree(nodePortKey(port, nodePort)) ? undefined : 'provided port is already allocated';
};

/** Starts at a random place, so that a port just given up is not at once somebody else's. */
const freePort = (
  port: ServicePort,
  owners: ReadonlyMap<string, string>,
  taken: ReadonlySet<string>,
  random: Random,
): number | undefined => {
  const [first, last] = NODE_PORTS;
  const count = last - first + 1;
  const start = Math.floor(random.next() * count);
  for (let step = 0; step < count; step += 1) {
    const candidate = first + ((start + step) % count);
    const key = nodePortKey(port, candidate);
    if (!owners.has(key) && !taken.has(key)) return candidate;
  }
  return undefined;
};

const withoutNodePort = ({ nodePort: _given, ...port }: ServicePort): ServicePort => port;

const withPorts = (service: Service, ports: readonly ServicePort[]): Service => ({
  ...service,
  spec: { ...service.spec, ports },
});
