/**
 * Types of lists and maps that are written out.
 */
import type { CelNode } from '../syntax/ast.ts';
import {
  DYN,
  formatType,
  isAssignable,
  isDeclaredDyn,
  isDyn,
  listOf,
  mapOf,
  UNKNOWN,
  type CelType,
} from '../values/cel-type.ts';
import type { CelChecker, CelNames } from './check.ts';

/** The type of a list or map that is written out: all parts have one type. */
export const checkAggregate = (
  checker: CelChecker,
  node: Extract<CelNode, { kind: 'list' | 'map' }>,
  names: CelNames | undefined,
): CelType => {
  const typed = (part: CelNode, isOptional: boolean): TypedPart => ({
    at: part.at,
    type: unwrapped(checker, checker.check(part, names), { at: part.at, isOptional }),
  });
  if (node.kind === 'list') {
    const items = node.items.map(({ value, isOptional }) => typed(value, isOptional));
    return listOf(commonType(checker, items));
  }
  const keys = node.entries.map(({ key }) => typed(key, false));
  const values = node.entries.map(({ value, isOptional }) => typed(value, isOptional));
  return mapOf(commonType(checker, keys), commonType(checker, values));
};

interface TypedPart {
  readonly at: number;
  readonly type: CelType;
}

const unwrapped = (
  checker: CelChecker,
  type: CelType,
  { at, isOptional }: { readonly at: number; readonly isOptional: boolean },
): CelType => {
  if (!isOptional || isDyn(type)) return type;
  if (type.kind === 'optional') return type.of;
  return checker.refuse(at, `expected type 'optional_type(${formatType(type)})' but found '${formatType(type)}'`);
};

/** The one type of all parts: literals mix none. */
const commonType = (checker: CelChecker, parts: readonly TypedPart[]): CelType => {
  let common = UNKNOWN;
  for (const { at, type } of parts) {
    const bindings = new Map([['_', common]]);
    const isMixed = common.kind !== 'param' && isDeclaredDyn(common) !== isDeclaredDyn(type);
    if (!isMixed && isAssignable(UNKNOWN, type, bindings)) common = bindings.get('_') ?? common;
    else if (checker.isMixing) return DYN;
    else checker.refuse(at, `expected type '${formatType(common)}' but found '${formatType(type)}'`);
  }
  return common;
};
