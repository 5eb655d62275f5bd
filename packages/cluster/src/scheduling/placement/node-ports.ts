/**
 * Ports of the node that pods take so that others cannot have them.
 * @upstream kubernetes pkg/scheduler/framework/plugins/nodeports
 */
import type { Pod } from '@argosy/kube';

/** Whether a pod wants a port of the node that one of its neighbours has. Pure. */
export const portsCollide = (pod: Pod, neighbours: Iterable<Pod>): boolean => {
  const ports = hostPortsOf(pod);
  if (ports.length === 0) return false;
  for (const other of neighbours) {
    const isItself = other.metadata.uid !== undefined && other.metadata.uid === pod.metadata.uid;
    if (isItself) continue;
    if (hostPortsOf(other).some((taken) => ports.some((port) => collides(port, taken)))) return true;
  }
  return false;
};

/** Whether a pod takes ports of its node. Pure. */
export const takesPorts = (pod: Pod): boolean => hostPortsOf(pod).length > 0;

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
