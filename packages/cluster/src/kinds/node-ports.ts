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

/**
 * A service as it is written over `previous`: ports that say nothing keep their node port, and a service that no longer
 * has any loses those it did not ask for anew.
 */
export const keepNodePorts = (service: Service, previous: Service): Service => {
  const { spec } = service;
  if (!Array.isArray(spec?.ports)) return service;
  const before = previous.spec?.ports ?? [];
  if (!usesNodePorts(service))
    return usesNodePorts(previous) ? withPorts(service, spec.ports.map(withoutOld(before))) : service;
  return withPorts(
    service,
    spec.ports.map((port) => {
      const same = before.find((one) => portKey(one) === portKey(port));
      return port.nodePort || !same?.nodePort ? port : { ...port, nodePort: same.nodePort };
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
    if (nodePort === undefined && usesNodePorts(service))
      return {
        kind: 'refused',
        findings: [invalidField('spec.ports', 0, 'failed to allocate a nodePort: range is full')],
      };
    if (nodePort) taken.add(nodePortKey(port, nodePort));
    given.push(nodePort ? { ...port, nodePort } : port);
  }
  return { kind: 'given', service: given.length > 0 ? withPorts(service, given) : service };
};

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

const portKey = (port: ServicePort): string => `${port.protocol ?? 'TCP'} ${port.port}`;

const withoutOld =
  (before: readonly ServicePort[]) =>
  (port: ServicePort): ServicePort => {
    if (!port.nodePort || !before.some((one) => one.nodePort === port.nodePort)) return port;
    const { nodePort: _given, ...rest } = port;
    return rest;
  };

const withPorts = (service: Service, ports: readonly ServicePort[]): Service => ({
  ...service,
  spec: { ...service.spec, ports },
});
