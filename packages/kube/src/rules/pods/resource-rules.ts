/**
 * Rules of what containers ask for.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateResourceRequirements
 */
import { compareQuantities, parseQuantity } from '@argosy/base';

import { validateLabelKey } from '../../names/label-names.ts';
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { NOT_NEGATIVE } from '../findings.ts';

/** @upstream k8s.io/apimachinery/pkg/api/resource/quantity.go */
export const QUANTITY_RULE =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const OWN = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** Resources without a prefix that are known, though not to containers. */
const KNOWN = new Set([
  ...OWN,
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'services.nodeports',
  'services.loadbalancers',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]);
const HUGE_PAGES = 'hugepages-';

/** Findings of the `resources` of a container; `claims` are the names of what its pod claims. */
export const validateResources = (
  container: Draft,
  path: string,
  claims: ReadonlySet<string>,
): readonly FieldError[] => {
  if (container['resources'] === undefined) return [];
  const resources = objectAt(container, 'resources');
  const at = `${path}.resources`;
  const limits = objectAt(resources, 'limits');
  const requests = objectAt(resources, 'requests');
  const names = new Set([...Object.keys(limits), ...Object.keys(requests)]);
  const hasHugePages = [...names].some((name) => name.startsWith(HUGE_PAGES));
  return [
    ...amountFindings(limits, `${at}.limits`),
    ...amountFindings(requests, `${at}.requests`),
    ...Object.entries(requests).flatMap(([name, amount]) => balanceFindings(name, amount, limits, at)),
    ...(hasHugePages && !names.has('cpu') && !names.has('memory')
      ? [forbiddenField(at, 'HugePages require cpu or memory')]
      : []),
    ...claimFindings(resources, `${at}.claims`, claims),
  ];
};

