/**
 * Rules of affinity to nodes and pods.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateAffinity
 */
import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { labelNameFindings, qualifiedNameFindings, subdomainFindings, textsAt } from '../findings.ts';
import { operatorFindings, selectorFindings } from '../workloads/selector-rules.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const SINGLE = "must be specified single value when `operator` is 'Lt' or 'Gt'";
const NO_SELECTOR = 'must not be specified when labelSelector is not set';

/** Findings of a pod's affinity. */
export const validateAffinity = (spec: Draft, path: string): readonly FieldError[] => {
  if (spec['affinity'] === undefined) return [];
  const affinity = objectAt(spec, 'affinity');
  return [
    ...validateNodeAffinity(objectAt(affinity, 'nodeAffinity'), `${path}.affinity.nodeAffinity`),
    ...(['podAffinity', 'podAntiAffinity'] as const).flatMap((name) =>
      validatePodAffinity(objectAt(affinity, name), `${path}.affinity.${name}`),
    ),
  ];
};

/** Findings of a selector of nodes: at least one term, each with requirements that can be met. */
export const validateNodeSelector = (selector: Draft, path: string): readonly FieldError[] => {
  const terms = itemsAt(selector, 'nodeSelectorTerms');
  if (terms.length === 0)
    return [requiredField(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap(([index, term]) => validateNodeTerm(term, `${path}.nodeSelectorTerms[${index}]`));
};

const validateNodeAffinity = (affinity: Draft, path: string): readonly FieldError[] => [
  ...(affinity[REQUIRED] === undefined
    ? []
    : validateNodeSelector(objectAt(affinity, REQUIRED), `${path}.${REQUIRED}`)),
  ...itemsAt(affinity, PREFERRED).flatMap(([index, preferred]) => [
    ...weightFindings(preferred, `${path}.${PREFERRED}[${index}]`),
    ...validateNodeTerm(objectAt(preferred, 'preference'), `${path}.${PREFERRED}[${index}].preference`),
  ]),
];

const validateNodeTerm = (term: Draft, path: string): readonly FieldError[] => [
  ...itemsAt(term, 'matchExpressions').flatMap(([index, requirement]) => [
    ...operatorFindings(requirement, `${path}.matchExpressions[${index}]`, { Gt: needsOne, Lt: needsOne }),
    ...qualifiedNameFindings(`${path}.matchExpressions[${index}].key`, textAt(requirement, 'key')),
  ]),
  ...itemsAt(term, 'matchFields').flatMap(([index, requirement]) =>
    validateFieldRequirement(requirement, `${path}.matchFields[${index}]`),
  ),
];

const needsOne = (count: number): string | undefined => (count === 1 ? undefined : SINGLE);

const validateFieldRequirement = (requirement: Draft, path: string): readonly FieldError[] => {
  const operator = textAt(requirement, 'operator');
  const values = textsAt(requirement, 'values');
  const key = textAt(requirement, 'key');
  return [
    ...(operator !== 'In' && operator !== 'NotIn'
      ? [invalidField(`${path}.operator`, operator, 'not a valid selector operator')]
      : values.length === 1
        ? []
        : [
            requiredField(
              `${path}.values`,
              "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
            ),
          ]),
    ...(key === 'metadata.name'
      ? values.flatMap(([index, value]) => subdomainFindings(`${path}.values[${index}]`, value))
      : [invalidField(`${path}.key`, key, 'not a valid field selector key')]),
  ];
};

const validatePodAffinity = (affinity: Draft, path: string): readonly FieldError[] => [
  ...itemsAt(affinity, REQUIRED).flatMap(([index, term]) => validatePodTerm(term, `${path}.${REQUIRED}[${index}]`)),
  ...itemsAt(affinity, PREFERRED).flatMap(([index, weighted]) => [
    ...weightFindings(weighted, `${path}.${PREFERRED}[${index}]`),
    ...validatePodTerm(objectAt(weighted, 'podAffinityTerm'), `${path}.${PREFERRED}[${index}].podAffinityTerm`),
  ]),
];

const weightFindings = (weighted: Draft, path: string): readonly FieldError[] => {
  const weight = numberAt(weighted, 'weight') ?? 0;
  return weight < 1 || weight > 100 ? [invalidField(`${path}.weight`, weight, 'must be in the range 1-100')] : [];
};

const validatePodTerm = (term: Draft, path: string): readonly FieldError[] => {
  const topologyKey = textAt(term, 'topologyKey');
  return [
    ...selectorFindings(term, 'labelSelector', path),
    ...selectorFindings(term, 'namespaceSelector', path),
    ...textsAt(term, 'namespaces').flatMap(([, name]) => labelNameFindings(`${path}.namespace`, name)),
    ...(['matchLabelKeys', 'mismatchLabelKeys'] as const).flatMap((list) => labelKeyFindings(term, list, path)),
    ...selectedTwiceFindings(term, path),
    ...matchedTwiceFindings(term, path),
    ...(topologyKey === '' ? [requiredField(`${path}.topologyKey`, 'can not be empty')] : []),
    ...qualifiedNameFindings(`${path}.topologyKey`, topologyKey),
  ];
};

const labelKeyFindings = (term: Draft, list: string, path: string): readonly FieldError[] => {
  const keys = textsAt(term, list);
  if (keys.length === 0) return [];
  if (term['labelSelector'] === undefined) return [forbiddenField(`${path}.${list}`, NO_SELECTOR)];
  return keys.flatMap(([index, key]) => qualifiedNameFindings(`${path}.${list}[${index}]`, key));
};

/**
 * The requirement made of a matched label stands in the selector already, at its end: a key that the selector names
 * before that is the author's own.
 */
const selectedTwiceFindings = (term: Draft, path: string): readonly FieldError[] => {
  const matched = new Map(textsAt(term, 'matchLabelKeys').map(([index, key]) => [key, index]));
  const selector = objectAt(term, 'labelSelector');
  const seen = new Set(Object.keys(objectAt(selector, 'matchLabels')));
  return itemsAt(selector, 'matchExpressions').flatMap(([, { key }]) => {
    if (typeof key !== 'string') return [];
    const index = matched.get(key);
    const isTwice = seen.has(key);
    seen.add(key);
    return index !== undefined && isTwice
      ? [invalidField(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector')]
      : [];
  });
};

const matchedTwiceFindings = (term: Draft, path: string): readonly FieldError[] => {
  const mismatched = new Set(textsAt(term, 'mismatchLabelKeys').map(([, key]) => key));
  return textsAt(term, 'matchLabelKeys').flatMap(([index, key]) =>
    mismatched.has(key)
      ? [invalidField(`${path}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
      : [],
  );
};
