/** Rules of label selectors. @upstream k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go#ValidateLabelSelector */
import { validateLabels, validateLabelValue } from '../../names/label-names.ts';
import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { problemsOf, qualifiedNameFindings, textsAt } from '../findings.ts';

/** Findings of a label selector at `path`. */
export const validateSelector = (selector: Draft, path: string): readonly FieldError[] => [
  ...validateLabels(objectAt(selector, 'matchLabels'), `${path}.matchLabels`),
  ...itemsAt(selector, 'matchExpressions').flatMap(([index, expression]) =>
    validateRequirement(expression, `${path}.matchExpressions[${index}]`),
  ),
];

/** Findings of a selector that is a member of an object; none when it is absent. */
export const selectorFindings = (draft: Draft, name: string, path: string): readonly FieldError[] =>
  draft[name] === undefined ? [] : validateSelector(objectAt(draft, name), `${path}.${name}`);

/** Findings of what a requirement's operator says of its values. `more` names operators beyond those of labels. */
export const operatorFindings = (
  requirement: Draft,
  path: string,
  more: Readonly<Record<string, (count: number) => string | undefined>> = {},
): readonly FieldError[] => {
  const operator = textAt(requirement, 'operator');
  const values = requirement['values'];
  const count = Array.isArray(values) ? values.length : 0;
  if (operator === 'In' || operator === 'NotIn')
    return count > 0 ? [] : [requiredField(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return count === 0
      ? []
      : [forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  const judge = Object.hasOwn(more, operator) ? more[operator] : undefined;
  if (!judge) return [invalidField(`${path}.operator`, operator, 'not a valid selector operator')];
  const problem = judge(count);
  return problem === undefined ? [] : [requiredField(`${path}.values`, problem)];
};

const validateRequirement = (requirement: Draft, path: string): readonly FieldError[] => [
  ...operatorFindings(requirement, path),
  ...qualifiedNameFindings(`${path}.key`, textAt(requirement, 'key')),
  ...textsAt(requirement, 'values').flatMap(([index, value]) =>
    problemsOf(`${path}.values[${index}]`, value, validateLabelValue(value)),
  ),
];
