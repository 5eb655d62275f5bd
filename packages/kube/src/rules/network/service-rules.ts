/** Rules of services. @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateService */
import { validateDns1035Label } from '../../names/dns-names.ts';
import { validateLabels } from '../../names/label-names.ts';
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import {
  addressFindings,
  choiceFindings,
  labelNameFindings,
  problemsOf,
  qualifiedNameFindings,
  rangeFindings,
  subdomainFindings,
  textsAt,
} from '../findings.ts';
import { isIpBlock } from './ip-address.ts';
import { isPort, PORT_RULE, portFindings, protocolFindings } from '../pods/port-rules.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const FAMILIES = ['IPv4', 'IPv6'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";
const NOT_EXTERNAL_NAME = 'may not be set for ExternalName services';
const BLOCK_RULE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const MOST_AFFINITY_SECONDS = 86_400;

/** Findings of a service; with `previous` also what an update may not change. */
export const validateService = (service: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(service, 'spec');
  const type = typeOf(spec);
  const name = textAt(objectAt(service, 'metadata'), 'name');
  return [
    ...(name === '' ? [] : problemsOf('metadata.name', name, validateDns1035Label(name))),
    ...validatePorts(spec, type),
    ...(type === 'ExternalName' ? validateAlias(spec) : validateAddresses(spec, type)),
    ...validateLabels(objectAt(spec, 'selector'), 'spec.selector'),
    ...validateAffinity(spec),
    ...textsAt(spec, 'externalIPs').flatMap(([index, address]) =>
      outsideFindings(`spec.externalIPs[${index}]`, address),
    ),
    ...choiceFindings(spec, 'type', 'spec', TYPES),
    ...validateBlocks(spec),
    ...validateTypeOnly(spec, type),
    ...choiceFindings(spec, 'externalTrafficPolicy', 'spec', TRAFFIC_POLICIES),
    ...choiceFindings(spec, 'internalTrafficPolicy', 'spec', TRAFFIC_POLICIES),
    ...choiceFindings(spec, 'trafficDistribution', 'spec', ['PreferClose']),
    ...(previous ? fixedFindings(spec, objectAt(previous, 'spec')) : []),
  ];
};

const typeOf = (spec: Draft): string => textAt(spec, 'type') || 'ClusterIP';

const validatePorts = (spec: Draft, type: string): readonly FieldError[] => {
  const ports = itemsAt(spec, 'ports');
  const isHeadless = spec['clusterIP'] === 'None';
  return [
    ...(ports.length === 0 && type !== 'ExternalName' && !isHeadless ? [requiredField('spec.ports')] : []),
    ...ports.flatMap(([index, port]) => validatePort(port, `spec.ports[${index}]`, ports.length > 1)),
    ...repeatedPorts(ports),
  ];
};

const validatePort = (port: Draft, path: string, needsName: boolean): readonly FieldError[] => {
  const number = numberAt(port, 'port') ?? 0;
  const name = textAt(port, 'name');
  const nodePort = numberAt(port, 'nodePort') ?? 0;
  return [
    ...(needsName && name === '' ? [requiredField(`${path}.name`)] : []),
    ...(name === '' ? [] : labelNameFindings(`${path}.name`, name)),
    ...(isPort(number) ? [] : [invalidField(`${path}.port`, number, PORT_RULE)]),
    ...protocolFindings(port, path),
    ...portFindings(port['targetPort'], `${path}.targetPort`),
    ...(nodePort === 0 ? [] : portFindings(nodePort, `${path}.nodePort`)),
    ...(typeof port['appProtocol'] === 'string'
      ? qualifiedNameFindings(`${path}.appProtocol`, port['appProtocol'])
      : []),
  ];
};

