/**
 * Rules of where services lead: Endpoints and EndpointSlices.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateEndpointSubsets, pkg/apis/discovery/validation
 */
import { validateLabelValue } from '../../names/label-names.ts';
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import {
  addressFindings,
  labelNameFindings,
  problemsOf,
  qualifiedNameFindings,
  rangeFindings,
  repeatedIn,
  subdomainFindings,
  textsAt,
} from '../findings.ts';
import { ipFamily } from './ip-address.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MOST_ENDPOINTS = 1_000;
const MOST_ADDRESSES = 100;
const MOST_PORTS = 20_000;
const MOST_ZONES = 8;

/** Endpoints: addresses that lead somewhere, at ports that can be told apart. */
export const validateEndpoints = (endpoints: Draft): readonly FieldError[] =>
  itemsAt(endpoints, 'subsets').flatMap(([index, subset]) => {
    const path = `subsets[${index}]`;
    const lists = ['addresses', 'notReadyAddresses'] as const;
    const ports = itemsAt(subset, 'ports');
    return [
      ...(lists.every((name) => itemsAt(subset, name).length === 0)
        ? [requiredField(path, 'must specify `addresses` or `notReadyAddresses`')]
        : []),
      ...lists.flatMap((name) =>
        itemsAt(subset, name).flatMap(([at, address]) => validateAddress(address, `${path}.${name}[${at}]`)),
      ),
      ...ports.flatMap(([at, port]) => validatePort(port, `${path}.ports[${at}]`, ports.length > 1)),
    ];
  });

/** Slices: addresses of one sort, which stays. */
export const validateEndpointSlice = (slice: Draft, previous?: Draft): readonly FieldError[] => {
  const type = textAt(slice, 'addressType');
  return [
    ...(type === '' ? [requiredField('addressType')] : []),
    ...(type === '' || ADDRESS_TYPES.includes(type) ? [] : [unsupportedValue('addressType', type, ADDRESS_TYPES)]),
    ...validateMembers(slice, type),
    ...slicePortFindings(slice),
    ...(previous && previous['addressType'] !== slice['addressType']
      ? [invalidField('addressType', type, 'field is immutable')]
      : []),
  ];
};

const validateAddress = (address: Draft, path: string): readonly FieldError[] => {
  const ip = textAt(address, 'ip');
  const hostname = textAt(address, 'hostname');
  return [
    ...addressFindings(`${path}.ip`, ip),
    ...(hostname === '' ? [] : labelNameFindings(`${path}.hostname`, hostname)),
    ...(typeof address['nodeName'] === 'string'
      ? subdomainFindings(`${path}.nodeName`, textAt(address, 'nodeName'))
      : []),
    ...ordinaryAddressFindings(`${path}.ip`, ip),
  ];
};

/** Addresses that mean nothing, or whoever is near, lead nowhere. Deviates: processes of this machine have loopback ones. */
const ordinaryAddressFindings = (field: string, ip: string): readonly FieldError[] => {
  if (ipFamily(ip) === undefined) return [invalidField(field, ip, 'must be a valid IP address')];
  const found = SPECIAL.find(([is]) => is(ip.toLowerCase()));
  return found ? [invalidField(field, ip, found[1].replace('%', ip))] : [];
};

const isUnspecified = (ip: string): boolean => /^[0.]+$/.test(ip) || (ip.includes(':') && /^[0:]+$/.test(ip));

