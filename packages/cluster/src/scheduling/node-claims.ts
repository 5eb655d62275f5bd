/**
 * What pods take of a node so that others cannot have it: devices and ports. Processor, memory and disk are shared by
 * whoever runs and are not among it.
 * @upstream kubernetes pkg/scheduler/framework/plugins/{noderesources,nodeports}
 */
import { isObject } from '@argosy/base';
import { addAmounts, podAmounts, toAmounts, type Amounts, type KubeObject, type Pod } from '@argosy/kube';

/** What a node lacks for a pod beside its neighbours, in the scheduler's words; empty when nothing. Pure. */
export const nodeClaimMisfits = (pod: Pod, node: KubeObject, neighbours: readonly Pod[]): readonly string[] => {
  const others = neighbours.filter(({ metadata }) => metadata.uid === undefined || metadata.uid !== pod.metadata.uid);
  const ports = hostPortsOf(pod);
  const isTaken =
    ports.length > 0 && others.flatMap(hostPortsOf).some((taken) => ports.some((port) => collides(port, taken)));
  return [
    ...shortDevices(pod, node, others).map((name) => `Insufficient ${name}`),
    ...(isTaken ? ["node(s) didn't have free ports for the requested pod ports"] : []),
  ];
};

/** Whether a pod takes anything others cannot have. Pure. */
export const takesNodeClaims = (pod: Pod): boolean =>
  hostPortsOf(pod).length > 0 ||
  [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].some(({ resources }) =>
    Object.keys({ ...resources?.limits, ...resources?.requests }).some(isDevice),
  );

const shortDevices = (pod: Pod, node: KubeObject, others: readonly Pod[]): readonly string[] => {
  const wanted = devicesOf(pod);
  if (wanted.length === 0) return [];
  const status = isObject(node.status) ? node.status : {};
  const allocatable = isObject(status['allocatable']) ? status['allocatable'] : {};
  const offered = toAmounts(allocatable as Readonly<Record<string, string>>);
  const used = addAmounts(...others.map((other): Amounts => new Map(devicesOf(other))));
  return wanted
    .filter(([name, amount]) => amount > (offered.get(name) ?? 0n) - (used.get(name) ?? 0n))
    .map(([name]) => name);
};

/** Resources with a domain, such as `example.com/gpu`. */
const isDevice = (name: string): boolean => name.includes('/');

const devicesOf = (pod: Pod): readonly (readonly [string, bigint])[] =>
  [...podAmounts(pod, 'requests')].filter(([name, amount]) => isDevice(name) && amount > 0n);

interface HostPort {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

const hostPortsOf = (pod: Pod): readonly HostPort[] =>
  (pod.spec?.containers ?? []).flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, hostIP, protocol = 'TCP' }) =>
      hostPort ? [{ address: hostIP || ANY_ADDRESS, protocol, port: hostPort }] : [],
    ),
  );

const ANY_ADDRESS = '0.0.0.0';

const collides = (one: HostPort, other: HostPort): boolean =>
  one.port === other.port &&
  one.protocol === other.protocol &&
  (one.address === other.address || one.address === ANY_ADDRESS || other.address === ANY_ADDRESS);
