/** Rules of ports. @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateContainerPorts */
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { problemsOf } from '../findings.ts';

/** Says of a number that it must be a port. */
export const PORT_RULE = 'must be between 1 and 65535, inclusive';
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** Tells whether a number is a port. */
export const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65_535;

/** Problems of a port's name. @spec k8s.io/apimachinery/pkg/util/validation#IsValidPortName */
export const validatePortName = (name: string): readonly string[] => [
  ...(name.length > 15 ? ['must be no more than 15 characters'] : []),
  ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
  ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(name !== '' && (name.startsWith('-') || name.endsWith('-')) ? ['must not begin or end with a hyphen'] : []),
];

/** Findings of a port's number or name. */
export const portFindings = (port: unknown, field: string): readonly FieldError[] => {
  if (typeof port === 'string') return problemsOf(field, port, validatePortName(port));
  return typeof port !== 'number' || isPort(port) ? [] : [invalidField(field, port, PORT_RULE)];
};

/** A protocol that is present must be a known one. */
export const protocolFindings = (port: Draft, path: string): readonly FieldError[] => {
  const protocol = port['protocol'];
  if (protocol === '') return [requiredField(`${path}.protocol`)];
  return typeof protocol !== 'string' || PROTOCOLS.includes(protocol)
    ? []
    : [unsupportedValue(`${path}.protocol`, protocol, PROTOCOLS)];
};

/** Findings of a container's ports. */
export const validateContainerPorts = (container: Draft, path: string): readonly FieldError[] => {
  const names = new Set<string>();
  return itemsAt(container, 'ports').flatMap(([index, port]) => {
    const at = `${path}.ports[${index}]`;
    const name = textAt(port, 'name');
    const isRepeated = name !== '' && names.has(name);
    names.add(name);
    const hostPort = numberAt(port, 'hostPort') ?? 0;
    const containerPort = numberAt(port, 'containerPort') ?? 0;
    return [
      ...(name === '' ? [] : problemsOf(`${at}.name`, name, validatePortName(name))),
      ...(isRepeated ? [duplicateField(`${at}.name`, name)] : []),
      ...(containerPort === 0
        ? [requiredField(`${at}.containerPort`)]
        : portFindings(containerPort, `${at}.containerPort`)),
      ...(hostPort === 0 ? [] : portFindings(hostPort, `${at}.hostPort`)),
      ...protocolFindings(port, at),
    ];
  });
};

/** Ports of the host that containers running side by side both ask for. */
export const hostPortFindings = (
  containers: readonly (readonly [number, Draft])[],
  path: (index: number) => string,
): readonly FieldError[] => {
  const taken = new Set<string>();
  return containers.flatMap(([at, container]) =>
    itemsAt(container, 'ports').flatMap(([index, port]) => {
      const number = numberAt(port, 'hostPort') ?? 0;
      if (number === 0) return [];
      const place = `${textAt(port, 'protocol')}/${textAt(port, 'hostIP')}/${number}`;
      if (taken.has(place)) return [duplicateField(`${path(at)}.ports[${index}].hostPort`, place)];
      taken.add(place);
      return [];
    }),
  );
};

/** On the host's network a port of the host is the container's; templates may leave it open. */
export const hostNetworkFindings = (spec: Draft, path: string, isPod: boolean): readonly FieldError[] => {
  if (spec['hostNetwork'] !== true) return [];
  return itemsAt(spec, 'containers').flatMap(([at, container]) =>
    itemsAt(container, 'ports').flatMap(([index, port]) => {
      const hostPort = numberAt(port, 'hostPort') ?? 0;
      return (isPod || hostPort !== 0) && hostPort !== (numberAt(port, 'containerPort') ?? 0)
        ? [
            invalidField(
              `${path}.containers[${at}].ports[${index}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : [];
    }),
  );
};