const SPECIAL: readonly (readonly [is: (ip: string) => boolean, problem: string])[] = [
  [isUnspecified, 'may not be unspecified (%)'],
  [
    (ip) => ip.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/.test(ip),
    'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  ],
  [
    (ip) => ip.startsWith('224.0.0.') || /^ff[0-9a-f]2:/.test(ip),
    'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
  ],
];

const validatePort = (port: Draft, path: string, needsName: boolean): readonly FieldError[] => {
  const name = textAt(port, 'name');
  const protocol = textAt(port, 'protocol');
  return [
    ...(name === '' && needsName ? [requiredField(`${path}.name`)] : []),
    ...(name === '' ? [] : labelNameFindings(`${path}.name`, name)),
    ...rangeFindings(numberAt(port, 'port') ?? 0, `${path}.port`, [1, 65_535]),
    ...protocolFindings(protocol, `${path}.protocol`),
    ...(typeof port['appProtocol'] === 'string'
      ? qualifiedNameFindings(`${path}.appProtocol`, textAt(port, 'appProtocol'))
      : []),
  ];
};

const protocolFindings = (protocol: string, field: string): readonly FieldError[] => {
  if (protocol === '') return [requiredField(field)];
  return PROTOCOLS.includes(protocol) ? [] : [unsupportedValue(field, protocol, PROTOCOLS)];
};

const validateMembers = (slice: Draft, type: string): readonly FieldError[] => {
  const endpoints = itemsAt(slice, 'endpoints');
  return endpoints.length > MOST_ENDPOINTS
    ? [tooMany('endpoints', endpoints.length, MOST_ENDPOINTS)]
    : endpoints.flatMap(([index, endpoint]) => validateEndpoint(endpoint, `endpoints[${index}]`, type));
};

const validateEndpoint = (endpoint: Draft, path: string, type: string): readonly FieldError[] => {
  const addresses = textsAt(endpoint, 'addresses');
  return [
    ...(addresses.length === 0 ? [requiredField(`${path}.addresses`, 'must contain at least 1 address')] : []),
    ...(addresses.length > MOST_ADDRESSES ? [tooMany(`${path}.addresses`, addresses.length, MOST_ADDRESSES)] : []),
    ...addresses.flatMap(([at, address]) => typedAddressFindings(`${path}.addresses[${at}]`, address, type)),
    ...(typeof endpoint['nodeName'] === 'string'
      ? subdomainFindings(`${path}.nodeName`, textAt(endpoint, 'nodeName'))
      : []),
    ...(typeof endpoint['hostname'] === 'string'
      ? labelNameFindings(`${path}.hostname`, textAt(endpoint, 'hostname'))
      : []),
    ...hintFindings(objectAt(endpoint, 'hints'), `${path}.hints.forZones`),
  ];
};

const typedAddressFindings = (field: string, address: string, type: string): readonly FieldError[] => {
  if (type === 'IPv4' || type === 'IPv6')
    return [
      ...(ipFamily(address) === type ? [] : [invalidField(field, address, `must be a valid ${type} address`)]),
      ...ordinaryAddressFindings(field, address),
    ];
  return type === 'FQDN' ? domainFindings(field, address) : [];
};

/** A domain of two labels or more. @upstream k8s.io/apimachinery/pkg/util/validation#IsFullyQualifiedDomainName */
const domainFindings = (field: string, name: string): readonly FieldError[] => {
  if (name === '') return [requiredField(field)];
  const domain = name.endsWith('.') ? name.slice(0, -1) : name;
  const wrong = subdomainFindings(field, domain);
  if (wrong.length > 0) return wrong;
  return domain.includes('.')
    ? domain.split('.').flatMap((label) => labelNameFindings(field, label))
    : [invalidField(field, domain, 'should be a domain with at least two segments separated by dots')];
};

const hintFindings = (hints: Draft, path: string): readonly FieldError[] => {
  const zones = itemsAt(hints, 'forZones');
  if (zones.length > MOST_ZONES) return [tooMany(path, zones.length, MOST_ZONES)];
  const repeated = repeatedIn(zones.map(([, zone]) => textAt(zone, 'name')));
  return zones.flatMap(([index, zone], at) => {
    const name = textAt(zone, 'name');
    const field = `${path}[${index}].name`;
    return [
      ...(repeated.has(at) ? [duplicateField(field, name)] : []),
      ...problemsOf(field, name, validateLabelValue(name)),
    ];
  });
};

const slicePortFindings = (slice: Draft): readonly FieldError[] => {
  const ports = itemsAt(slice, 'ports');
  if (ports.length > MOST_PORTS) return [tooMany('ports', ports.length, MOST_PORTS)];
  const repeated = repeatedIn(ports.map(([, port]) => textAt(port, 'name')));
  return ports.flatMap(([index, port], at) => {
    const path = `ports[${index}]`;
    const name = textAt(port, 'name');
    return [
      ...(name === '' ? [] : labelNameFindings(`${path}.name`, name)),
      ...(repeated.has(at) ? [duplicateField(`${path}.name`, name)] : []),
      ...protocolFindings(textAt(port, 'protocol'), `${path}.protocol`),
      ...(typeof port['appProtocol'] === 'string'
        ? qualifiedNameFindings(`${path}.appProtocol`, textAt(port, 'appProtocol'))
        : []),
    ];
  });
};

const tooMany = (field: string, count: number, most: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field,
  message: `Too many: ${count}: must have at most ${most} items`,
});
