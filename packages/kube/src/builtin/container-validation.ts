/** Rules of containers. @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateContainerCommon */
import { compareQuantities, parseQuantity } from '@argosy/base';

import { validateDns1123Label } from '../names/dns-names.ts';
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from './draft.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;
const PORT_RULE = 'must be between 1 and 65535, inclusive';

/** Where a container stands. */
export interface ContainerPlace {
  /** Names of the pod's volumes. */
  readonly volumes: readonly string[];
  readonly isInit: boolean;
}

/** Findings of the container at `path`. Missing required members are the schema's to report. */
export const validateContainer = (container: Draft, path: string, place: ContainerPlace): readonly FieldError[] => {
  const name = textAt(container, 'name');
  const policy = container['imagePullPolicy'];
  const image = textAt(container, 'image');
  const isSidecar = place.isInit && container['restartPolicy'] === 'Always';
  return [
    ...(container['name'] === undefined
      ? []
      : name === ''
        ? [requiredField(`${path}.name`)]
        : validateDns1123Label(name).map((problem) => invalidField(`${path}.name`, name, problem))),
    ...(image === '' ? [requiredField(`${path}.image`)] : []),
    ...(image === image.trim()
      ? []
      : [invalidField(`${path}.image`, image, 'must not have leading or trailing whitespace')]),
    ...(typeof policy !== 'string' || PULL_POLICIES.includes(policy)
      ? []
      : [unsupportedValue(`${path}.imagePullPolicy`, policy, PULL_POLICIES)]),
    ...validatePorts(container, path),
    ...validateEnv(container, path),
    ...validateMounts(container, path, place),
    ...validateResources(objectAt(container, 'resources'), `${path}.resources`),
    ...PROBES.flatMap((probe) => validateProbe(container, probe, path, place.isInit && !isSidecar)),
  ];
};

const validatePorts = (container: Draft, path: string): readonly FieldError[] => {
  const names = new Set<string>();
  return itemsAt(container, 'ports').flatMap(([index, port]) => {
    const at = `${path}.ports[${index}]`;
    const name = textAt(port, 'name');
    const isRepeated = name !== '' && names.has(name);
    names.add(name);
    const protocol = port['protocol'];
    return [
      ...(['containerPort', 'hostPort'] as const).flatMap((member) => {
        const value = numberAt(port, member);
        const isMissing = value === undefined || (member === 'hostPort' && value === 0);
        return isMissing || isPort(value) ? [] : [invalidField(`${at}.${member}`, value, PORT_RULE)];
      }),
      ...(isRepeated ? [duplicateField(`${at}.name`, name)] : []),
      ...(name === '' ? [] : validatePortName(name).map((problem) => invalidField(`${at}.name`, name, problem))),
      ...(typeof protocol !== 'string' || PROTOCOLS.includes(protocol)
        ? []
        : [unsupportedValue(`${at}.protocol`, protocol, PROTOCOLS)]),
    ];
  });
};

/** Tells whether a number is a port. */
export const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65_535;

