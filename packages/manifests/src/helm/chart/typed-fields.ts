/**
 * Fields of a document as Go's decoder types them: scalars become texts where a text is wanted, names match in any case.
 * @upstream encoding/json, sigs.k8s.io/yaml
 */
import { Failure, isObject } from '@argosy/base';
import { formatFloat } from '@argosy/expressions';

/** A mapping as it was read. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads fields by the type that they are to have. Each throws Failure `InvalidChart` for a value of another type. */
export interface FieldReader {
  text(name: string, otherwise?: string): string;
  flag(name: string, otherwise?: boolean): boolean;
  texts(name: string, otherwise?: readonly string[]): readonly string[];
  textMap(name: string): Readonly<Record<string, string>> | undefined;
  list(name: string): readonly unknown[];
  objects(name: string): readonly Fields[] | undefined;
}

/** Creates it; `context` begins what it says, `struct` is the type whose fields they are. */
export const createFieldReader = (fields: Fields, context: string, struct: string): FieldReader => {
  const wrong = (name: string, value: unknown, wanted: string): Failure =>
    invalid(
      `${context}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${struct}.${name} of type ${wanted}`,
    );
  const asText = (name: string, value: unknown): string => {
    const text = textOfScalar(value);
    if (text === undefined) throw wrong(name, value, 'string');
    return text;
  };
  const listOf = (name: string): readonly unknown[] | undefined => {
    const value = fieldOf(fields, name);
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) throw wrong(name, value, 'list');
    return value;
  };
  return {
    text: (name, otherwise = '') => {
      const value = fieldOf(fields, name);
      return value === undefined || value === null ? otherwise : asText(name, value);
    },
    flag: (name, otherwise = false) => {
      const value = fieldOf(fields, name) ?? otherwise;
      if (typeof value !== 'boolean') throw wrong(name, value, 'bool');
      return value;
    },
    texts: (name, otherwise = []) => listOf(name)?.map((item) => asText(name, item)) ?? otherwise,
    textMap: (name) => {
      const value = fieldOf(fields, name) ?? undefined;
      if (value === undefined) return undefined;
      if (!isObject(value)) throw wrong(name, value, 'map[string]string');
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(name, item)] as const));
    },
    list: (name) => listOf(name) ?? [],
    objects: (name) =>
      listOf(name)?.map((item) => {
        if (!isObject(item)) throw invalid(`${context}: ${name} must not contain empty or null nodes`);
        return item;
      }),
  };
};

/** Go's JSON matches names in any case, the exact one first. */
const fieldOf = (fields: Fields, name: string): unknown => {
  if (Object.hasOwn(fields, name)) return fields[name];
  const other = Object.keys(fields).find((key) => key.toLowerCase() === name.toLowerCase());
  return other === undefined ? undefined : fields[other];
};

/**
 * A scalar where a text is wanted: `appVersion: 1.10` is the text 1.1. `undefined` for lists and maps.
 * @upstream sigs.k8s.io/yaml yaml.go#convertToJSONableObject
 */
export const textOfScalar = (value: unknown): string | undefined => {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && !Number.isInteger(value)) return formatFloat(value, 'g', -1, 32);
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined;
};

/** Name of a JSON type, as Go's decoder has it. */
export const jsonTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' ? 'number' : typeof value;
};

const invalid = (problem: string): Failure => new Failure(problem, { code: 'InvalidChart' });
