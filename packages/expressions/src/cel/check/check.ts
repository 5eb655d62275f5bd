/**
 * Types of expressions: gradual, so that only what can never be right is refused. In the words of cel-go.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking
 */
import type { CelNode } from '../syntax/ast.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DYN,
  formatType,
  INT,
  isAssignable,
  isDyn,
  noOverload,
  notBool,
  NULL,
  optionalOf,
  STRING,
  substituteType,
  TYPE,
  UINT,
  type CelType,
} from '../values/cel-type.ts';
import { CelUint, type CelValue } from '../values/cel-value.ts';
import { CEL_FUNCTIONS, TYPE_NAMES } from '../library/library.ts';
import { candidatesOf, overloadsOf } from '../library/overloads.ts';
import { checkAggregate } from './check-aggregate.ts';
import { literalIssues } from './check-literals.ts';
import { checkLoop } from './check-loop.ts';

/** Something wrong with an expression. */
export interface CelIssue {
  /** Offset in the source. */
  readonly at: number;
  readonly message: string;
}

/** Names in scope, the innermost first. */
export interface CelNames {
  readonly name: string;
  readonly type: CelType;
  readonly outer: CelNames | undefined;
}

/** The state of a check. */
export interface CelChecker {
  readonly variables: ReadonlyMap<string, CelType>;
  /** Names of the variables met. */
  readonly used: Set<string>;
  readonly issues: CelIssue[];
  /** Types of all parts, by their nodes. */
  readonly types: Map<CelNode, CelType>;
  /** Whether literals may mix types. */
  readonly isMixing: boolean;
  check(node: CelNode, names: CelNames | undefined): CelType;
  /** Notes what is wrong; the type is then anything, lest one mistake be told twice. */
  refuse(at: number, message: string): CelType;
}

/** What a check finds. */
export interface CelCheck {
  readonly type: CelType;
  readonly issues: readonly CelIssue[];
  /** Names of the variables the expression reads. */
  readonly used: ReadonlySet<string>;
  /** Types of all its parts. */
  readonly types: ReadonlyMap<CelNode, CelType>;
}

/** The type of an expression, and what is wrong with it. */
export const checkCel = (root: CelNode, variables: ReadonlyMap<string, CelType>): CelCheck => {
  const used = new Set<string>();
  const issues: CelIssue[] = [];
  const types = new Map<CelNode, CelType>();
  const checker: CelChecker = {
    variables,
    used,
    issues,
    types,
    isMixing: false,
    check(node, names) {
      const type = typeOf(this, node, names);
      types.set(node, type);
      return type;
    },
    refuse: (at, message) => {
      issues.push({ at, message });
      return DYN;
    },
  };
  return { type: checker.check(root, undefined), issues, used, types };
};

const typeOf = (checker: CelChecker, node: CelNode, names: CelNames | undefined): CelType => {
  const of = (part: CelNode): CelType => checker.check(part, names);
  switch (node.kind) {
    case 'literal':
      return typeOfLiteral(node.value);
    case 'identifier':
      return lookUp(checker, node.name, names) ?? checker.refuse(node.at, undeclared(node.name));
    case 'select':
      return selectType(checker, of(node.target), node);
    case 'has':
      selectType(checker, of(node.target), { ...node, isOptional: false });
      return BOOL;
    case 'index':
      return checkOverloads(checker, node.at, {
        name: node.isOptional ? '_[?_]' : '_[_]',
        args: [of(node.target), of(node.key)],
      });
    case 'call':
      return checkCall(checker, node, names);
    case 'and':
    case 'or':
      return checkLogic(checker, node, names);
    case 'conditional':
      return checkConditional(checker, node.at, [of(node.condition), of(node.whenTrue), of(node.whenFalse)]);
    case 'list':
    case 'map':
      return checkAggregate(checker, node, names);
    case 'optionalMap':
      return checkOptionalMap(checker, node, names);
    case 'loop':
      return checkLoop(checker, node, names);
  }
};

const typeOfLiteral = (value: CelValue): CelType => {
  if (value === null) return NULL;
  if (typeof value === 'bigint') return INT;
  if (typeof value === 'number') return DOUBLE;
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOL;
  return value instanceof CelUint ? UINT : BYTES;
};

const undeclared = (name: string): string => `undeclared reference to '${name}' (in container '')`;

