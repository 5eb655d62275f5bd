/** Defaults and rules of admission policies and their bindings. @upstream k8s.io/kubernetes/pkg/apis/admissionregistration */
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { fillIn, itemsAt, mapList, objectAt, textAt, type Draft } from './draft.ts';
import { repeatedIn } from './findings.ts';

/** Completes a policy. */
export const defaultAdmissionPolicy = (policy: Draft): Draft => {
  const spec = fillIn(objectAt(policy, 'spec'), { failurePolicy: 'Fail' });
  return { ...policy, spec: withSelection(spec, 'matchConstraints') };
};

/** Completes a binding. */
export const defaultAdmissionPolicyBinding = (binding: Draft): Draft => ({
  ...binding,
  spec: withSelection(objectAt(binding, 'spec'), 'matchResources'),
});

/** Policies: something to hold, and of what. */
export const validateAdmissionPolicy = (policy: Draft): readonly FieldError[] => {
  const spec = objectAt(policy, 'spec');
  const validations = itemsAt(spec, 'validations');
  const param = spec['paramKind'] === undefined ? undefined : objectAt(spec, 'paramKind');
  return [
    ...(validations.length + itemsAt(spec, 'auditAnnotations').length === 0
      ? [requiredField('spec.validations', 'validations or auditAnnotations must contain at least one item')]
      : []),
    ...(itemsAt(objectAt(spec, 'matchConstraints'), 'resourceRules').length === 0
      ? [requiredField('spec.matchConstraints.resourceRules')]
      : []),
    ...validations.flatMap(([at, one]) =>
      textAt(one, 'expression').trim() === '' ? [requiredField(`spec.validations[${at}].expression`)] : [],
    ),
    ...(['apiVersion', 'kind'] as const).flatMap((field) =>
      param && textAt(param, field) === '' ? [requiredField(`spec.paramKind.${field}`)] : [],
    ),
    ...validateChoice(spec, 'failurePolicy', ['Fail', 'Ignore']),
    ...validateVariables(spec),
  ];
};

/** Bindings: of which policy, and what becomes of who breaks it. */
export const validateAdmissionPolicyBinding = (binding: Draft): readonly FieldError[] => {
  const spec = objectAt(binding, 'spec');
  const actions = Array.isArray(spec['validationActions']) ? spec['validationActions'].map(String) : [];
  const repeated = repeatedIn(actions);
  return [
    ...(textAt(spec, 'policyName') === '' ? [requiredField('spec.policyName')] : []),
    ...(actions.length === 0 ? [requiredField('spec.validationActions')] : []),
    ...actions.flatMap((action, at) => [
      ...(ACTIONS.includes(action) ? [] : [unsupportedValue(`spec.validationActions[${at}]`, action, ACTIONS)]),
      ...(repeated.has(at) ? [duplicateField(`spec.validationActions[${at}]`, action)] : []),
    ]),
    ...(actions.includes('Deny') && actions.includes('Warn')
      ? [
          invalidField(
            'spec.validationActions',
            actions,
            'must not contain both Deny and Warn (repeating the same warning)',
          ),
        ]
      : []),
    ...(spec['paramRef'] === undefined ? [] : validateParamRef(objectAt(spec, 'paramRef'))),
  ];
};

const ACTIONS: readonly string[] = ['Deny', 'Warn', 'Audit'];

const withSelection = (spec: Draft, field: string): Draft => {
  if (spec[field] === undefined) return spec;
  const selection = fillIn(objectAt(spec, field), {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
  });
  const scoped = (list: string) => (of: Draft) => mapList(of, list, (rule) => fillIn(rule, { scope: '*' }));
  return { ...spec, [field]: scoped('excludeResourceRules')(scoped('resourceRules')(selection)) };
};

const validateChoice = (of: Draft, field: string, allowed: readonly string[], path = 'spec'): readonly FieldError[] => {
  const value = textAt(of, field);
  return value === '' || allowed.includes(value) ? [] : [unsupportedValue(`${path}.${field}`, value, allowed)];
};

const validateVariables = (spec: Draft): readonly FieldError[] => {
  const names = itemsAt(spec, 'variables').map(([, variable]) => textAt(variable, 'name'));
  const repeated = repeatedIn(names);
  return names.flatMap((name, at) => {
    const path = `spec.variables[${at}].name`;
    if (name === '') return [requiredField(path)];
    if (!/^[A-Za-z_]\w*$/.test(name)) return [invalidField(path, name, 'name is not a valid CEL identifier')];
    return repeated.has(at) ? [duplicateField(path, name)] : [];
  });
};

const validateParamRef = (reference: Draft): readonly FieldError[] => {
  const isNamed = textAt(reference, 'name') !== '';
  const isSelected = reference['selector'] !== undefined;
  return [
    ...(isNamed === isSelected ? [requiredField('spec.paramRef', 'one of name or selector must be specified')] : []),
    ...(textAt(reference, 'parameterNotFoundAction') === ''
      ? [requiredField('spec.paramRef.parameterNotFoundAction')]
      : validateChoice(reference, 'parameterNotFoundAction', ['Allow', 'Deny'], 'spec.paramRef')),
  ];
};
