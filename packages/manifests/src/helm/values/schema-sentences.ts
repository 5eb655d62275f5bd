/**
 * What a schema has against a value, in the sentences Helm's users know.
 * @upstream santhosh-tekuri/jsonschema kind/kind.go
 */
import type { ErrorObject } from 'ajv';

import { isObject } from '@argosy/base';

/** Lines of problems; properties that one rule misses or refuses share a line, and what only gathers others has none. */
export const describeSchemaErrors = (errors: readonly ErrorObject[]): readonly string[] => {
  const groups = new Map<string, ErrorObject[]>();
  for (const error of withoutFollowers(errors)) {
    const key = LISTS[error.keyword] ? JSON.stringify([error.instancePath, error.schemaPath]) : String(groups.size);
    groups.set(key, [...(groups.get(key) ?? []), error]);
  }
  return [...groups.values()].flatMap(describeGroup);
};

/** A value that one of these is against is not judged further by the same schema. */
const FIRST_RULES: readonly string[] = ['type', 'const', 'enum', 'format'];

const withoutFollowers = (errors: readonly ErrorObject[]): readonly ErrorObject[] => {
  const rank = ({ keyword }: ErrorObject): number => FIRST_RULES.indexOf(keyword) + 1 || FIRST_RULES.length + 1;
  const placeOf = ({ instancePath, schemaPath, keyword }: ErrorObject): string =>
    JSON.stringify([instancePath, schemaPath.slice(0, -keyword.length)]);
  const best = new Map<string, number>();
  for (const error of errors) best.set(placeOf(error), Math.min(rank(error), best.get(placeOf(error)) ?? Infinity));
  return errors.filter(
    (error) => (best.get(placeOf(error)) ?? Infinity) > FIRST_RULES.length || rank(error) === best.get(placeOf(error)),
  );
};

const describeGroup = (errors: readonly ErrorObject[]): readonly string[] => {
  const [error] = errors;
  if (!error) return [];
  const list = LISTS[error.keyword];
  const sentence = list
    ? list.write(errors.map((one) => quoted(param(one, list.param))))
    : (SENTENCES[error.keyword]?.(error) ?? `${error.keyword}: ${error.message ?? 'not met'}`);
  return sentence === '' ? [] : [`at '${error.instancePath}': ${sentence}`];
};

type Sentence = (error: ErrorObject) => string;

const param = (error: ErrorObject, name: string): unknown => (isObject(error.params) ? error.params[name] : undefined);
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const quoted = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
};

const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : Number(value);
};

const limit: Sentence = (error) => `${error.keyword}: got ${sizeOf(error.data)}, want ${text(param(error, 'limit'))}`;

const typed: Sentence = (error) => {
  const wanted = param(error, 'type');
  return `got ${kindOf(error.data)}, want ${Array.isArray(wanted) ? wanted.join(' or ') : text(wanted)}`;
};

/** Problems with several properties at once; the library tells each apart. */
const LISTS: Readonly<
  Record<string, { readonly param: string; readonly write: (names: readonly string[]) => string } | undefined>
> = {
  required: {
    param: 'missingProperty',
    write: (names) => `missing ${names.length > 1 ? 'properties' : 'property'} ${names.join(', ')}`,
  },
  additionalProperties: {
    param: 'additionalProperty',
    write: (names) => `additional properties ${[...names].sort().join(', ')} not allowed`,
  },
  unevaluatedProperties: {
    param: 'unevaluatedProperty',
    write: (names) => `unevaluated properties ${[...names].sort().join(', ')} not allowed`,
  },
};

const SENTENCES: Readonly<Record<string, Sentence>> = {
  type: typed,
  dependencies: (error) => describeDependency(error),
  dependentRequired: (error) => describeDependency(error),
  enum: (error) => {
    const allowed = param(error, 'allowedValues');
    const list = Array.isArray(allowed) ? allowed.map(quoted).join(', ') : '';
    return Array.isArray(allowed) && allowed.length === 1 ? `value must be ${list}` : `value must be one of ${list}`;
  },
  const: (error) => `value must be ${quoted(param(error, 'allowedValue'))}`,
  pattern: (error) => `${quoted(error.data)} does not match pattern ${quoted(param(error, 'pattern'))}`,
  format: (error) => `${quoted(error.data)} is not valid ${text(param(error, 'format'))}`,
  minLength: limit,
  maxLength: limit,
  minItems: limit,
  maxItems: limit,
  minProperties: limit,
  maxProperties: limit,
  minimum: limit,
  maximum: limit,
  exclusiveMinimum: limit,
  exclusiveMaximum: limit,
  multipleOf: (error) => `multipleOf: got ${sizeOf(error.data)}, want ${text(param(error, 'multipleOf'))}`,
  uniqueItems: (error) => `items at ${text(param(error, 'j'))} and ${text(param(error, 'i'))} are equal`,
  contains: () => 'no items match contains schema',
  propertyNames: (error) => `invalid propertyName ${quoted(param(error, 'propertyName'))}`,
  'false schema': () => 'false schema',
  not: () => "'not' failed",
  anyOf: () => "'anyOf' failed",
  oneOf: (error) => {
    const passing = param(error, 'passingSchemas');
    return Array.isArray(passing)
      ? `'oneOf' failed, subschemas ${passing.join(', ')} matched`
      : "'oneOf' failed, none matched";
  },
  // What the branch has against the value stands beside it.
  if: () => '',
};

const describeDependency = (error: ErrorObject): string =>
  `properties ${quoted(param(error, 'missingProperty'))} required, if ${quoted(param(error, 'property'))} exists`;
