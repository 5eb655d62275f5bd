/**
 * What a status may say about who balances the load of a service or an ingress.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateLoadBalancerStatus
 */
import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { addressFindings, choiceFindings, subdomainFindings } from '../findings.ts';
import { isIpAddress } from '../network/ip-address.ts';

/** Findings of where a service can be reached; how an address is used is said of addresses alone. */
export const serviceStatusFindings = (status: Draft, service: Draft): readonly FieldError[] => {
  const points = itemsAt(objectAt(status, 'loadBalancer'), 'ingress');
  if (points.length > 0 && textAt(objectAt(service, 'spec'), 'type') !== 'LoadBalancer')
    return [forbiddenField('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'")];
  return points.flatMap(([index, point]) => {
    const path = pathOf(index);
    return [...ipFindings(point, path), ...modeFindings(point, path), ...hostFindings(point, path)];
  });
};

/** Findings of where an ingress can be reached. */
export const ingressStatusFindings = (status: Draft): readonly FieldError[] =>
  itemsAt(objectAt(status, 'loadBalancer'), 'ingress').flatMap(([index, point]) => [
    ...ipFindings(point, pathOf(index)),
    ...hostFindings(point, pathOf(index)),
  ]);

const pathOf = (index: number): string => `status.loadBalancer.ingress[${index}]`;

const ipFindings = (point: Draft, path: string): readonly FieldError[] =>
  textAt(point, 'ip') === '' ? [] : addressFindings(`${path}.ip`, textAt(point, 'ip'));

const modeFindings = (point: Draft, path: string): readonly FieldError[] => {
  const hasAddress = textAt(point, 'ip') !== '';
  if (point['ipMode'] === undefined)
    return hasAddress ? [requiredField(`${path}.ipMode`, 'must be specified when `ip` is set')] : [];
  if (!hasAddress) return [forbiddenField(`${path}.ipMode`, 'may not be specified when `ip` is not set')];
  return choiceFindings(point, 'ipMode', path, ['Proxy', 'VIP']);
};

const hostFindings = (point: Draft, path: string): readonly FieldError[] => {
  const host = textAt(point, 'hostname');
  if (host === '') return [];
  return [
    ...subdomainFindings(`${path}.hostname`, host),
    ...(isIpAddress(host) ? [invalidField(`${path}.hostname`, host, 'must be a DNS name, not an IP address')] : []),
  ];
};
