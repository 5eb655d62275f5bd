/** Defaults and rules of admission policies and their bindings. @upstream k8s.io/kubernetes/pkg/apis/admissionregistration */
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { fillIn, itemsAt, mapList, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { qualifiedNameFindings, repeatedIn, subdomainFindings } from '../findings.ts';
import { validateMatchConditions, validateRequestMatch } from './request-match-rules.ts';
import { validateDns1035Label } from '../../names/dns-names.ts';

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
  const match = objectAt(spec, 'matchConstraints');
  return [
    ...validateChoice(spec, 'failurePolicy', ['Fail', 'Ignore']),
    ...(spec['paramKind'] === undefined ? [] : validateParamKind(objectAt(spec, 'paramKind'))),
    ...(spec['matchConstraints'] === undefined ? [requiredField('spec.matchConstraints')] : []),
    ...validateRequestMatch(match, 'spec.matchConstraints'),
    ...(spec['matchConstraints'] !== undefined && itemsAt(match, 'resourceRules').length === 0
      ? [requiredField('spec.matchConstraints.resourceRules')]
      : []),
    ...validateMatchConditions(spec, 'spec'),
    ...validateVariables(spec),
    ...validateJudgements(spec, textAt(objectAt(policy, 'metadata'), 'name')),
  ];
};

/** Bindings: of which policy, and what becomes of who breaks it. */
export const validateAdmissionPolicyBinding = (binding: Draft): readonly FieldError[] => {
  const spec = objectAt(binding, 'spec');
  const actions = Array.isArray(spec['validationActions']) ? spec['validationActions'].map(String) : [];
  const repeated = repeatedIn(actions);
  return [
    ...(textAt(spec, 'policyName') === ''
      ? [requiredField('spec.policyName')]
      : subdomainFindings('spec.policyName', textAt(spec, 'policyName'))),
    ...(actions.length === 0
      ? [requiredField('spec.validationActions', 'at least one validation action is required')]
      : []),
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
    ...validateRequestMatch(objectAt(spec, 'matchResources'), 'spec.matchResources'),
  ];
};

const ACTIONS: readonly string[] = ['Audit', 'Deny', 'Warn'];

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

/** Variables: each must have a name the language knows, and an expression. */
const validateVariables = (spec: Draft): readonly FieldError[] =>
  itemsAt(spec, 'variables').flatMap(([index, variable]) => {
    const path = `spec.variables[${index}]`;
    const name = textAt(variable, 'name');
    return [
      ...(name.trim() === '' ? [requiredField(`${path}.name`, 'name is not specified')] : []),
      ...(name.trim() === '' || /^[A-Za-z_]\w*$/.test(name)
        ? []
        : [invalidField(`${path}.name`, name, 'name is not a valid CEL identifier')]),
      ...expressionFindings(variable, 'expression', path),
    ];
  });

const validateJudgements = (spec: Draft, policy: string): readonly FieldError[] => {
  const validations = itemsAt(spec, 'validations');
  const annotations = itemsAt(spec, 'auditAnnotations');
  const repeated = repeatedIn(annotations.map(([, one]) => textAt(one, 'key')));
  if (validations.length + annotations.length === 0)
    return ['validations', 'auditAnnotations'].map((name) =>
      requiredField(`spec.${name}`, 'validations or auditAnnotations must contain at least one item'),
    );
  return [
    ...validations.flatMap(([index, one]) => [
      ...expressionFindings(one, 'expression', `spec.validations[${index}]`),
      ...validateChoice(one, 'reason', REASONS, `spec.validations[${index}]`),
    ]),
    ...annotations.flatMap(([index, one], at) => {
      const path = `spec.auditAnnotations[${index}]`;
      const key = textAt(one, 'key');
      return [
        ...qualifiedNameFindings(`${path}.key`, `${policy}/${key}`).map((found) => ({
          ...found,
          field: `${path}.key`,
        })),
        ...expressionFindings(one, 'valueExpression', path),
        ...(repeated.has(at) ? [duplicateField(`${path}.key`, key)] : []),
      ];
    }),
  ];
};

const REASONS: readonly string[] = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

const expressionFindings = (of: Draft, name: string, path: string): readonly FieldError[] =>
  textAt(of, name).trim() === '' ? [requiredField(`${path}.${name}`, `${name} is not specified`)] : [];

const validateParamKind = (param: Draft): readonly FieldError[] => {
  const kind = textAt(param, 'kind');
  const problems = validateDns1035Label(kind.toLowerCase());
  return [
    ...apiVersionFindings(textAt(param, 'apiVersion'), 'spec.paramKind.apiVersion'),
    ...(kind === '' ? [requiredField('spec.paramKind.kind')] : []),
    ...(kind === '' || problems.length === 0
      ? []
      : [
          invalidField(
            'spec.paramKind.kind',
            kind,
            `may have mixed case, but should otherwise match: ${problems.join(',')}`,
          ),
        ]),
  ];
};

const apiVersionFindings = (apiVersion: string, field: string): readonly FieldError[] => {
  if (apiVersion === '') return [requiredField(field)];
  const parts = apiVersion.split('/');
  if (parts.length > 2) return [invalidField(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const version = parts.at(-1) ?? '';
  const group = parts.length === 2 ? (parts[0] ?? '') : '';
  const problems = validateDns1035Label(version);
  return [
    ...(group === '' ? [] : subdomainFindings(field, group)),
    ...(version === '' ? [invalidField(field, apiVersion, 'version must be specified')] : []),
    ...(version === '' || problems.length === 0 ? [] : [invalidField(field, version, problems.join(','))]),
  ];
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
