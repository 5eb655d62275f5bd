/**
 * Rules of where pods may run: tolerations and spreading over topologies.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidateTolerations, #validateTopologySpreadConstraints
 */
import { validateLabelValue } from '../../names/label-names.ts';
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, POSITIVE, problemsOf, qualifiedNameFindings, textsAt, repeatedIn } from '../findings.ts';
import { selectorFindings } from '../workloads/selector-rules.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const POLICIES = ['Honor', 'Ignore'];

/** Findings of a pod's tolerations. */
export const validateTolerations = (spec: Draft, path: string): readonly FieldError[] =>
  itemsAt(spec, 'tolerations').flatMap(([index, toleration]) =>
    validateToleration(toleration, `${path}.tolerations[${index}]`),
  );

/** Findings of how a pod's replicas are to spread. */
export const validateTopologySpread = (spec: Draft, path: string): readonly FieldError[] => {
  const constraints = itemsAt(spec, 'topologySpreadConstraints');
  // Told of the first of two that say the same, as upstream does.
  const repeated = repeatedIn(constraints.map(([, constraint]) => pairOf(constraint)).toReversed());
  return constraints.flatMap(([index, constraint], at) => [
    ...validateConstraint(constraint, `${path}.topologySpreadConstraints[${index}]`),
    ...(repeated.has(constraints.length - 1 - at)
      ? [
          duplicateField(
            `${path}.topologySpreadConstraints[${index}].{topologyKey, whenUnsatisfiable}`,
            pairOf(constraint),
          ),
        ]
      : []),
  ]);
};

/** The keys a selector speaks of. */
export const selectedKeys = (selector: Draft): ReadonlySet<string> =>
  new Set([
    ...Object.keys(objectAt(selector, 'matchLabels')),
    ...itemsAt(selector, 'matchExpressions').map(([, expression]) => textAt(expression, 'key')),
  ]);

const validateToleration = (toleration: Draft, path: string): readonly FieldError[] => {
  const key = textAt(toleration, 'key');
  const operator = textAt(toleration, 'operator');
  const effect = textAt(toleration, 'effect');
  return [
    ...(key === '' ? [] : qualifiedNameFindings(`${path}.key`, key)),
    ...(key === '' && operator !== 'Exists'
      ? [
          invalidField(
            `${path}.operator`,
            operator,
            'operator must be Exists when `key` is empty, which means "match all values and all keys"',
          ),
        ]
      : []),
    ...(toleration['tolerationSeconds'] !== undefined && effect !== 'NoExecute'
      ? [invalidField(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")]
      : []),
    ...toleratedValueFindings(operator, textAt(toleration, 'value'), `${path}.operator`),
    ...(effect === '' || EFFECTS.includes(effect) ? [] : [unsupportedValue(`${path}.effect`, effect, EFFECTS)]),
  ];
};

/** What is wrong with a value is told at its operator, as upstream does. */
const toleratedValueFindings = (operator: string, value: string, field: string): readonly FieldError[] => {
  switch (operator) {
    case '':
    case 'Equal':
      return problemsOf(field, value, validateLabelValue(value));
    case 'Exists':
      return value === '' ? [] : [invalidField(field, value, "value must be empty when `operator` is 'Exists'")];
    default:
      return [unsupportedValue(field, operator, ['Equal', 'Exists'])];
  }
};

const validateConstraint = (constraint: Draft, path: string): readonly FieldError[] => {
  const skew = numberAt(constraint, 'maxSkew') ?? 0;
  const action = textAt(constraint, 'whenUnsatisfiable');
  return [
    ...(skew > 0 ? [] : [invalidField(`${path}.maxSkew`, skew, POSITIVE)]),
    ...(textAt(constraint, 'topologyKey') === '' ? [requiredField(`${path}.topologyKey`, 'can not be empty')] : []),
    ...(ACTIONS.includes(action) ? [] : [unsupportedValue(`${path}.whenUnsatisfiable`, action, ACTIONS)]),
    ...domainFindings(numberAt(constraint, 'minDomains'), action, `${path}.minDomains`),
    ...choiceFindings(constraint, 'nodeAffinityPolicy', path, POLICIES),
    ...choiceFindings(constraint, 'nodeTaintsPolicy', path, POLICIES),
    ...matchedKeyFindings(constraint, `${path}.matchLabelKeys`),
    ...selectorFindings(constraint, 'labelSelector', path),
  ];
};

const domainFindings = (domains: number | undefined, action: string, field: string): readonly FieldError[] =>
  domains === undefined
    ? []
    : [
        ...(domains > 0 ? [] : [invalidField(field, domains, POSITIVE)]),
        ...(action === 'DoNotSchedule'
          ? []
          : [
              invalidField(field, domains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`),
            ]),
      ];

const matchedKeyFindings = (constraint: Draft, field: string): readonly FieldError[] => {
  const keys = textsAt(constraint, 'matchLabelKeys');
  if (keys.length === 0) return [];
  const selected = selectedKeys(objectAt(constraint, 'labelSelector'));
  return [
    ...(constraint['labelSelector'] === undefined
      ? [forbiddenField(field, 'must not be specified when labelSelector is not set')]
      : []),
    ...keys.flatMap(([index, key]) => [
      ...qualifiedNameFindings(`${field}[${index}]`, key),
      ...(selected.has(key)
        ? [invalidField(`${field}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector')]
        : []),
    ]),
  ];
};

const pairOf = (constraint: Draft): string =>
  `{${textAt(constraint, 'topologyKey')}, ${textAt(constraint, 'whenUnsatisfiable')}}`;
