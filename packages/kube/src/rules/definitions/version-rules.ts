/**
 * Rules of one version of a definition: its name, its schema as a whole, how it scales.
 * @upstream k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go#validateCustomResourceDefinitionVersion
 */
import { isEqual } from '@argosy/base';

import { validateDns1035Label } from '../../names/dns-names.ts';
import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { SIMPLE_PATH, validateColumn, validateSelectableFields } from './path-rules.ts';
import { validateDefaults, validateSchemaKeywords } from './schema-keyword-rules.ts';
import { validateStructural } from './structural-rules.ts';

/** Findings of a version at `path`; a schema that stays as it was `before` is not looked at again. */
export const validateVersion = (version: Draft, path: string, before: Draft | undefined): readonly FieldError[] => {
  const name = textAt(version, 'name');
  const problems = validateDns1035Label(name);
  const schema = objectAt(version, 'schema')['openAPIV3Schema'];
  const isKnown = before !== undefined && isEqual(objectAt(before, 'schema')['openAPIV3Schema'], schema);
  return [
    ...(problems.length === 0 ? [] : [invalidField(`${path}.name`, name, problems.join(','))]),
    ...deprecationFindings(version, `${path}.deprecationWarning`),
    ...(schema === undefined ? [requiredField(`${path}.schema.openAPIV3Schema`, 'schemas are required')] : []),
    ...(schema === undefined || isKnown ? [] : schemaFindings(version, `${path}.schema.openAPIV3Schema`)),
    ...scaleFindings(version, `${path}.subresources.scale`),
    ...itemsAt(version, 'additionalPrinterColumns').flatMap(([index, column]) =>
      validateColumn(column, `${path}.additionalPrinterColumns[${index}]`),
    ),
    ...validateSelectableFields(version, `${path}.selectableFields`),
  ];
};

const LONGEST_WARNING = 256;

const deprecationFindings = (version: Draft, field: string): readonly FieldError[] => {
  const warning = version['deprecationWarning'];
  if (typeof warning !== 'string') return [];
  if (version['deprecated'] !== true) return [invalidField(field, warning, 'can only be set for deprecated versions')];
  return [
    ...(warning.length > LONGEST_WARNING ? [invalidField(field, warning, 'must be <= 256 characters long')] : []),
    ...(warning === '' ? [invalidField(field, warning, 'must not be an empty string')] : []),
  ];
};

const schemaFindings = (version: Draft, path: string): readonly FieldError[] => {
  const schema = objectAt(objectAt(version, 'schema'), 'openAPIV3Schema');
  const type = textAt(schema, 'type');
  const hasStatus = objectAt(version, 'subresources')['status'] !== undefined;
  const structural = validateStructural(schema, path);
  return [
    ...(hasStatus && type !== '' && type !== 'object'
      ? [
          invalidField(
            `${path}.type`,
            type,
            'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
          ),
        ]
      : []),
    ...(schema['nullable'] === true ? [forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root')] : []),
    ...structural,
    ...(structural.length === 0 ? validateDefaults(schema, path) : []),
    ...validateSchemaKeywords(schema, path),
  ];
};

const scaleFindings = (version: Draft, path: string): readonly FieldError[] => {
  const subresources = objectAt(version, 'subresources');
  if (subresources['scale'] === undefined) return [];
  const scale = objectAt(subresources, 'scale');
  const selector = textAt(scale, 'labelSelectorPath');
  return [
    ...replicasPathFindings(textAt(scale, 'specReplicasPath'), `${path}.specReplicasPath`, '.spec'),
    ...replicasPathFindings(textAt(scale, 'statusReplicasPath'), `${path}.statusReplicasPath`, '.status'),
    ...(selector === '' || /^\.(spec|status)\./.test(selector)
      ? []
      : selector.startsWith('.')
        ? [invalidField(`${path}.labelSelectorPath`, selector, 'should be a json path under either .spec or .status')]
        : [invalidField(`${path}.labelSelectorPath`, selector, SIMPLE_PATH)]),
  ];
};

const replicasPathFindings = (value: string, field: string, part: string): readonly FieldError[] => {
  if (value === '') return [requiredField(field)];
  if (!value.startsWith('.')) return [invalidField(field, value, SIMPLE_PATH)];
  return value.startsWith(`${part}.`) ? [] : [invalidField(field, value, `should be a json path under ${part}`)];
};