const lookUp = (checker: CelChecker, name: string, names: CelNames | undefined): CelType | undefined => {
  for (let scope = names; scope; scope = scope.outer) if (scope.name === name) return scope.type;
  if (checker.variables.has(name)) checker.used.add(name);
  return checker.variables.get(name) ?? (TYPE_NAMES.has(name) ? TYPE : undefined);
};

const selectType = (
  checker: CelChecker,
  target: CelType,
  node: { readonly at: number; readonly field: string; readonly isOptional: boolean },
): CelType => {
  const held = target.kind === 'optional' ? target.of : target;
  const field = fieldType(checker, held, node);
  return (target.kind === 'optional' || node.isOptional) && field.kind !== 'optional' ? optionalOf(field) : field;
};

const fieldType = (
  checker: CelChecker,
  target: CelType,
  { at, field }: { readonly at: number; readonly field: string },
): CelType => {
  if (isDyn(target)) return DYN;
  if (target.kind === 'map') return target.value;
  if (target.kind === 'object') return target.fields.get(field) ?? checker.refuse(at, `undefined field '${field}'`);
  return checker.refuse(at, `type '${formatType(target)}' does not support field selection`);
};

const checkCall = (
  checker: CelChecker,
  node: Extract<CelNode, { kind: 'call' }>,
  names: CelNames | undefined,
): CelType => {
  const isMember = node.target !== undefined;
  const parts = node.target ? [node.target, ...node.args] : node.args;
  if (overloadsOf(CEL_FUNCTIONS, node.name, isMember).length === 0) {
    for (const part of parts) checker.check(part, names);
    return checker.refuse(node.at, undeclared(node.name));
  }
  // What is to be formatted may be of many types.
  const inner = isMember && node.name === 'format' ? { ...checker, isMixing: true } : checker;
  const args = parts.map((part) => inner.check(part, names));
  const count = checker.issues.length;
  const type = checkOverloads(checker, node.at, { name: node.name, args, isMember });
  if (checker.issues.length === count) checker.issues.push(...literalIssues(node));
  return type;
};

/** The type of a function's result for the types of its arguments. */
const checkOverloads = (
  checker: CelChecker,
  at: number,
  call: { readonly name: string; readonly args: readonly CelType[]; readonly isMember?: boolean },
): CelType => {
  const { name, args, isMember = false } = call;
  const results = candidatesOf(CEL_FUNCTIONS, { name, isMember, args }).map(({ signature, bindings }) =>
    substituteType(signature.result, bindings),
  );
  const [first, ...others] = results;
  if (!first) return checker.refuse(at, noOverload(name, args, isMember));
  return others.every((other) => formatType(other) === formatType(first)) ? first : DYN;
};

const checkLogic = (
  checker: CelChecker,
  node: Extract<CelNode, { kind: 'and' | 'or' }>,
  names: CelNames | undefined,
): CelType => {
  for (const part of [node.left, node.right]) {
    const type = checker.check(part, names);
    if (!isAssignable(BOOL, type, new Map())) checker.refuse(part.at, notBool(type));
  }
  return BOOL;
};

const checkConditional = (checker: CelChecker, at: number, args: readonly [CelType, CelType, CelType]): CelType => {
  const [condition, whenTrue, whenFalse] = args;
  const bindings = new Map<string, CelType>();
  const wanted: CelType = { kind: 'param', name: 'A' };
  const fits =
    isAssignable(BOOL, condition, bindings) &&
    isAssignable(wanted, whenTrue, bindings) &&
    isAssignable(wanted, whenFalse, bindings);
  return fits ? substituteType(wanted, bindings) : checker.refuse(at, noOverload('_?_:_', args));
};

const checkOptionalMap = (
  checker: CelChecker,
  node: Extract<CelNode, { kind: 'optionalMap' }>,
  names: CelNames | undefined,
): CelType => {
  const target = checker.check(node.target, names);
  const macro = node.isFlat ? 'optFlatMap' : 'optMap';
  if (target.kind !== 'optional' && !isDyn(target)) return checker.refuse(node.at, noOverload(macro, [target], true));
  const held = target.kind === 'optional' ? target.of : DYN;
  const body = checker.check(node.body, { name: node.variable, type: held, outer: names });
  if (!node.isFlat) return optionalOf(body);
  return body.kind === 'optional' || isDyn(body)
    ? body
    : checker.refuse(node.at, noOverload('_?_:_', [BOOL, body, optionalOf(DYN)]));
};
