/**
 * Rules of when jobs fail and succeed.
 * @upstream k8s.io/kubernetes/pkg/apis/batch/validation/validation.go#validatePodFailurePolicy, #validateSuccessPolicy
 */
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { NOT_NEGATIVE, qualifiedNameFindings, repeatedIn } from '../findings.ts';

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

/** Findings of the rules at `path` by which failed pods are judged. */
export const validatePodFailurePolicy = (spec: Draft, path: string): readonly FieldError[] =>
  itemsAt(objectAt(spec, 'podFailurePolicy'), 'rules').flatMap(([index, rule]) =>
    validateRule(spec, rule, `${path}.rules[${index}]`),
  );

/** Findings of the rules at `path` by which a job is done before all of it is. */
export const validateSuccessPolicy = (spec: Draft, path: string): readonly FieldError[] => {
  const rules = itemsAt(objectAt(spec, 'successPolicy'), 'rules');
  const completions = numberAt(spec, 'completions') ?? 0;
  if (rules.length === 0)
    return [requiredField(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified')];
  return rules.flatMap(([index, rule]) => validateSuccess(rule, `${path}.rules[${index}]`, completions));
};

const validateRule = (spec: Draft, rule: Draft, path: string): readonly FieldError[] => {
  const action = textAt(rule, 'action');
  const conditions = itemsAt(rule, 'onPodConditions');
  const hasCodes = rule['onExitCodes'] !== undefined;
  const both = hasCodes && conditions.length > 0;
  const about = (detail: string): FieldError => ({
    reason: 'FieldValueInvalid',
    field: path,
    message: `Invalid value: ${detail}`,
  });
  return [
    ...choice(action, `${path}.action`, ACTIONS),
    ...(action === 'FailIndex' && spec['backoffLimitPerIndex'] === undefined
      ? [invalidField(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set')]
      : []),
    ...(hasCodes ? validateCodes(spec, objectAt(rule, 'onExitCodes'), `${path}.onExitCodes`) : []),
    ...conditions.flatMap(([index, condition]) => [
      ...qualifiedNameFindings(`${path}.onPodConditions[${index}].type`, textAt(condition, 'type')),
      ...choice(textAt(condition, 'status') || 'True', `${path}.onPodConditions[${index}].status`, STATUSES),
    ]),
    ...(both ? [about('specifying both OnExitCodes and OnPodConditions is not supported')] : []),
    ...(!hasCodes && conditions.length === 0
      ? [about('specifying one of OnExitCodes and OnPodConditions is required')]
      : []),
  ];
};

const choice = (value: string, field: string, supported: readonly string[]): readonly FieldError[] => {
  if (value === '')
    return [requiredField(field, `valid values: [${supported.map((one) => JSON.stringify(one)).join(' ')}]`)];
  return supported.includes(value) ? [] : [unsupportedValue(field, value, supported)];
};

const validateCodes = (spec: Draft, codes: Draft, path: string): readonly FieldError[] => {
  const operator = textAt(codes, 'operator');
  const given = codes['values'];
  const values = Array.isArray(given) ? (given as readonly unknown[]).map(Number) : [];
  const name = codes['containerName'];
  const pod = objectAt(objectAt(spec, 'template'), 'spec');
  const names = [...itemsAt(pod, 'containers'), ...itemsAt(pod, 'initContainers')].map(([, one]) => one['name']);
  const repeated = repeatedIn(values);
  return [
    ...choice(operator, `${path}.operator`, OPERATORS),
    ...(name === undefined || names.includes(name)
      ? []
      : [
          invalidField(
            `${path}.containerName`,
            name,
            'must be one of the container or initContainer names in the pod template',
          ),
        ]),
    ...(values.length === 0 ? [invalidField(`${path}.values`, values, 'at least one value is required')] : []),
    ...values.flatMap((value, index) => [
      ...(operator === 'In' && value === 0
        ? [invalidField(`${path}.values[${index}]`, value, 'must not be 0 for the In operator')]
        : []),
      ...(repeated.has(index) ? [duplicateField(`${path}.values[${index}]`, value)] : []),
    ]),
    ...(values.some((value, index) => index > 0 && (values[index - 1] ?? value) > value)
      ? [invalidField(`${path}.values`, values, 'must be ordered')]
      : []),
  ];
};

const validateSuccess = (rule: Draft, path: string, completions: number): readonly FieldError[] => {
  const indexes = rule['succeededIndexes'];
  const count = numberAt(rule, 'succeededCount');
  const named = typeof indexes === 'string' ? countIndexes(indexes, completions) : undefined;
  const total = typeof named === 'number' ? named : 0;
  const tooMany = (most: number, what: string): readonly FieldError[] =>
    count !== undefined && count > most
      ? [invalidField(`${path}.succeededCount`, count, `must be less than or equal to ${most} (the number of ${what})`)]
      : [];
  return [
    ...(indexes === undefined && count === undefined
      ? [requiredField(path, 'at least one of succeededCount or succeededIndexes must be specified')]
      : []),
    ...(typeof named === 'string'
      ? [invalidField(`${path}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${named}`)]
      : []),
    ...(count !== undefined && count < 0 ? [invalidField(`${path}.succeededCount`, count, NOT_NEGATIVE)] : []),
    ...tooMany(completions, 'specified completions'),
    ...(typeof indexes === 'string' ? tooMany(total, 'indexes in the specified succeededIndexes field') : []),
  ];
};

/** How many indexes a text such as `1,3-5` names, or what is wrong with it. */
const countIndexes = (text: string, completions: number): number | string => {
  let [count, last] = [0, -1];
  for (const part of text === '' ? [] : text.split(',')) {
    const [first = '', until = first, ...more] = part.split('-');
    if (more.length > 0)
      return `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    for (const number of [first, until]) {
      if (!/^\d+$/.test(number)) return `cannot convert string to integer for index: ${JSON.stringify(number)}`;
      if (Number(number) >= completions) return `too large index: ${JSON.stringify(number)}`;
    }
    if (Number(first) <= last) return `non-increasing order, previous: ${last}, current: ${Number(first)}`;
    if (until !== first && Number(until) <= Number(first))
      return `non-increasing order, previous: ${Number(first)}, current: ${Number(until)}`;
    count += Number(until) - Number(first) + 1;
    last = Number(until);
  }
  return count;
};
