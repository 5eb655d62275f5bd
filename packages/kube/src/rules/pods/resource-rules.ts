/**
 * Rules of what containers ask for.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateResourceRequirements
 */
import { compareQuantities, parseQuantity } from '@argosy/base';

import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { containerAmountFindings, HUGE_PAGES, isAmount, isOvercommitted } from '../resources/resource-names.ts';

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
    ...containerAmountFindings(limits, `${at}.limits`),
    ...pageFindings(limits, `${at}.limits`),
    ...containerAmountFindings(requests, `${at}.requests`),
    ...pageFindings(requests, `${at}.requests`),
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

/** Pages of one size come whole. */
const pageFindings = (amounts: Draft, path: string): readonly FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => {
    if (!name.startsWith(HUGE_PAGES) || !isQuantity(amount)) return [];
    const [page, size] = [parseQuantity(name.slice(HUGE_PAGES.length)), parseQuantity(amount)];
    if (!page || size === undefined || (size > 0n && size % page === 0n)) return [];
    const detail = `${amount} is not positive integer multiple of ${name}`;
    return [invalidField(`${path}[${name}]`, String(amount), detail)];
  });

const balanceFindings = (name: string, amount: unknown, limits: Draft, path: string): readonly FieldError[] => {
  const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
  if (limit === undefined)
    return isOvercommitted(name)
      ? []
      : [requiredField(`${path}.limits`, 'Limit must be set for non overcommitable resources')];
  if (!isQuantity(amount) || !isQuantity(limit)) return [];
  const order = compareQuantities(amount, limit);
  if (order !== 0 && !isOvercommitted(name))
    return [invalidField(`${path}.requests`, String(amount), `must be equal to ${name} limit of ${limit}`)];
  return order > 0
    ? [invalidField(`${path}.requests`, String(amount), `must be less than or equal to ${name} limit of ${limit}`)]
    : [];
};

const isQuantity = (value: unknown): value is string | number => isAmount(value) && parseQuantity(value) !== undefined;

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
