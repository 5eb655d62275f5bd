/**
 * What becomes of a service's fields when it is replaced: what was assigned stays where nobody says otherwise, and what
 * goes with the former type only is given up unless its author touched it.
 * @upstream kubernetes pkg/registry/core/service/strategy.go#patchAllocatedValues, #dropTypeDependentFields
 */
import { isEqual } from '@argosy/base';
import type { Service, ServiceSpec } from '@argosy/kube';

import { keepNodePorts } from './node-ports.ts';

/** A service as it is written over `previous`. Pure. */
export const changedService = (service: Service, previous: Service): Service => {
  const [spec, before] = [service.spec, previous.spec];
  if (!spec || typeof spec !== 'object' || !before) return service;
  const kept = keepNodePorts(service, previous).spec ?? spec;
  return { ...service, spec: withoutFormer(withAssigned(kept, before), before) };
};

const hasAddress = ({ type }: ServiceSpec): boolean => type !== 'ExternalName';
const isBalanced = ({ type }: ServiceSpec): boolean => type === 'LoadBalancer';
const isChecked = (spec: ServiceSpec): boolean => isBalanced(spec) && spec.externalTrafficPolicy === 'Local';
const isOutside = (spec: ServiceSpec): boolean =>
  isBalanced(spec) || spec.type === 'NodePort' || (hasAddress(spec) && (spec.externalIPs ?? []).length > 0);

/** Fields the server decided, and which services have them. */
const ASSIGNED: readonly (readonly [appliesTo: (spec: ServiceSpec) => boolean, field: keyof ServiceSpec])[] = [
  [hasAddress, 'clusterIP'],
  [hasAddress, 'ipFamilies'],
  [hasAddress, 'ipFamilyPolicy'],
  [isChecked, 'healthCheckNodePort'],
];

const withAssigned = (spec: ServiceSpec, before: ServiceSpec): ServiceSpec => {
  const kept = ASSIGNED.filter(
    ([appliesTo, field]) => appliesTo(spec) && appliesTo(before) && !isGiven(spec[field]) && isGiven(before[field]),
  ).map(([, field]) => [field, before[field]] as const);
  const completed: ServiceSpec = kept.length > 0 ? { ...spec, ...Object.fromEntries(kept) } : spec;
  // Who names another address does not mean the list that came with the former one.
  if (isGiven(spec.clusterIP) && spec.clusterIP !== before.clusterIP && isEqual(spec.clusterIPs, before.clusterIPs))
    return { ...completed, clusterIPs: [spec.clusterIP ?? ''] };
  const isSame = hasAddress(spec) && hasAddress(before) && completed.clusterIP === before.clusterIP;
  return isSame && !isGiven(completed.clusterIPs) && before.clusterIPs
    ? { ...completed, clusterIPs: before.clusterIPs }
    : completed;
};

/** Fields that go together, and which services may have them. */
const DEPENDENT: readonly (readonly [
  appliesTo: (spec: ServiceSpec) => boolean,
  fields: readonly (keyof ServiceSpec)[],
])[] = [
  [hasAddress, ['clusterIP', 'clusterIPs']],
  [hasAddress, ['ipFamilies']],
  [hasAddress, ['ipFamilyPolicy']],
  [hasAddress, ['internalTrafficPolicy']],
  [isChecked, ['healthCheckNodePort']],
  [isBalanced, ['allocateLoadBalancerNodePorts']],
  [isBalanced, ['loadBalancerClass']],
  [isOutside, ['externalTrafficPolicy']],
];

const withoutFormer = (spec: ServiceSpec, before: ServiceSpec): ServiceSpec => {
  const former = DEPENDENT.filter(
    ([appliesTo, fields]) =>
      appliesTo(before) && !appliesTo(spec) && fields.every((field) => isEqual(spec[field], before[field])),
  ).flatMap(([, fields]) => fields);
  if (former.length === 0) return spec;
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !former.includes(field as keyof ServiceSpec)));
};

/** An empty text, list or number is nothing, as upstream's types have it. */
const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && value !== 0 && !(Array.isArray(value) && value.length === 0);