/** Names, and ports with their protocols, stand once. */
const repeatedPorts = (ports: readonly (readonly [number, Draft])[]): readonly FieldError[] => {
  const seen = { names: new Set<string>(), ports: new Set<string>(), nodePorts: new Set<string>() };
  const isRepeated = (of: Set<string>, key: string): boolean => {
    const isKnown = of.has(key);
    of.add(key);
    return isKnown;
  };
  return ports.flatMap(([index, port]) => {
    const path = `spec.ports[${index}]`;
    const name = textAt(port, 'name');
    const nodePort = numberAt(port, 'nodePort') ?? 0;
    const protocol = textAt(port, 'protocol') || 'TCP';
    const key = { port: port['port'], protocol };
    return [
      ...(name !== '' && isRepeated(seen.names, name) ? [duplicateField(`${path}.name`, name)] : []),
      ...(nodePort !== 0 && isRepeated(seen.nodePorts, `${protocol}/${nodePort}`)
        ? [duplicateField(`${path}.nodePort`, nodePort)]
        : []),
      ...(isRepeated(seen.ports, JSON.stringify(key)) ? [duplicateField(path, key)] : []),
    ];
  });
};

const validateAlias = (spec: Draft): readonly FieldError[] => {
  const name = textAt(spec, 'externalName').replace(/\.$/, '');
  const hasAddress = textAt(spec, 'clusterIP') !== '' || textsAt(spec, 'clusterIPs').length > 0;
  return [
    ...(hasAddress ? [forbiddenField('spec.clusterIPs', NOT_EXTERNAL_NAME)] : []),
    ...(textsAt(spec, 'ipFamilies').length > 0 ? [forbiddenField('spec.ipFamilies', NOT_EXTERNAL_NAME)] : []),
    ...(spec['ipFamilyPolicy'] === undefined ? [] : [forbiddenField('spec.ipFamilyPolicy', NOT_EXTERNAL_NAME)]),
    ...(name === '' ? [requiredField('spec.externalName')] : subdomainFindings('spec.externalName', name)),
  ];
};

