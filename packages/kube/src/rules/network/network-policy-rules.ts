/** Rules of network policies. @upstream k8s.io/kubernetes/pkg/apis/networking/validation/validation.go#ValidateNetworkPolicySpec */
import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, rangeFindings, textsAt } from '../findings.ts';
import { isIpBlock, isStrictlyWithin } from './ip-address.ts';
import { portFindings } from '../pods/port-rules.ts';
import { selectorFindings } from '../workloads/selector-rules.ts';

const TYPES = ['Ingress', 'Egress'];
const BLOCK_RULE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** Findings of a network policy. */
export const validateNetworkPolicy = (policy: Draft): readonly FieldError[] => {
  const spec = objectAt(policy, 'spec');
  const types = textsAt(spec, 'policyTypes');
  return [
    ...selectorFindings(spec, 'podSelector', 'spec'),
    ...(
      [
        ['ingress', 'from'],
        ['egress', 'to'],
      ] as const
    ).flatMap(([way, peers]) =>
      itemsAt(spec, way).flatMap(([index, rule]) => validateRule(rule, peers, `spec.${way}[${index}]`)),
    ),
    ...(types.length > 2
      ? [invalidField('spec.policyTypes', spec['policyTypes'], 'may not specify more than two policyTypes')]
      : types.flatMap(([index, type]) =>
          TYPES.includes(type) ? [] : [unsupportedValue(`spec.policyTypes[${index}]`, type, TYPES)],
        )),
  ];
};

const validateRule = (rule: Draft, peers: 'from' | 'to', path: string): readonly FieldError[] => [
  ...itemsAt(rule, 'ports').flatMap(([index, port]) => validatePort(port, `${path}.ports[${index}]`)),
  ...itemsAt(rule, peers).flatMap(([index, peer]) => validatePeer(peer, `${path}.${peers}[${index}]`)),
];

const validatePort = (port: Draft, path: string): readonly FieldError[] => {
  const first = port['port'];
  const last = numberAt(port, 'endPort');
  return [
    ...choiceFindings(port, 'protocol', path, ['TCP', 'UDP', 'SCTP']),
    ...portFindings(first, `${path}.port`),
    ...(last === undefined ? [] : lastPortFindings(first, last, `${path}.endPort`)),
  ];
};

const lastPortFindings = (first: unknown, last: number, field: string): readonly FieldError[] => {
  if (first === undefined) return [invalidField(field, last, 'may not be specified when `port` is not specified')];
  if (typeof first !== 'number') return [invalidField(field, last, 'may not be specified when `port` is non-numeric')];
  return [
    // Upstream shows the port here, not its end.
    ...(last < first ? [invalidField(field, first, 'must be greater than or equal to `port`')] : []),
    ...rangeFindings(last, field, [1, 65_535]),
  ];
};

const validatePeer = (peer: Draft, path: string): readonly FieldError[] => {
  const given = ['podSelector', 'namespaceSelector', 'ipBlock'].filter((name) => peer[name] !== undefined);
  if (given.length === 0) return [requiredField(path, 'must specify a peer')];
  return [
    ...selectorFindings(peer, 'podSelector', path),
    ...selectorFindings(peer, 'namespaceSelector', path),
    ...(peer['ipBlock'] === undefined ? [] : validateBlock(objectAt(peer, 'ipBlock'), `${path}.ipBlock`)),
    ...(peer['ipBlock'] !== undefined && given.length > 1
      ? [forbiddenField(path, 'may not specify both ipBlock and another peer')]
      : []),
  ];
};

const validateBlock = (block: Draft, path: string): readonly FieldError[] => {
  const whole = textAt(block, 'cidr');
  if (whole === '') return [requiredField(`${path}.cidr`)];
  if (!isIpBlock(whole)) return [invalidField(`${path}.cidr`, whole, BLOCK_RULE)];
  return textsAt(block, 'except').flatMap(([index, part]) => {
    const field = `${path}.except[${index}]`;
    if (!isIpBlock(part)) return [invalidField(field, part, BLOCK_RULE)];
    return isStrictlyWithin(part, whole) ? [] : [invalidField(field, part, 'must be a strict subset of `cidr`')];
  });
};
