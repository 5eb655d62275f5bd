/**
 * Label selectors, in objects and as text. @spec https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
import type { StringMap } from '../objects/object.ts';

/** One requirement of a selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'GreaterThan' | 'LessThan';
  readonly values?: readonly string[];
}

/** A selector as objects carry it: all parts must hold; one without parts selects everything. */
export interface LabelSelector {
  readonly matchLabels?: StringMap;
  readonly matchExpressions?: readonly LabelRequirement[];
}

/** Tells whether labels satisfy every requirement. */
export const matchesRequirements = (
  requirements: readonly LabelRequirement[],
  labels: StringMap | undefined,
): boolean =>
  requirements.every((requirement) =>
    holds(requirement, labels && Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined),
  );

/** Tells whether labels satisfy a selector. An absent selector selects nothing, an empty one everything. */
export const matchesLabelSelector = (selector: LabelSelector | undefined, labels: StringMap | undefined): boolean =>
  selector !== undefined && matchesRequirements(toRequirements(selector), labels);

/** A selector's requirements. */
export const toRequirements = (selector: LabelSelector): readonly LabelRequirement[] => [
  ...Object.entries(selector.matchLabels ?? {}).map(([key, value]): LabelRequirement => ({
    key,
    operator: 'In',
    values: [value],
  })),
  ...(selector.matchExpressions ?? []),
];

/** Writes a selector as text, keys sorted, the way `kubectl -l` takes it. */
export const formatLabelSelector = (selector: LabelSelector): string =>
  toRequirements(selector)
    .toSorted((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(formatRequirement)
    .join(',');

const holds = (requirement: LabelRequirement, value: string | undefined): boolean => {
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'GreaterThan':
      return compareIntegers(value, values[0], (left, right) => left > right);
    case 'LessThan':
      return compareIntegers(value, values[0], (left, right) => left < right);
  }
};

/** Both sides must be integers, as Go's ParseInt reads them; anything else does not match. */
const compareIntegers = (
  value: string | undefined,
  limit: string | undefined,
  compare: (left: bigint, right: bigint) => boolean,
): boolean =>
  value !== undefined &&
  limit !== undefined &&
  INTEGER.test(value) &&
  INTEGER.test(limit) &&
  compare(toInteger(value), toInteger(limit));

const INTEGER = /^[+-]?\d{1,19}$/;

/** BigInt does not read a plus sign. */
const toInteger = (text: string): bigint => BigInt(text.startsWith('+') ? text.slice(1) : text);

const formatRequirement = (requirement: LabelRequirement): string => {
  const { key, operator, values = [] } = requirement;
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${[...values].sort().join(',')})`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${[...values].sort().join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'GreaterThan':
      return `${key}>${values[0]}`;
    case 'LessThan':
      return `${key}<${values[0]}`;
  }
};
