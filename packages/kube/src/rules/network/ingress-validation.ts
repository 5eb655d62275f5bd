/**
 * Rules of Ingress beyond its schema. @upstream kubernetes pkg/apis/networking/validation/validation.go#ValidateIngressSpec
 */
import { validateDns1035Label, validateDns1123Subdomain, validatePathSegmentName } from '../../names/dns-names.ts';
import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import {
  choiceFindings,
  labelNameFindings,
  prefixedPathFindings,
  problemsOf,
  subdomainFindings,
  textsAt,
} from '../findings.ts';
import { isIpAddress } from './ip-address.ts';
import { portFindings } from '../pods/port-rules.ts';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
/** Sequences a path of a given type may not hold: proxies disagree on them. */
const FORBIDDEN_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDINGS = ['/..', '/.'];

/** Findings of an Ingress. */
export const validateIngress = (ingress: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(ingress, 'spec');
  const rules = itemsAt(spec, 'rules');
  const hasDefault = spec['defaultBackend'] !== undefined;
  return [
    ...(rules.length === 0 && !hasDefault
      ? [invalidField('spec', {}, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(hasDefault ? validateBackend(objectAt(spec, 'defaultBackend'), 'spec.defaultBackend') : []),
    ...rules.flatMap(([index, rule]) => validateRule(rule, `spec.rules[${index}]`)),
    ...itemsAt(spec, 'tls').flatMap(([index, tls]) => validateTls(tls, `spec.tls[${index}]`)),
    ...validateClassName(ingress, spec, previous === undefined),
  ];
};

/** Findings of a class of ingresses. */
export const validateIngressClass = (ingressClass: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(ingressClass, 'spec');
  const parameters = objectAt(spec, 'parameters');
  const path = 'spec.parameters';
  return [
    ...prefixedPathFindings('spec.controller', textAt(spec, 'controller')),
    ...(spec['parameters'] === undefined
      ? []
      : [
          ...(['kind', 'name'] as const).flatMap((name) =>
            textAt(parameters, name) === '' ? [requiredField(`${path}.${name}`, `${name} is required`)] : [],
          ),
          ...(textAt(parameters, 'apiGroup') === ''
            ? []
            : subdomainFindings(`${path}.apiGroup`, textAt(parameters, 'apiGroup'))),
          ...(['kind', 'name'] as const).flatMap((name) =>
            problemsOf(`${path}.${name}`, textAt(parameters, name), validatePathSegmentName(textAt(parameters, name))),
          ),
          ...choiceFindings(parameters, 'scope', path, ['Cluster', 'Namespace']),
          ...scopeFindings(parameters, `${path}.namespace`),
        ]),
    ...(previous && spec['controller'] !== objectAt(previous, 'spec')['controller']
      ? [invalidField('spec.controller', spec['controller'] ?? null, 'field is immutable')]
      : []),
  ];
};

/** Parameters are in a namespace or not; when nothing is said they are not. */
const scopeFindings = (parameters: Draft, field: string): readonly FieldError[] => {
  const scope = parameters['scope'] ?? 'Cluster';
  const namespace = parameters['namespace'];
  if (scope === 'Cluster' && namespace !== undefined)
    return [forbiddenField(field, "`parameters.scope` is set to 'Cluster'")];
  if (scope !== 'Namespace') return [];
  return typeof namespace === 'string'
    ? labelNameFindings(field, namespace)
    : [requiredField(field, "`parameters.scope` is set to 'Namespace'")];
};

const validateTls = (tls: Draft, path: string): readonly FieldError[] => {
  const secret = textAt(tls, 'secretName');
  return [
    ...textsAt(tls, 'hosts').flatMap(([index, host]) => hostFindings(`${path}.hosts[${index}]`, host)),
    ...(secret === '' ? [] : subdomainFindings(`${path}.secretName`, secret)),
  ];
};

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

const validateClassName = (ingress: Draft, spec: Draft, isNew: boolean): readonly FieldError[] => {
  const name = textAt(spec, 'ingressClassName');
  const annotated = objectAt(objectAt(ingress, 'metadata'), 'annotations')[CLASS_ANNOTATION];
  return [
    ...(name === '' ? [] : subdomainFindings('spec.ingressClassName', name)),
    ...(isNew && name !== '' && typeof annotated === 'string' && annotated !== name
      ? [
          invalidField(
            `annotations.${CLASS_ANNOTATION}`,
            annotated,
            'must match `ingressClassName` when both are specified',
          ),
        ]
      : []),
  ];
};

const WILDCARD_RULE =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const hostFindings = (field: string, host: string): readonly FieldError[] => {
  if (!host.includes('*')) return subdomainFindings(field, host);
  const isWildcard = host.startsWith('*.') && validateDns1123Subdomain(host.slice(2)).length === 0;
  return isWildcard ? [] : [invalidField(field, host, WILDCARD_RULE)];
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
  return isIpAddress(host)
    ? [invalidField(path, host, 'must be a DNS name, not an IP address')]
    : hostFindings(path, host);
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
  return hasService
    ? validateServiceBackend(objectAt(backend, 'service'), path)
    : validateResourceBackend(objectAt(backend, 'resource'), `${path}.resource`);
};

const validateServiceBackend = (service: Draft, backend: string): readonly FieldError[] => {
  const path = `${backend}.service`;
  const name = textAt(service, 'name');
  const port = objectAt(service, 'port');
  const portName = textAt(port, 'name');
  const number = numberAt(port, 'number');
  return [
    ...(name === ''
      ? [requiredField(`${path}.name`)]
      : validateDns1035Label(name).map((problem) => invalidField(`${path}.name`, name, problem))),
    ...(portName !== '' && number ? [invalidField(backend, '', 'cannot set both port name & port number')] : []),
    ...(portName === '' && !number ? [requiredField(backend, 'port name or number is required')] : []),
    ...(portName === '' || number ? [] : portFindings(portName, `${path}.port.name`)),
    ...(number && portName === '' ? portFindings(number, `${path}.port.number`) : []),
  ];
};

const validateResourceBackend = (resource: Draft, path: string): readonly FieldError[] => {
  const group = textAt(resource, 'apiGroup');
  return [
    ...(group === '' ? [] : subdomainFindings(`${path}.apiGroup`, group)),
    ...(['kind', 'name'] as const).flatMap((name) =>
      textAt(resource, name) === '' ? [requiredField(`${path}.${name}`, `${name} is required`)] : [],
    ),
  ];
};