/** Problems of a port's name. @spec k8s.io/apimachinery/pkg/util/validation#IsValidPortName */
export const validatePortName = (name: string): readonly string[] => [
  ...(name.length > 15 ? ['must be no more than 15 characters'] : []),
  ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
  ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(name.startsWith('-') || name.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
];

const validateEnv = (container: Draft, path: string): readonly FieldError[] =>
  itemsAt(container, 'env').flatMap(([index, variable]) => {
    const at = `${path}.env[${index}]`;
    const name = variable['name'];
    const sources = Object.keys(objectAt(variable, 'valueFrom'));
    return [
      ...(name === '' ? [requiredField(`${at}.name`)] : []),
      ...(typeof name === 'string' && (name.includes('=') || name.includes('\0'))
        ? [invalidField(`${at}.name`, name, "a valid environment variable name must not contain '='")]
        : []),
      ...(variable['valueFrom'] !== undefined && sources.length !== 1
        ? [
            invalidField(
              `${at}.valueFrom`,
              '',
              sources.length === 0
                ? 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'
                : 'may not have more than one field specified at a time',
            ),
          ]
        : []),
      ...(sources.length > 0 && textAt(variable, 'value') !== ''
        ? [invalidField(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty')]
        : []),
    ];
  });

const validateMounts = (container: Draft, path: string, place: ContainerPlace): readonly FieldError[] =>
  itemsAt(container, 'volumeMounts').flatMap(([index, mount]) => {
    const at = `${path}.volumeMounts[${index}]`;
    const name = textAt(mount, 'name');
    const subPath = textAt(mount, 'subPath');
    return [
      ...(mount['name'] !== undefined && !place.volumes.includes(name)
        ? [
            {
              reason: 'FieldValueNotFound' as const,
              field: `${at}.name`,
              message: `Not found: ${JSON.stringify(name)}`,
            },
          ]
        : []),
      ...(mount['mountPath'] === '' ? [requiredField(`${at}.mountPath`)] : []),
      ...(subPath.startsWith('/') ? [invalidField(`${at}.subPath`, subPath, 'must be a relative path')] : []),
      ...(subPath !== '' && textAt(mount, 'subPathExpr') !== ''
        ? [
            invalidField(
              `${at}.subPathExpr`,
              textAt(mount, 'subPathExpr'),
              'subPathExpr and subPath are mutually exclusive',
            ),
          ]
        : []),
      ...(subPath.split('/').includes('..') ? [invalidField(`${at}.subPath`, subPath, "must not contain '..'")] : []),
    ];
  });

const QUANTITY_RULE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const validateResources = (resources: Draft, path: string): readonly FieldError[] => {
  const limits = objectAt(resources, 'limits');
  return (['limits', 'requests'] as const).flatMap((list) =>
    Object.entries(objectAt(resources, list)).flatMap(([name, value]) => {
      if (typeof value !== 'string' && typeof value !== 'number') return [];
      const at = `${path}.${list}[${name}]`;
      const parsed = parseQuantity(value);
      if (parsed === undefined) return [invalidField(at, value, QUANTITY_RULE)];
      if (parsed < 0n) return [invalidField(at, value, 'must be greater than or equal to 0')];
      const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
      const isOver =
        list === 'requests' &&
        (typeof limit === 'string' || typeof limit === 'number') &&
        parseQuantity(limit) !== undefined &&
        compareQuantities(value, limit) > 0;
      return isOver
        ? [invalidField(`${path}.requests`, value, `must be less than or equal to ${name} limit of ${limit}`)]
        : [];
    }),
  );
};

const validateProbe = (
  container: Draft,
  name: (typeof PROBES)[number],
  path: string,
  isForbidden: boolean,
): readonly FieldError[] => {
  if (container[name] === undefined) return [];
  const at = `${path}.${name}`;
  if (isForbidden) return [forbiddenField(at, 'may not be set for init containers without restartPolicy=Always')];
  const probe = objectAt(container, name);
  const handlers = HANDLERS.filter((handler) => probe[handler] !== undefined);
  const successes = numberAt(probe, 'successThreshold');
  return [
    ...(handlers.length === 0 ? [requiredField(at, 'must specify a handler type')] : []),
    ...handlers
      .slice(1)
      .map((handler) => forbiddenField(`${at}.${handler}`, 'may not specify more than 1 handler type')),
    ...['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'].flatMap(
      (member) => {
        const value = numberAt(probe, member);
        return value !== undefined && value < 0
          ? [invalidField(`${at}.${member}`, value, 'must be greater than or equal to 0')]
          : [];
      },
    ),
    ...(name !== 'readinessProbe' && successes !== undefined && successes > 1
      ? [invalidField(`${at}.successThreshold`, successes, 'must be 1')]
      : []),
  ];
};
