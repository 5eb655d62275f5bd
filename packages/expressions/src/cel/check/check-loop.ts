/**
 * Types of the macros that run an expression for each item.
 */
import type { CelNode } from '../syntax/ast.ts';
import {
  BOOL,
  DYN,
  formatType,
  INT,
  isAssignable,
  isDyn,
  listOf,
  mapOf,
  noOverload,
  notBool,
  type CelType,
} from '../values/cel-type.ts';
import type { CelChecker, CelNames } from './check.ts';

type Loop = Extract<CelNode, { kind: 'loop' }>;

/** The type of a loop. */
export const checkLoop = (checker: CelChecker, node: Loop, names: CelNames | undefined): CelType => {
  const target = checker.check(node.target, names);
  const [first, second] = variableTypes(checker, node, target);
  const [name = '', other] = node.variables;
  const outer: CelNames = { name, type: other === undefined ? first : keyType(target), outer: names };
  const scope = other === undefined ? outer : { name: other, type: second, outer };
  const filter = node.filter && checker.check(node.filter, scope);
  const body = checker.check(node.body, scope);
  if (filter) expectBool(checker, node, filter, body);
  return resultType(checker, node, { target, key: keyType(target), item: first, body });
};

const keyType = (target: CelType): CelType => {
  if (target.kind === 'list') return INT;
  return target.kind === 'map' ? target.key : DYN;
};

/** What one variable holds, and what the second of two. */
const variableTypes = (checker: CelChecker, node: Loop, target: CelType): readonly [CelType, CelType] => {
  if (target.kind === 'list') return [target.element, target.element];
  if (target.kind === 'map') return [target.key, target.value];
  if (!isDyn(target))
    checker.refuse(
      node.target.at,
      `expression of type '${formatType(target)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
    );
  return [DYN, DYN];
};

/** A filter chooses between two lists, hence what is said of it; `all` and `exists` join their bodies. */
const expectBool = (checker: CelChecker, node: Loop, type: CelType, item: CelType): void => {
  if (isAssignable(BOOL, type, new Map())) return;
  if (node.macro === 'all' || node.macro === 'exists') checker.refuse(node.body.at, notBool(type));
  else {
    const kept = node.macro === 'existsOne' ? INT : listOf(item);
    checker.refuse(node.at, noOverload('_?_:_', [type, kept, kept]));
  }
};

interface LoopTypes {
  readonly target: CelType;
  readonly key: CelType;
  readonly item: CelType;
  readonly body: CelType;
}

const CONDITIONS: ReadonlySet<string> = new Set(['all', 'exists', 'existsOne', 'filter']);

const resultType = (checker: CelChecker, node: Loop, types: LoopTypes): CelType => {
  if (CONDITIONS.has(node.macro)) expectBool(checker, node, types.body, types.item);
  switch (node.macro) {
    case 'all':
    case 'exists':
    case 'existsOne':
      return BOOL;
    case 'filter':
      return listOf(types.item);
    case 'sortBy':
      return checkSort(checker, node, types);
    case 'map':
    case 'transformList':
      return listOf(types.body);
    case 'transformMap':
      return mapOf(types.key, types.body);
    case 'transformMapEntry':
      return checkEntry(checker, node, types.body);
  }
};

const COMPARABLE: ReadonlySet<string> = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'timestamp',
  'duration',
]);

const checkSort = (checker: CelChecker, node: Loop, { target, item, body }: LoopTypes): CelType => {
  if (isDyn(body) || (body.kind === 'simple' && COMPARABLE.has(body.name))) return listOf(item);
  return checker.refuse(node.at, noOverload('@sortByAssociatedKeys', [target, listOf(body)], true));
};

const checkEntry = (checker: CelChecker, node: Loop, body: CelType): CelType => {
  if (body.kind === 'map') return body;
  if (isDyn(body)) return mapOf(DYN, DYN);
  return checker.refuse(node.at, noOverload('cel.@mapInsert', [mapOf(DYN, DYN), body]));
};
