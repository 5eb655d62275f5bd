/** Rules of classes of storage. @upstream k8s.io/kubernetes/pkg/apis/storage/validation#ValidateStorageClass */
import { isEqual } from '@argosy/base';

import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, qualifiedNameFindings, repeatedIn, textsAt } from '../findings.ts';

/** Classes: who makes volumes, and how; which stays, for volumes were made so. */
export const validateStorageClass = (storageClass: Draft, previous?: Draft): readonly FieldError[] => {
  const provisioner = textAt(storageClass, 'provisioner');
  const choices = (name: string, supported: readonly string[]): readonly FieldError[] =>
    choiceFindings(storageClass, name, '', supported).map((found) => ({ ...found, field: name }));
  const forbidden = (name: string): readonly FieldError[] =>
    previous && !isEqual(storageClass[name], previous[name])
      ? [forbiddenField(name, `updates to ${name} are forbidden.`)]
      : [];
  return [
    ...(provisioner === ''
      ? [requiredField('provisioner')]
      : qualifiedNameFindings('provisioner', provisioner.toLowerCase()).map((found) => ({
          ...found,
          field: 'provisioner',
        }))),
    ...(Object.hasOwn(objectAt(storageClass, 'parameters'), '')
      ? [invalidField('parameters', '', 'field can not be empty.')]
      : []),
    ...(storageClass['reclaimPolicy'] === '' ? [] : choices('reclaimPolicy', ['Delete', 'Retain'])),
    ...choices('volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']),
    ...allowedTopologyFindings(storageClass),
    ...forbidden('parameters'),
    ...forbidden('provisioner'),
    ...forbidden('reclaimPolicy'),
    ...(previous && storageClass['volumeBindingMode'] !== previous['volumeBindingMode']
      ? [invalidField('volumeBindingMode', storageClass['volumeBindingMode'] ?? null, 'field is immutable')]
      : []),
  ];
};

const allowedTopologyFindings = (storageClass: Draft): readonly FieldError[] => {
  const terms = itemsAt(storageClass, 'allowedTopologies');
  const repeated = repeatedIn(terms.map(([, term]) => termText(term)));
  return terms.flatMap(([index, term], at) => {
    const path = `allowedTopologies[${index}].matchLabelExpressions`;
    return [...topologyFindings(term, path), ...(repeated.has(at) || isEmpty(term) ? [duplicateField(path, '')] : [])];
  });
};

/** Upstream takes a term that says nothing for one that is there already. */
const isEmpty = (term: Draft): boolean => itemsAt(term, 'matchLabelExpressions').length === 0;

/** Terms that say the same have the same text, in whatever order they say it. */
const termText = (term: Draft): string => {
  const expressions = itemsAt(term, 'matchLabelExpressions').map(([, one]) => {
    const values = textsAt(one, 'values').map(([, value]) => value);
    return JSON.stringify([textAt(one, 'key'), ...values.toSorted()]);
  });
  return expressions.toSorted().join(',');
};

const topologyFindings = (term: Draft, path: string): readonly FieldError[] => {
  const expressions = itemsAt(term, 'matchLabelExpressions');
  const repeated = repeatedIn(expressions.map(([, one]) => textAt(one, 'key')));
  return expressions.flatMap(([index, expression], at) => [
    ...(textsAt(expression, 'values').length === 0 ? [requiredField(`${path}[${index}].values`)] : []),
    ...repeatedValueFindings(expression, `${path}[${index}].values`),
    ...qualifiedNameFindings(`${path}[${index}].key`, textAt(expression, 'key')),
    ...(repeated.has(at) ? [duplicateField(`${path}[${index}].key`, textAt(expression, 'key'))] : []),
  ]);
};

const repeatedValueFindings = (expression: Draft, path: string): readonly FieldError[] => {
  const values = textsAt(expression, 'values');
  const repeated = repeatedIn(values.map(([, value]) => value));
  return values.flatMap(([index, value], at) => (repeated.has(at) ? [duplicateField(`${path}[${index}]`, value)] : []));
};
