/**
 * The keyword `uniqueItems`, in time that grows with the items: Ajv compares each with each, which takes minutes for a
 * list of the size a values file may have.
 * @upstream santhosh-tekuri/jsonschema validator.go#duplicates: the first item that stood before is told
 */
import type { Ajv, ErrorObject } from 'ajv';

import { isObject } from '@argosy/base';

const KEYWORD = 'uniqueItems';

/** Judges `uniqueItems` in place of Ajv. */
export const judgeUniqueItems = (ajv: Ajv): void => {
  const validate = Object.assign(
    (isWanted: boolean, items: readonly unknown[]): boolean => {
      const repeated = isWanted ? findRepeated(items) : undefined;
      validate.errors = repeated ? [{ keyword: KEYWORD, params: repeated }] : [];
      return repeated === undefined;
    },
    { errors: [] as Partial<ErrorObject>[] },
  );
  ajv.removeKeyword(KEYWORD);
  ajv.addKeyword({ keyword: KEYWORD, type: 'array', schemaType: 'boolean', errors: true, validate });
};

const findRepeated = (items: readonly unknown[]): { readonly i: number; readonly j: number } | undefined => {
  const seen = new Map<string, number>();
  for (const [i, item] of items.entries()) {
    const text = JSON.stringify(inOrder(item));
    const j = seen.get(text);
    if (j !== undefined) return { i, j };
    seen.set(text, i);
  }
  return undefined;
};

/** Objects that are equal have their members in one order. */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, part]) => ({ [name]: inOrder(part) }));
};
