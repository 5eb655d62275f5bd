/**
 * Rules of Ingress beyond its schema. @upstream kubernetes pkg/apis/networking/validation/validation.go#ValidateIngressSpec
 */
import { validateDns1035Label, validateDns1123Subdomain } from '../names/dns-names.ts';
import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from './draft.ts';
import { isPort } from './pod-rules/port-rules.ts';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
/** Sequences a path of a given type may not hold: proxies disagree on them. */
const FORBIDDEN_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDINGS = ['/..', '/.'];

/** Findings of an Ingress. */
export const validateIngress = (ingress: Draft): readonly FieldError[] => {
  const spec = objectAt(ingress, 'spec');
  const rules = itemsAt(spec, 'rules');
  const hasDefault = spec['defaultBackend'] !== undefined;
  return [
    ...(rules.length === 0 && !hasDefault
      ? [invalidField('spec', {}, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(hasDefault ? validateBackend(objectAt(spec, 'defaultBackend'), 'spec.defaultBackend') : []),
    ...rules.flatMap(([index, rule]) => validateRule(rule, `spec.rules[${index}]`)),
  ];
};

const validateRule = (rule: Draft, path: string): readonly FieldError[] => {
  const paths = itemsAt(objectAt(rule, 'http'), 'paths');
  return [
    ...validateHost(textAt(rule, 'host'), `${path}.host`),
    ...(rule['http'] !== undefined && paths.length === 0 ? [requiredField(`${path}.http.paths`)] : []),
    ...paths.flatMap(([index, each]) => validatePath(each, `${path}.http.paths[${index}]`)),
  ];
};

const validateHost = (host: string, path: string): readonly FieldError[] => {
  if (host === '') return [];
  if (/^[\d.]+$/.test(host) || host.includes(':'))
    return [invalidField(path, host, 'must be a DNS name, not an IP address')];
  const name = host.startsWith('*.') ? host.slice(2) : host;
  return validateDns1123Subdomain(name).map((problem) => invalidField(path, host, problem));
};

const validatePath = (entry: Draft, path: string): readonly FieldError[] => {
  const type = textAt(entry, 'pathType');
  const value = textAt(entry, 'path');
  const backend = validateBackend(objectAt(entry, 'backend'), `${path}.backend`);
  if (type === '') return [requiredField(`${path}.pathType`, 'pathType must be specified'), ...backend];
  if (!PATH_TYPES.includes(type)) return [unsupportedValue(`${path}.pathType`, type, PATH_TYPES), ...backend];
  if (type === 'ImplementationSpecific' && value === '') return backend;
  if (!value.startsWith('/')) return [invalidField(`${path}.path`, value, 'must be an absolute path'), ...backend];
  if (type === 'ImplementationSpecific') return backend;
  const holds = FORBIDDEN_SEQUENCES.filter((sequence) => value.includes(sequence));
  const ends = FORBIDDEN_ENDINGS.filter((ending) => value.endsWith(ending));
  return [
    ...holds.map((sequence) => invalidField(`${path}.path`, value, `must not contain '${sequence}'`)),
    ...ends.map((ending) => invalidField(`${path}.path`, value, `cannot end with '${ending}'`)),
    ...backend,
  ];
};

const validateBackend = (backend: Draft, path: string): readonly FieldError[] => {
  const hasService = backend['service'] !== undefined;
  const hasResource = backend['resource'] !== undefined;
  if (hasService && hasResource) return [invalidField(path, '', 'cannot set both resource and service backends')];
  if (!hasService && !hasResource) return [invalidField(path, '', 'resource or service backend is required')];
  return hasService ? validateServiceBackend(objectAt(backend, 'service'), `${path}.service`) : [];
};

const validateServiceBackend = (service: Draft, path: string): readonly FieldError[] => {
  const name = textAt(service, 'name');
  const port = objectAt(service, 'port');
  const portName = textAt(port, 'name');
  const number = numberAt(port, 'number');
  return [
    ...(name === ''
      ? [requiredField(`${path}.name`)]
      : validateDns1035Label(name).map((problem) => invalidField(`${path}.name`, name, problem))),
    ...(portName !== '' && number ? [forbiddenField(`${path}.port`, 'cannot set both port name & port number')] : []),
    ...(portName === '' && !number ? [requiredField(`${path}.port`, 'port name or number is required')] : []),
    ...(number && !isPort(number)
      ? [invalidField(`${path}.port.number`, number, 'must be between 1 and 65535, inclusive')]
      : []),
  ];
};
