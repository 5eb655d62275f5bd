/**
 * Rules of what a version shows and selects by paths into its objects.
 * @upstream k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go#ValidateCustomResourceColumnDefinition, #validateCustomResourceSelectableFields
 */
import { duplicateField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { repeatedIn } from '../findings.ts';

/** What is said of a path that does not begin as one. */
export const SIMPLE_PATH = 'must be a simple json path starting with .';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

/** Findings of a column `kubectl get` prints. */
export const validateColumn = (column: Draft, path: string): readonly FieldError[] => {
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

/** Findings of the fields by which objects of a version may be selected: each must be a scalar of its schema. */
export const validateSelectableFields = (version: Draft, path: string): readonly FieldError[] => {
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
