/**
 * What conditions of the common form must say.
 * @upstream k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go#ValidateConditions
 */
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { qualifiedNameFindings, repeatedIn } from '../findings.ts';

const STATUSES = ['False', 'True', 'Unknown'];
const LONGEST_REASON = 1024;
const LONGEST_MESSAGE = 32_768;
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const REASON_RULE =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";

/** Findings of the conditions of a status: each type once, and each says since when and why. */
export const conditionFindings = (status: Draft): readonly FieldError[] => {
  const conditions = itemsAt(status, 'conditions');
  const repeated = repeatedIn(conditions.map(([, { type }]) => type));
  return conditions.flatMap(([index, condition], at) => {
    const path = `status.conditions[${index}]`;
    return [
      ...(repeated.has(at) ? [duplicateField(`${path}.type`, condition['type'])] : []),
      ...oneConditionFindings(condition, path),
    ];
  });
};

const oneConditionFindings = (condition: Draft, path: string): readonly FieldError[] => {
  const [type, status, reason] = [textAt(condition, 'type'), textAt(condition, 'status'), textAt(condition, 'reason')];
  const generation = numberAt(condition, 'observedGeneration') ?? 0;
  return [
    ...qualifiedNameFindings(`${path}.type`, type),
    ...(STATUSES.includes(status) ? [] : [unsupportedValue(`${path}.status`, status, STATUSES)]),
    ...(generation < 0
      ? [invalidField(`${path}.observedGeneration`, generation, 'must be greater than or equal to zero')]
      : []),
    ...(condition['lastTransitionTime'] === undefined
      ? [requiredField(`${path}.lastTransitionTime`, 'must be set')]
      : []),
    ...(reason === '' ? [requiredField(`${path}.reason`, 'must be set')] : []),
    ...(reason === '' || REASON.test(reason) ? [] : [invalidField(`${path}.reason`, reason, REASON_RULE)]),
    ...tooLong(reason, LONGEST_REASON, `${path}.reason`),
    ...tooLong(textAt(condition, 'message'), LONGEST_MESSAGE, `${path}.message`),
  ];
};

const tooLong = (text: string, longest: number, field: string): readonly FieldError[] =>
  text.length <= longest
    ? []
    : [{ reason: 'FieldValueTooLong', field, message: `Too long: may not be more than ${longest} bytes` }];
