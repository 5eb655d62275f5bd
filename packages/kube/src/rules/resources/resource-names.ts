/**
 * What resources may be called, and how much of one there may be.
 * @upstream k8s.io/kubernetes/pkg/apis/core/helper/helpers.go, pkg/apis/core/validation/validation.go#validateResourceName
 */
import { parseQuantity } from '@argosy/base';

import { validateLabelKey } from '../../names/label-names.ts';
import { invalidField, type FieldError } from '../../objects/field-error.ts';
import type { Draft } from '../../builtin/defaults/draft.ts';
import { NOT_NEGATIVE } from '../findings.ts';

/** @upstream k8s.io/apimachinery/pkg/api/resource/quantity.go */
export const QUANTITY_RULE =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** What names of sizes of large pages begin with. */
export const HUGE_PAGES = 'hugepages-';

/** What containers may ask for. */
const OF_CONTAINERS: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** Objects, which are counted whole. */
const COUNTED = [
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
] as const;
const WHOLE: ReadonlySet<string> = new Set(COUNTED);

/** What quotas limit. */
const OF_QUOTAS: ReadonlySet<string> = new Set([
  ...OF_CONTAINERS,
  ...COUNTED,
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]);

/** Whether a value may be a quantity. */
export const isAmount = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

/** Whether quotas know a name that has no prefix. */
export const isOfQuotas = (name: string): boolean => OF_QUOTAS.has(name) || isQuotaOfPages(name);

/** Whether the resource is Kubernetes' own. */
export const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** Whether the resource is another's. Quotas put a prefix of their own before a name, so none may begin with it. */
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && validateLabelKey(`requests.${name}`).length === 0;

/** Whether more of it may be promised than there is. */
export const isOvercommitted = (name: string): boolean => isNative(name) && !name.startsWith(HUGE_PAGES);

/** Findings of a name: a qualified one, and a known one where it has no prefix. */
export const resourceNameFindings = (name: string, field: string): readonly FieldError[] => {
  const problems = validateLabelKey(name);
  if (problems.length > 0) return problems.map((detail) => wrongName(field, name, detail));
  return name.includes('/') || name === 'storage' || isOfQuotas(name)
    ? []
    : [wrongName(field, name, 'must be a standard resource type or fully qualified')];
};

/** Findings of the name of what a container asks for. */
export const containerNameFindings = (name: string, field: string): readonly FieldError[] => {
  const found = resourceNameFindings(name, field);
  if (!name.includes('/'))
    return OF_CONTAINERS.has(name) || name.startsWith(HUGE_PAGES)
      ? found
      : [...found, wrongName(field, name, 'must be a standard resource for containers')];
  return isNative(name) || isExtended(name)
    ? found
    : [...found, wrongName(field, name, "doesn't follow extended resource name standard")];
};

/** Findings of the name of what a quota limits. */
export const quotaNameFindings = (name: string, field: string): readonly FieldError[] => [
  ...resourceNameFindings(name, field),
  ...(name.includes('/') || isOfQuotas(name) ? [] : [wrongName(field, name, 'must be a standard resource for quota')]),
];

/** Findings of how much there is of a resource: a quantity, none below zero, and whole where there are no parts. */
export const amountFindings = (name: string, amount: unknown, field: string): readonly FieldError[] => {
  const parsed = isAmount(amount) ? parseQuantity(amount) : undefined;
  if (parsed === undefined) return [invalidField(field, amount, QUANTITY_RULE)];
  return [
    ...(parsed < 0n ? [invalidField(field, String(amount), NOT_NEGATIVE)] : []),
    ...((WHOLE.has(name) || isExtended(name)) && !isWhole(parsed)
      ? [invalidField(field, String(amount), 'must be an integer')]
      : []),
  ];
};

/** Findings of amounts by their names, where a quota limits or counts them. */
export const quotaAmountFindings = (amounts: Draft, path: string): readonly FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => [
    ...quotaNameFindings(name, `${path}[${name}]`),
    ...amountFindings(name, amount, `${path}[${name}]`),
  ]);

/** Findings of amounts by their names, where a container, or a pod besides its containers, uses them. */
export const containerAmountFindings = (amounts: Draft, path: string): readonly FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => [
    ...containerNameFindings(name, `${path}[${name}]`),
    ...amountFindings(name, amount, `${path}[${name}]`),
  ]);

const isQuotaOfPages = (name: string): boolean =>
  name.startsWith(HUGE_PAGES) || name.startsWith(`requests.${HUGE_PAGES}`);

/** Names are told without quotes. */
const wrongName = (field: string, name: string, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${name}: ${detail}`,
});

/** Quantities are counted in units far below one: whole ones have a remainder of nothing. */
const isWhole = (parsed: bigint): boolean => parsed % (parseQuantity('1') ?? 1n) === 0n;
