/**
 * Rules of limits: of a known type, and min ≤ default request ≤ default ≤ max.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateLimitRange
 */
import { compareQuantities, parseQuantity } from '@argosy/base';

import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { qualifiedNameFindings, repeatedIn } from '../findings.ts';
import {
  containerNameFindings,
  isAmount,
  isOvercommitted,
  QUANTITY_RULE,
  resourceNameFindings,
} from './resource-names.ts';

const MEMBERS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type Member = (typeof MEMBERS)[number];
/** Pods have none of these: what is left out is their containers' to fill in. */
const OF_PARTS: readonly Member[] = ['default', 'defaultRequest'];

/** Findings of the limits of a range. */
export const validateLimitRange = (range: Draft): readonly FieldError[] => {
  const limits = itemsAt(objectAt(range, 'spec'), 'limits');
  const repeated = repeatedIn(limits.map(([, { type }]) => type));
  return limits.flatMap(([index, limit], at) => {
    const path = `spec.limits[${index}]`;
    const members = textAt(limit, 'type') === 'Pod' ? MEMBERS.filter((name) => !OF_PARTS.includes(name)) : MEMBERS;
    return [
      ...typeFindings(textAt(limit, 'type'), `${path}.type`),
      ...(repeated.has(at) ? [duplicateField(`${path}.type`, limit['type'])] : []),
      ...OF_PARTS.filter((name) => !members.includes(name) && Object.keys(objectAt(limit, name)).length > 0).map(
        (name) => forbiddenField(`${path}.${name}`, "may not be specified when `type` is 'Pod'"),
      ),
      ...members.flatMap((name) => amountFindings(limit, name, path)),
      ...storageFindings(limit, path),
      ...namesIn(limit, members).flatMap((resource) => orderFindings(limit, resource, { path, members })),
    ];
  });
};

const LIMIT_TYPES = ['Container', 'PersistentVolumeClaim', 'Pod'];

/** Types of others are named with a prefix. */
const typeFindings = (type: string, field: string): readonly FieldError[] => {
  const wrong = qualifiedNameFindings(field, type);
  if (wrong.length > 0) return wrong;
  return type.includes('/') || LIMIT_TYPES.includes(type)
    ? []
    : [invalidField(field, type, 'must be a standard limit type or fully qualified')];
};

const amountFindings = (limit: Draft, member: Member, path: string): readonly FieldError[] => {
  const isOfContainers = ['Pod', 'Container'].includes(textAt(limit, 'type'));
  return Object.entries(objectAt(limit, member)).flatMap(([name, amount]) => {
    const field = `${path}.${member}[${name}]`;
    return [
      ...(isOfContainers ? containerNameFindings(name, field) : resourceNameFindings(name, field)),
      ...(isAmount(amount) && parseQuantity(amount) !== undefined ? [] : [invalidField(field, amount, QUANTITY_RULE)]),
    ];
  });
};

const storageFindings = (limit: Draft, path: string): readonly FieldError[] =>
  textAt(limit, 'type') === 'PersistentVolumeClaim' &&
  [objectAt(limit, 'min'), objectAt(limit, 'max')].every((amounts) => amounts['storage'] === undefined)
    ? [requiredField(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided')]
    : [];

const namesIn = (limit: Draft, members: readonly Member[]): readonly string[] => [
  ...new Set(members.flatMap((member) => Object.keys(objectAt(limit, member)))),
];

type Amount = string | number;

/** What must not be more than what: whose fault it is, how both are called, and which of them is shown. */
const ORDER: readonly (readonly [low: Member, high: Member, at: Member, shown: Member])[] = [
  ['min', 'max', 'min', 'min'],
  ['min', 'defaultRequest', 'defaultRequest', 'defaultRequest'],
  ['defaultRequest', 'max', 'defaultRequest', 'defaultRequest'],
  ['defaultRequest', 'default', 'defaultRequest', 'defaultRequest'],
  ['min', 'default', 'default', 'min'],
  ['default', 'max', 'default', 'max'],
];

const WORDS: Readonly<Record<Member, string>> = {
  min: 'min value',
  max: 'max value',
  default: 'default value',
  defaultRequest: 'default request value',
  maxLimitRequestRatio: 'ratio',
};

const orderFindings = (
  limit: Draft,
  resource: string,
  { path, members }: { readonly path: string; readonly members: readonly Member[] },
): readonly FieldError[] => {
  const amountOf = (member: Member): Amount | undefined => {
    const amount = members.includes(member) ? objectAt(limit, member)[resource] : undefined;
    return isAmount(amount) && parseQuantity(amount) !== undefined ? amount : undefined;
  };
  return [
    ...ORDER.flatMap(([low, high, at, shown]) => {
      const [less, more] = [amountOf(low), amountOf(high)];
      if (less === undefined || more === undefined || compareQuantities(less, more) <= 0) return [];
      const word = high === 'default' && low === 'defaultRequest' ? 'default limit value' : WORDS[high];
      const detail = `${WORDS[low]} ${less} is greater than ${word} ${more}`;
      return [invalidField(`${path}.${at}[${resource}]`, String(amountOf(shown)), detail)];
    }),
    ...ratioFindings(amountOf, `${path}.maxLimitRequestRatio[${resource}]`),
    ...samenessFindings(amountOf, `${path}.defaultRequest[${resource}]`, resource),
  ];
};

type AmountOf = (member: Member) => Amount | undefined;

const ratioFindings = (amountOf: AmountOf, field: string): readonly FieldError[] => {
  const [ratio, min, max] = [amountOf('maxLimitRequestRatio'), amountOf('min'), amountOf('max')];
  if (ratio === undefined) return [];
  const most = min === undefined || max === undefined ? Infinity : valueOf(max) / valueOf(min);
  return [
    ...(compareQuantities(ratio, '1') < 0 ? [invalidField(field, String(ratio), `ratio ${ratio} is less than 1`)] : []),
    ...(valueOf(ratio) > most
      ? [invalidField(field, String(ratio), `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`)]
      : []),
  ];
};

const valueOf = (amount: Amount): number => Number(parseQuantity(amount) ?? 0n) / Number(parseQuantity('1') ?? 1n);

/** Of what cannot be promised twice a container gets what it asks for. */
const samenessFindings = (amountOf: AmountOf, field: string, resource: string): readonly FieldError[] => {
  const [limit, request] = [amountOf('default'), amountOf('defaultRequest')];
  if (isOvercommitted(resource) || limit === undefined || request === undefined) return [];
  return compareQuantities(limit, request) === 0
    ? []
    : [
        invalidField(
          field,
          String(request),
          `default value ${limit} must equal to defaultRequest value ${request} in ${resource}`,
        ),
      ];
};
