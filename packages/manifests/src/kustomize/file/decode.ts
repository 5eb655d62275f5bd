/**
 * Untyped YAML into known shapes as Go's JSON decoder does it: names may differ in case, null means absent, and what
 * is of another type or unknown is refused.
 */
import { Failure, isObject } from '@argosy/base';

/** What a value has to be. `scalar` takes numbers and booleans as text; `any` takes everything. */
export type Shape =
  | 'text'
  | 'scalar'
  | 'bool'
  | 'int'
  | 'any'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly isOpen?: boolean };

/** Decodes a value; absent fields stay absent. Throws Failure `InvalidKustomization` naming the field. */
export const decode = (value: unknown, shape: Shape, path: string): unknown => {
  if (value === null || value === undefined) return undefined;
  if (shape === 'any') return value;
  if (typeof shape === 'string') return decodeScalar(value, shape, path);
  if ('list' in shape) return decodeList(value, shape.list, path);
  if (!isObject(value)) throw mismatch(path, 'a mapping', value);
  return 'map' in shape ? decodeMap(value, shape.map, path) : decodeFields(value, shape, path);
};

/** Decodes leniently, as settings of plugins are: unknown fields are passed over, numbers and booleans become text. */
export const decodeLoosely = (value: unknown, shape: Shape, path: string): unknown =>
  decode(value, loosen(shape), path);

const loosen = (shape: Shape): Shape => {
  if (typeof shape === 'string') return shape === 'text' ? 'scalar' : shape;
  if ('list' in shape) return { list: loosen(shape.list) };
  if ('map' in shape) return { map: loosen(shape.map) };
  const fields = Object.entries(shape.fields).map(([name, field]) => [name, loosen(field)] as const);
  return { fields: Object.fromEntries(fields), isOpen: true };
};

const decodeScalar = (value: unknown, shape: 'text' | 'scalar' | 'bool' | 'int', path: string): unknown => {
  if (shape === 'int') {
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    throw mismatch(path, 'a whole number', value);
  }
  if (shape === 'bool') {
    if (typeof value === 'boolean') return value;
    throw mismatch(path, 'true or false', value);
  }
  if (typeof value === 'string') return value;
  if (shape === 'scalar' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  throw mismatch(path, 'text; put it in quotes', value);
};

const decodeList = (value: unknown, shape: Shape, path: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw mismatch(path, 'a list', value);
  return value.map((item, at) => decode(item, shape, `${path}[${at}]`) ?? emptyOf(shape));
};

const emptyOf = (shape: Shape): unknown => (shape === 'text' || shape === 'scalar' ? '' : {});

const decodeMap = (value: Record<string, unknown>, shape: Shape, path: string): Record<string, unknown> => {
  const entries = Object.keys(value).map(
    (name) => [name, decode(value[name], shape, `${path}.${name}`) ?? emptyOf(shape)] as const,
  );
  return Object.fromEntries(entries);
};

const decodeFields = (
  value: Record<string, unknown>,
  shape: { readonly fields: Readonly<Record<string, Shape>>; readonly isOpen?: boolean },
  path: string,
): Record<string, unknown> => {
  const decoded: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const field = fieldNamed(shape.fields, name);
    const where = path === '' ? name : `${path}.${name}`;
    if (field === undefined) {
      if (shape.isOpen) continue;
      throw new Failure(`invalid Kustomization: unknown field ${JSON.stringify(where)}; remove it or fix its name`, {
        code: 'InvalidKustomization',
      });
    }
    const part = decode(value[name], shape.fields[field] ?? 'any', where);
    if (part !== undefined) decoded[field] = part;
  }
  return decoded;
};

const fieldNamed = (fields: Readonly<Record<string, Shape>>, name: string): string | undefined => {
  if (Object.hasOwn(fields, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(fields).find((field) => field.toLowerCase() === lower);
};

const mismatch = (path: string, wanted: string, value: unknown): Failure => {
  const kind = Array.isArray(value) ? 'a list' : isObject(value) ? 'a mapping' : JSON.stringify(value);
  return new Failure(`invalid Kustomization: ${path || 'the file'} must be ${wanted}, found ${kind}`, {
    code: 'InvalidKustomization',
  });
};
