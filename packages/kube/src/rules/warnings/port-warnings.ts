/**
 * Ports of a pod that stand in each other's way.
 * @upstream k8s.io/kubernetes/pkg/api/pod/warnings.go#warningsForPodSpecAndMeta
 */
import { numberAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';

/** A port at its path. */
export interface PlacedPort {
  readonly path: string;
  readonly port: Draft;
}

/** Ports that are the same to who connects are looked at against no more others than this. */
const MOST_COMPARED = 100;

/** Says which ports repeat an earlier one, and which have an address of the node that nobody listens at. */
export const portWarnings = (ports: readonly PlacedPort[]): readonly string[] => {
  const known = new Map<string, PlacedPort[]>();
  return ports.flatMap((placed) => {
    const { port, path } = placed;
    const key = `${numberAt(port, 'containerPort') ?? 0}/${textAt(port, 'protocol')}`;
    const others = known.get(key) ?? [];
    known.set(key, others);
    const said = others.flatMap((other) => {
      const conflict = conflictOf(port, other.port);
      return conflict === undefined ? [] : [`${path}: ${conflict} port definition with ${other.path}`];
    });
    if (others.length < MOST_COMPARED) others.push(placed);
    const isUnheard = textAt(port, 'hostIP') !== '' && hostPortOf(port) === 0;
    return [...(isUnheard ? [`${path}: hostIP set without hostPort: ${goPort(port)}`] : []), ...said];
  });
};

const hostPortOf = (port: Draft): number => numberAt(port, 'hostPort') ?? 0;

const conflictOf = (port: Draft, other: Draft): string | undefined => {
  const [address, otherAddress] = [textAt(port, 'hostIP'), textAt(other, 'hostIP')];
  const [number, otherNumber] = [hostPortOf(port), hostPortOf(other)];
  if (address === otherAddress && number === otherNumber) return 'duplicate';
  if (number === 0 || otherNumber === 0) return 'overlapping';
  const isAmbiguous = number === otherNumber && (address === '') !== (otherAddress === '');
  return isAmbiguous ? 'dangerously ambiguous' : undefined;
};

const goPort = (port: Draft): string =>
  `{Name:${textAt(port, 'name')} HostPort:${hostPortOf(port)} ContainerPort:${numberAt(port, 'containerPort') ?? 0} Protocol:${textAt(port, 'protocol')} HostIP:${textAt(port, 'hostIP')}}`;