const validateAddresses = (spec: Draft, type: string): readonly FieldError[] => {
  const needsAddress = type === 'LoadBalancer' || type === 'NodePort';
  const seen = new Set<string>();
  return [
    ...(needsAddress && spec['clusterIP'] === 'None'
      ? [invalidField('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)]
      : []),
    ...textsAt(spec, 'ipFamilies').flatMap(([index, family]) => {
      const isRepeated = seen.has(family);
      seen.add(family);
      return [
        ...choiceFindings({ [`ipFamilies[${index}]`]: family }, `ipFamilies[${index}]`, 'spec', FAMILIES),
        ...(isRepeated ? [duplicateField(`spec.ipFamilies[${index}]`, family)] : []),
      ];
    }),
    ...choiceFindings(spec, 'ipFamilyPolicy', 'spec', FAMILY_POLICIES),
  ];
};

const validateAffinity = (spec: Draft): readonly FieldError[] => {
  const affinity = textAt(spec, 'sessionAffinity') || 'None';
  const path = 'spec.sessionAffinityConfig';
  const config = objectAt(spec, 'sessionAffinityConfig');
  const wrong = choiceFindings(spec, 'sessionAffinity', 'spec', ['ClientIP', 'None']);
  if (wrong.length > 0) return wrong;
  if (affinity === 'None')
    return spec['sessionAffinityConfig'] === undefined
      ? []
      : [forbiddenField(path, 'must not be set when session affinity is None')];
  const seconds = numberAt(objectAt(config, 'clientIP'), 'timeoutSeconds');
  if (config['clientIP'] === undefined)
    return [requiredField(`${path}.clientIP`, 'when session affinity type is ClientIP')];
  return seconds !== undefined && (seconds <= 0 || seconds > MOST_AFFINITY_SECONDS)
    ? [
        invalidField(
          `${path}.clientIP.timeoutSeconds`,
          seconds,
          `must be greater than 0 and less than ${MOST_AFFINITY_SECONDS}`,
        ),
      ]
    : [];
};

/** Addresses that mean something else to whoever sends to them. */
const SPECIAL: readonly (readonly [pattern: RegExp, detail: string])[] = [
  [/^0+\.0+\.0+\.0+$|^[0:]+$/, 'may not be unspecified'],
  [/^127\.|^[0:]*:0*1$/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^169\.254\.|^fe[89ab][0-9a-f]:/i, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^224\.0\.0\.|^ff02:/i, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

const outsideFindings = (field: string, address: string): readonly FieldError[] => {
  const broken = addressFindings(field, address);
  if (broken.length > 0) return broken;
  return SPECIAL.filter(([pattern]) => pattern.test(address))
    .slice(0, 1)
    .map(([, detail]) =>
      invalidField(field, address, detail.endsWith('unspecified') ? `${detail} (${address})` : detail),
    );
};

const validateBlocks = (spec: Draft): readonly FieldError[] =>
  textsAt(spec, 'loadBalancerSourceRanges').flatMap(([index, block]) =>
    isIpBlock(block.trim()) ? [] : [invalidField(`spec.LoadBalancerSourceRanges[${index}]`, block.trim(), BLOCK_RULE)],
  );

/** Fields that go with some types only. */
const validateTypeOnly = (spec: Draft, type: string): readonly FieldError[] => {
  const isBalanced = type === 'LoadBalancer';
  const isOutside = isBalanced || type === 'NodePort' || textsAt(spec, 'externalIPs').length > 0;
  const policy = spec['externalTrafficPolicy'];
  return [
    ...(type === 'ClusterIP'
      ? itemsAt(spec, 'ports')
          .filter(([, port]) => (numberAt(port, 'nodePort') ?? 0) !== 0)
          .map(([index]) =>
            forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"),
          )
      : []),
    ...(!isBalanced && textsAt(spec, 'loadBalancerSourceRanges').length > 0
      ? [forbiddenField('spec.LoadBalancerSourceRanges', ONLY_BALANCED)]
      : []),
    ...(!isBalanced && spec['allocateLoadBalancerNodePorts'] !== undefined
      ? [forbiddenField('spec.allocateLoadBalancerNodePorts', ONLY_BALANCED)]
      : []),
    ...classFindings(spec, isBalanced),
    ...(!isOutside && policy !== undefined
      ? [invalidField('spec.externalTrafficPolicy', policy, 'may only be set for externally-accessible services')]
      : []),
    ...healthPortFindings(spec, isBalanced && policy === 'Local'),
  ];
};

const classFindings = (spec: Draft, isBalanced: boolean): readonly FieldError[] => {
  const name = spec['loadBalancerClass'];
  if (typeof name !== 'string') return [];
  return isBalanced
    ? qualifiedNameFindings('spec.loadBalancerClass', name)
    : [forbiddenField('spec.loadBalancerClass', ONLY_BALANCED)];
};

const healthPortFindings = (spec: Draft, isChecked: boolean): readonly FieldError[] => {
  const port = numberAt(spec, 'healthCheckNodePort') ?? 0;
  if (port === 0) return [];
  return isChecked
    ? rangeFindings(port, 'spec.healthCheckNodePort', [1, 65_535])
    : [
        invalidField(
          'spec.healthCheckNodePort',
          port,
          "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        ),
      ];
};

const isChecked = (spec: Draft): boolean =>
  typeOf(spec) === 'LoadBalancer' && spec['externalTrafficPolicy'] === 'Local';

/** What stays as long as the type does. */
const fixedFindings = (spec: Draft, before: Draft): readonly FieldError[] => {
  const isBalanced = typeOf(spec) === 'LoadBalancer' && typeOf(before) === 'LoadBalancer';
  const name = spec['loadBalancerClass'];
  return [
    ...lostAddressFindings(spec, before),
    ...(isBalanced && name !== before['loadBalancerClass']
      ? [invalidField('spec.loadBalancerClass', name ?? 'null', 'may not change once set')]
      : []),
    ...(isChecked(spec) && isChecked(before) && spec['healthCheckNodePort'] !== before['healthCheckNodePort']
      ? [forbiddenField('spec.healthCheckNodePort', 'field is immutable')]
      : []),
  ];
};

const lostAddressFindings = (spec: Draft, before: Draft): readonly FieldError[] =>
  typeOf(spec) !== 'ExternalName' &&
  typeOf(before) !== 'ExternalName' &&
  textAt(before, 'clusterIP') !== '' &&
  textAt(spec, 'clusterIP') !== textAt(before, 'clusterIP')
    ? [invalidField('spec.clusterIPs[0]', spec['clusterIP'] ?? '', 'may not change once set')]
    : [];
