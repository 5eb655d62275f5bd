/**
 * Variables by which containers find services. Pure.
 * @upstream kubernetes pkg/kubelet/envvars/envvars.go
 */
import type { Service, ServicePort } from '@argosy/kube';

/** `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT…` and the older `NAME_PORT…` of each service with an address. */
export const serviceVariables = (services: readonly Service[]): readonly (readonly [string, string])[] =>
  services.flatMap((service) => {
    const address = service.spec?.clusterIP;
    const ports = service.spec?.ports ?? [];
    const [first] = ports;
    if (!address || address === 'None' || !first) return [];
    const name = toVariable(service.metadata.name ?? '');
    return [
      [`${name}_SERVICE_HOST`, address],
      [`${name}_SERVICE_PORT`, String(first.port)],
      ...ports
        .filter((port) => port.name)
        .map((port) => [`${name}_SERVICE_PORT_${toVariable(port.name ?? '')}`, String(port.port)] as const),
      [`${name}_PORT`, urlOf(address, first)],
      ...ports.flatMap((port) => linkVariables(name, address, port)),
    ];
  });

/** As docker named the ports of linked containers. */
const linkVariables = (name: string, address: string, port: ServicePort): readonly (readonly [string, string])[] => {
  const protocol = port.protocol ?? 'TCP';
  const prefix = `${name}_PORT_${port.port}_${protocol.toUpperCase()}`;
  return [
    [prefix, urlOf(address, port)],
    [`${prefix}_PROTO`, protocol.toLowerCase()],
    [`${prefix}_PORT`, String(port.port)],
    [`${prefix}_ADDR`, address],
  ];
};

const urlOf = (address: string, { port, protocol = 'TCP' }: ServicePort): string =>
  `${protocol.toLowerCase()}://${address}:${port}`;

const toVariable = (name: string): string => name.toUpperCase().replaceAll('-', '_');
