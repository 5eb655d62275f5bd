/**
 * Rules of references from a pod to its own fields and to its containers' resources.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateObjectFieldSelector, #validateContainerResourceFieldSelector
 */
import { compareQuantities, parseQuantity } from '@argosy/base';

import { validateLabelKey } from '../../names/label-names.ts';
import { invalidField, requiredField, unsupportedValue, type FieldError } from '../../objects/field-error.ts';
import { textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { problemsOf } from '../findings.ts';

/** Fields that may be read into variables. */
export const VARIABLE_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Fields that may be read into files. */
export const FILE_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** Fields the API knows, whether or not they may be read. @upstream pkg/apis/core/pods/helpers.go#ConvertDownwardAPIFieldLabel */
const KNOWN_FIELDS = new Set([
  ...VARIABLE_FIELDS,
  ...FILE_FIELDS,
  'spec.host',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const LARGE_UNITS = [
  '1',
  ...['k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit) => `1${unit}`),
];

/** Findings of a reference to a field; `allowed` are those that may be read here. */
export const fieldReferenceFindings = (
  reference: Draft,
  path: string,
  allowed: readonly string[],
): readonly FieldError[] => {
  const version = textAt(reference, 'apiVersion');
  const field = textAt(reference, 'fieldPath');
  if (version === '') return [requiredField(`${path}.apiVersion`)];
  if (field === '') return [requiredField(`${path}.fieldPath`)];
  const unreadable = (why: string): readonly FieldError[] => [
    invalidField(`${path}.fieldPath`, field, `error converting fieldPath: ${why}`),
  ];
  if (version !== 'v1') return unreadable(`unsupported pod version: ${version}`);
  const [, map, key = ''] = /^(.+)\['(.*)'\]$/.exec(field) ?? [];
  if (map !== undefined) {
    if (map !== 'metadata.annotations' && map !== 'metadata.labels')
      return unreadable(`field label does not support subscript: ${field}`);
    const name = map === 'metadata.annotations' ? key.toLowerCase() : key;
    return problemsOf(path, name, validateLabelKey(name));
  }
  if (!KNOWN_FIELDS.has(field)) return unreadable(`field label not supported: ${field}`);
  const read = field === 'spec.host' ? 'spec.nodeName' : field;
  return allowed.includes(read) ? [] : [unsupportedValue(`${path}.fieldPath`, read, allowed)];
};

/** Findings of a reference to a resource of a container, which files must name. */
export const resourceReferenceFindings = (
  reference: Draft,
  path: string,
  of: { readonly isFile: boolean },
): readonly FieldError[] => {
  const resource = textAt(reference, 'resource');
  return [
    ...(of.isFile && textAt(reference, 'containerName') === ''
      ? [requiredField(`${path}.containerName`)]
      : resource === ''
        ? [requiredField(`${path}.resource`)]
        : RESOURCES.includes(resource) || isHugePages(resource)
          ? []
          : [unsupportedValue(`${path}.resource`, resource, RESOURCES)]),
    ...divisorFindings(reference, resource, `${path}.divisor`),
  ];
};

const isHugePages = (resource: string): boolean => /^(limits|requests)\.hugepages-/.test(resource);

const divisorFindings = (reference: Draft, resource: string, field: string): readonly FieldError[] => {
  const given = reference['divisor'];
  const divisor = typeof given === 'number' ? String(given) : given;
  if (typeof divisor !== 'string' || (parseQuantity(divisor) ?? 0n) === 0n) return [];
  const isOneOf = (units: readonly string[]): boolean => units.some((unit) => compareQuantities(divisor, unit) === 0);
  const kind = resource.replace(/^(limits|requests)\./, '');
  if (kind === 'cpu')
    return isOneOf(['1m', '1'])
      ? []
      : [invalidField(field, resource, "only divisor's values 1m and 1 are supported with the cpu resource")];
  const named = kind === 'memory' ? 'memory' : kind === 'ephemeral-storage' ? 'local ephemeral storage' : 'hugepages';
  if (!isHugePages(resource) && !RESOURCES.includes(resource)) return [];
  return isOneOf(LARGE_UNITS)
    ? []
    : [
        invalidField(
          field,
          resource,
          `only divisor's values ${LARGE_UNITS.join(', ')} are supported with the ${named} resource`,
        ),
      ];
};