/** Findings of what happens to a container when its resources change. */
export const validateResizePolicy = (container: Draft, path: string, restartPolicy: unknown): readonly FieldError[] => {
  const at = `${path}.resizePolicy`;
  const seen = new Set<string>();
  return itemsAt(container, 'resizePolicy').flatMap(([index, policy]) => {
    const name = textAt(policy, 'resourceName');
    const isRepeated = seen.has(name);
    seen.add(name);
    const restart = textAt(policy, 'restartPolicy');
    return [
      ...(isRepeated ? [duplicateField(`${at}[${index}]`, name)] : []),
      ...(name === '' ? [requiredField(at)] : []),
      ...(name === '' || name === 'cpu' || name === 'memory' ? [] : [unsupportedValue(at, name, ['cpu', 'memory'])]),
      ...(restart === '' ? [requiredField(at)] : []),
      ...(restart === '' || restart === 'NotRequired' || restart === 'RestartContainer'
        ? []
        : [unsupportedValue(at, restart, ['NotRequired', 'RestartContainer'])]),
      ...(restartPolicy === 'Never' && restart !== 'NotRequired'
        ? [invalidField(at, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'")]
        : []),
    ];
  });
};

/** Findings of a pod's claims to devices. */
export const validateResourceClaims = (spec: Draft, path: string): readonly FieldError[] =>
  itemsAt(spec, 'resourceClaims').flatMap(([index, claim]) => choiceOfClaim(claim, `${path}.resourceClaims[${index}]`));

const choiceOfClaim = (claim: Draft, path: string): readonly FieldError[] => {
  const [given, template] = [claim['resourceClaimName'], claim['resourceClaimTemplateName']];
  if (given !== undefined && template !== undefined)
    return [
      invalidField(path, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'),
    ];
  return given === undefined && template === undefined
    ? [invalidField(path, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`')]
    : [];
};

const amountFindings = (amounts: Draft, path: string): readonly FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => {
    if (typeof amount !== 'string' && typeof amount !== 'number') return [];
    const field = `${path}[${name}]`;
    const parsed = parseQuantity(amount);
    if (parsed === undefined) return [invalidField(field, amount, QUANTITY_RULE)];
    return [
      ...nameFindings(name, field),
      ...(parsed < 0n ? [invalidField(field, String(amount), NOT_NEGATIVE)] : []),
      ...(isWhole(name) && !isInteger(amount) ? [invalidField(field, String(amount), 'must be an integer')] : []),
      ...pageFindings(name, amount, field),
    ];
  });

const nameFindings = (name: string, field: string): readonly FieldError[] => {
  const isPrefixed = name.includes('/');
  const problems = validateLabelKey(name);
  const found = (detail: string): FieldError => ({
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${name}: ${detail}`,
  });
  if (problems.length > 0)
    return [...problems, ...(isPrefixed ? [] : ['must be a standard resource for containers'])].map(found);
  if (isPrefixed)
    return isExtended(name) || isNative(name) ? [] : [found("doesn't follow extended resource name standard")];
  if (OWN.has(name) || name.startsWith(HUGE_PAGES)) return [];
  return [
    ...(KNOWN.has(name) ? [] : [found('must be a standard resource type or fully qualified')]),
    found('must be a standard resource for containers'),
  ];
};

const isNative = (name: string): boolean => !name.includes('/') || /^([^/]*\.)?kubernetes\.io\//.test(name);
/** Quotas put a prefix of their own before a name, so none may begin with it. */
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && validateLabelKey(`requests.${name}`).length === 0;
/** Resources that cannot be shared: neither by parts, nor by asking for less than the limit. */
const isWhole = (name: string): boolean => isExtended(name);
const isOvercommitted = (name: string): boolean => isNative(name) && !name.startsWith(HUGE_PAGES);
const isInteger = (amount: string | number): boolean => /^\d+$/.test(String(amount)) || isWholeQuantity(amount);

/** Quantities are counted in units far below one: whole ones have a remainder of nothing. */
const isWholeQuantity = (amount: string | number): boolean => {
  const [parsed, one] = [parseQuantity(amount), parseQuantity('1')];
  return parsed !== undefined && one !== undefined && parsed % one === 0n;
};

const pageFindings = (name: string, amount: string | number, field: string): readonly FieldError[] => {
  if (!name.startsWith(HUGE_PAGES)) return [];
  const [page, size] = [parseQuantity(name.slice(HUGE_PAGES.length)), parseQuantity(amount)];
  if (!page || size === undefined || (size > 0n && size % page === 0n)) return [];
  return [invalidField(field, String(amount), `${amount} is not positive integer multiple of ${name}`)];
};

const balanceFindings = (name: string, amount: unknown, limits: Draft, path: string): readonly FieldError[] => {
  const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
  if (limit === undefined)
    return isOvercommitted(name)
      ? []
      : [requiredField(`${path}.limits`, 'Limit must be set for non overcommitable resources')];
  if (!isAmount(amount) || !isAmount(limit)) return [];
  const order = compareQuantities(amount, limit);
  if (order !== 0 && !isOvercommitted(name))
    return [invalidField(`${path}.requests`, String(amount), `must be equal to ${name} limit of ${limit}`)];
  return order > 0
    ? [invalidField(`${path}.requests`, String(amount), `must be less than or equal to ${name} limit of ${limit}`)]
    : [];
};

const isAmount = (value: unknown): value is string | number =>
  (typeof value === 'string' || typeof value === 'number') && parseQuantity(value) !== undefined;

/** Each claim that is not there is told which ones are. */
const MOST_NAMED = 100;

const claimFindings = (resources: Draft, path: string, claims: ReadonlySet<string>): readonly FieldError[] => {
  const seen = new Set<string>();
  return itemsAt(resources, 'claims').flatMap(([index, claim]): readonly FieldError[] => {
    const field = `${path}[${index}]`;
    const name = textAt(claim, 'name');
    if (name === '') return [requiredField(field)];
    const key = textAt(claim, 'request') === '' ? name : `${name}/${textAt(claim, 'request')}`;
    const isRepeated = seen.has(key) || seen.has(name);
    seen.add(key);
    return [
      ...(isRepeated ? [duplicateField(field, key)] : []),
      ...(claims.has(name)
        ? []
        : [
            {
              reason: 'FieldValueNotFound' as const,
              field,
              message: `Not found: ${JSON.stringify(name)}: must be one of the names in pod.spec.resourceClaims${namesIn(claims)}`,
            },
          ]),
    ];
  });
};

const namesIn = (claims: ReadonlySet<string>): string => {
  if (claims.size === 0) return ' which is empty';
  const names: string[] = [];
  for (const name of claims) {
    if (names.length === MOST_NAMED) break;
    names.push(name);
  }
  return `: ${names.sort().join(', ')}`;
};
