/**
 * Rules of CustomResourceDefinitions: names, versions, columns and subresources. Schemas have files of their own.
 * @upstream k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go
 */
import { isEqual } from '@argosy/base';

import { validateDns1035Label, validateDns1123Subdomain } from '../names/dns-names.ts';
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from './draft.ts';
import { repeatedIn, textsAt } from './findings.ts';
import { validateDefaults, validateSchemaKeywords } from './schema-keyword-rules.ts';
import { validateStructural } from './structural-rules.ts';

/** Findings of a definition; schemas that stay as they were are not looked at again. */
export const validateDefinition = (definition: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(definition, 'spec');
  const names = objectAt(spec, 'names');
  const name = textAt(objectAt(definition, 'metadata'), 'name');
  const versions = itemsAt(spec, 'versions');
  const before = itemsAt(objectAt(previous, 'spec'), 'versions').map(([, version]) => version);
  const stored = versions.filter(([, version]) => version['storage'] === true).length;
  return [
    ...(name === `${textAt(names, 'plural')}.${textAt(spec, 'group')}`
      ? []
      : [invalidField('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
    ...groupFindings(textAt(spec, 'group')),
    ...scopeFindings(spec),
    ...versions.flatMap(([index, version]) =>
      validateVersion(
        version,
        `spec.versions[${index}]`,
        before.find((old) => old['name'] === version['name']),
      ),
    ),
    ...(repeatedIn(versions.map(([, version]) => textAt(version, 'name'))).size > 0
      ? [invalidField('spec.versions', versionNames(versions), 'must contain unique version names')]
      : []),
    ...(stored === 1
      ? []
      : [
          invalidField(
            'spec.versions',
            versionNames(versions),
            'must have exactly one version marked as storage version',
          ),
        ]),
    ...nameFindings(names),
    ...(spec['preserveUnknownFields'] === true ? unknownFieldFindings(spec) : []),
  ];
};

const versionNames = (versions: readonly (readonly [number, Draft])[]): readonly string[] =>
  versions.map(([, version]) => textAt(version, 'name'));

const groupFindings = (group: string): readonly FieldError[] => {
  if (group === '') return [requiredField('spec.group')];
  const problems = validateDns1123Subdomain(group);
  if (problems.length > 0) return [invalidField('spec.group', group, problems.join(','))];
  return group.includes('.') ? [] : [invalidField('spec.group', group, 'should be a domain with at least one dot')];
};

const SCOPES = ['Cluster', 'Namespaced'];

const scopeFindings = (spec: Draft): readonly FieldError[] => {
  const scope = textAt(spec, 'scope');
  if (scope === '') return [requiredField('spec.scope')];
  return SCOPES.includes(scope) ? [] : [unsupportedValue('spec.scope', scope, SCOPES)];
};

const unknownFieldFindings = (spec: Draft): readonly FieldError[] => [
  ...(JSON.stringify(spec['versions'] ?? []).includes('"default":')
    ? [invalidField('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema')]
    : []),
  invalidField(
    'spec.preserveUnknownFields',
    true,
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
  ),
];

const nameFindings = (names: Draft): readonly FieldError[] => {
  const problem = (field: string, value: string, words = ''): readonly FieldError[] => {
    const problems = value === '' ? [] : validateDns1035Label(words === '' ? value : value.toLowerCase());
    return problems.length === 0 ? [] : [invalidField(`spec.names.${field}`, value, `${words}${problems.join(',')}`)];
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  const kind = textAt(names, 'kind');
  return [
    ...['plural', 'singular', 'kind', 'listKind']
      .filter((name) => textAt(names, name) === '')
      .map((name) => requiredField(`spec.names.${name}`)),
    ...problem('plural', textAt(names, 'plural')),
    ...problem('singular', textAt(names, 'singular')),
    ...problem('kind', kind, mixed),
    ...problem('listKind', textAt(names, 'listKind'), mixed),
    ...(kind !== '' && kind === textAt(names, 'listKind')
      ? [invalidField('spec.names.listKind', kind, 'kind and listKind may not be the same')]
      : []),
    ...['shortNames', 'categories'].flatMap((list) =>
      textsAt(names, list).flatMap(([index, name]) => {
        const problems = validateDns1035Label(name);
        return problems.length === 0 ? [] : [invalidField(`spec.names.${list}[${index}]`, name, problems.join(','))];
      }),
    ),
  ];
};

const validateVersion = (version: Draft, path: string, before: Draft | undefined): readonly FieldError[] => {
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
      columnFindings(column, `${path}.additionalPrinterColumns[${index}]`),
    ),
    ...selectableFindings(version, `${path}.selectableFields`),
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

const SIMPLE_PATH = 'must be a simple json path starting with .';

const replicasPathFindings = (value: string, field: string, part: string): readonly FieldError[] => {
  if (value === '') return [requiredField(field)];
  if (!value.startsWith('.')) return [invalidField(field, value, SIMPLE_PATH)];
  return value.startsWith(`${part}.`) ? [] : [invalidField(field, value, `should be a json path under ${part}`)];
};

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

const columnFindings = (column: Draft, path: string): readonly FieldError[] => {
  const [type, format, jsonPath] = [textAt(column, 'type'), textAt(column, 'format'), textAt(column, 'jsonPath')];
  const oneOf = (words: readonly string[]): string => `must be one of ${words.join(',')}`;
  return [
    ...(textAt(column, 'name') === '' ? [requiredField(`${path}.name`)] : []),
    ...(type === '' ? [requiredField(`${path}.type`, oneOf(COLUMN_TYPES))] : []),
    ...(type === '' || COLUMN_TYPES.includes(type) ? [] : [invalidField(`${path}.type`, type, oneOf(COLUMN_TYPES))]),
    ...(format === '' || COLUMN_FORMATS.includes(format)
      ? []
      : [invalidField(`${path}.format`, format, oneOf(COLUMN_FORMATS))]),
    ...(jsonPath === '' ? [requiredField(`${path}.JSONPath`)] : []),
    ...(jsonPath === '' || jsonPath.startsWith('.') ? [] : [invalidField(`${path}.JSONPath`, jsonPath, SIMPLE_PATH)]),
  ];
};

const MOST_SELECTABLE = 8;

const selectableFindings = (version: Draft, path: string): readonly FieldError[] => {
  const fields = itemsAt(version, 'selectableFields');
  const schema = objectAt(objectAt(version, 'schema'), 'openAPIV3Schema');
  const repeated = repeatedIn(fields.map(([, one]) => textAt(one, 'jsonPath')));
  return [
    ...fields.flatMap(([index, one], at) => {
      const field = `${path}[${index}].jsonPath`;
      const jsonPath = textAt(one, 'jsonPath');
      return [
        ...selectablePathFindings(jsonPath, schema, field),
        ...(repeated.has(at) && jsonPath !== '' ? [duplicateField(field, jsonPath)] : []),
      ];
    }),
    ...(fields.length > MOST_SELECTABLE
      ? [
          {
            reason: 'FieldValueTooMany',
            field: path,
            message: `Too many: ${fields.length}: must have at most ${MOST_SELECTABLE} items`,
          } as const,
        ]
      : []),
  ];
};

const SCALARS = ['string', 'boolean', 'integer'];

const selectablePathFindings = (jsonPath: string, schema: Draft, field: string): readonly FieldError[] => {
  if (jsonPath === '') return [requiredField(field)];
  const [empty, ...steps] = jsonPath.split('.');
  if (empty !== '') return [invalidField(field, jsonPath, `is an invalid path: expected [ or . but got: ${jsonPath}`)];
  const found = steps.reduce<Draft | undefined>((part, step) => {
    const properties = objectAt(part, 'properties');
    return Object.hasOwn(properties, step) ? objectAt(properties, step) : undefined;
  }, schema);
  if (steps[0] === 'metadata') return [invalidField(field, jsonPath, 'must not point to fields in metadata')];
  if (!found) return [invalidField(field, jsonPath, 'is an invalid path: does not refer to a valid field')];
  return SCALARS.includes(textAt(found, 'type'))
    ? []
    : [
        invalidField(
          field,
          jsonPath,
          'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        ),
      ];
};
