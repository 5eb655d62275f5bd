/**
 * Values of expressions. Errors are thrown, but `&&` and `||` do without the side that failed when the other decides.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#evaluation
 */
import type { CelNode } from '../syntax/ast.ts';
import { CelError } from '../cel-error.ts';
import { CelList, CelMap, CelOptional, conditionOf, type CelValue } from '../values/cel-value.ts';
import { CEL_FUNCTIONS, TYPE_NAMES } from '../library/library.ts';
import { dispatch, overloadsOf, type CelMeter } from '../library/overloads.ts';
import { runLoop } from './evaluate-loop.ts';

/** Values in scope, the innermost first. */
export interface CelScope {
  readonly name: string;
  readonly value: CelValue;
  readonly outer: CelScope | undefined;
}

/** One evaluation. */
export interface CelMachine {
  readonly meter: CelMeter;
  readonly variables: ReadonlyMap<string, CelValue>;
  evaluate(node: CelNode, scope: CelScope | undefined): CelValue;
}

/** Evaluates an expression. */
export const evaluateCel = (root: CelNode, variables: ReadonlyMap<string, CelValue>, meter: CelMeter): CelValue => {
  const machine: CelMachine = { meter, variables, evaluate: (node, scope) => evaluate(machine, node, scope) };
  return machine.evaluate(root, undefined);
};

/** Costs as cel-go counts them. */
const [LIST_COST, MAP_COST] = [10, 30];

const evaluate = (machine: CelMachine, node: CelNode, scope: CelScope | undefined): CelValue => {
  const of = (part: CelNode): CelValue => evaluate(machine, part, scope);
  if (node.kind !== 'literal') machine.meter.spend(1);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'identifier':
      return lookUp(machine, node.name, scope);
    case 'select':
      return select(of(node.target), node.field, node.isOptional);
    case 'has':
      return has(of(node.target), node.field);
    case 'index':
      return call(machine, node.isOptional ? '_[?_]' : '_[_]', [of(node.target), of(node.key)]);
    case 'call':
      return callFunction(machine, node, of);
    case 'and':
    case 'or':
      return decide(
        node.kind === 'or',
        () => of(node.left),
        () => of(node.right),
      );
    case 'conditional':
      return of(conditionOf(of(node.condition)) ? node.whenTrue : node.whenFalse);
    case 'list':
      return makeList(machine, node, scope);
    case 'map':
      return makeMap(machine, node, scope);
    case 'optionalMap':
      return mapOptional(machine, node, scope);
    case 'loop':
      return runLoop(machine, node, scope);
  }
};

const callFunction = (
  machine: CelMachine,
  node: Extract<CelNode, { kind: 'call' }>,
  of: (part: CelNode) => CelValue,
): CelValue => {
  if (!node.target) return call(machine, node.name, node.args.map(of));
  const target = of(node.target);
  // What is there needs no other.
  if (target instanceof CelOptional && target.held && node.args.length === 1) {
    if (node.name === 'or') return target;
    if (node.name === 'orValue') return target.held.value;
  }
  return call(machine, node.name, [target, ...node.args.map(of)], true);
};

const call = (machine: CelMachine, name: string, args: readonly CelValue[], isMember = false): CelValue =>
  dispatch(overloadsOf(CEL_FUNCTIONS, name, isMember), args, machine.meter);

const lookUp = (machine: CelMachine, name: string, scope: CelScope | undefined): CelValue => {
  for (let inner = scope; inner; inner = inner.outer) if (inner.name === name) return inner.value;
  const value = machine.variables.get(name) ?? TYPE_NAMES.get(name);
  if (value !== undefined) return value;
  if (machine.variables.has(name)) return null;
  throw new CelError(`no such attribute(s): ${name}`);
};

const attempt = (run: () => CelValue): boolean | CelError => {
  try {
    return conditionOf(run());
  } catch (thrown) {
    if (thrown instanceof CelError) return thrown;
    throw thrown;
  }
};

/** `||` when true decides, `&&` when false does. */
const decide = (decisive: boolean, left: () => CelValue, right: () => CelValue): boolean => {
  const first = attempt(left);
  if (first === decisive) return decisive;
  const second = attempt(right);
  if (second === decisive) return decisive;
  if (first instanceof CelError) throw first;
  if (second instanceof CelError) throw second;
  return !decisive;
};

const select = (target: CelValue, field: string, isOptional: boolean): CelValue => {
  if (target instanceof CelOptional) {
    const inner = target.held?.value;
    return inner === undefined ? target : select(inner, field, true);
  }
  const found = target instanceof CelMap ? target.get(field) : undefined;
  if (isOptional) return new CelOptional(found);
  if (target instanceof CelList) throw new CelError("unsupported index type 'string' in list");
  if (!found) throw new CelError(`no such key: ${field}`);
  return found.value;
};

const has = (target: CelValue, field: string): boolean => {
  if (target instanceof CelOptional) return target.held !== undefined && has(target.held.value, field);
  if (!(target instanceof CelMap)) throw new CelError('no such overload');
  return target.get(field) !== undefined;
};

/** What an optional entry holds; `undefined` for one to leave out. */
const entryValue = (value: CelValue, isOptional: boolean): { readonly value: CelValue } | undefined => {
  if (!isOptional) return { value };
  if (!(value instanceof CelOptional)) throw new CelError('no such overload');
  return value.held;
};

const makeList = (
  machine: CelMachine,
  node: Extract<CelNode, { kind: 'list' }>,
  scope: CelScope | undefined,
): CelList => {
  machine.meter.spend(LIST_COST);
  return new CelList(
    node.items.flatMap(({ value, isOptional }) => {
      const held = entryValue(machine.evaluate(value, scope), isOptional);
      return held ? [held.value] : [];
    }),
  );
};

const makeMap = (machine: CelMachine, node: Extract<CelNode, { kind: 'map' }>, scope: CelScope | undefined): CelMap => {
  machine.meter.spend(MAP_COST);
  const pairs: (readonly [CelValue, CelValue])[] = [];
  for (const { key, value, isOptional } of node.entries) {
    const name = machine.evaluate(key, scope);
    const held = entryValue(machine.evaluate(value, scope), isOptional);
    if (held) pairs.push([name, held.value]);
  }
  return new CelMap(pairs);
};

const mapOptional = (
  machine: CelMachine,
  node: Extract<CelNode, { kind: 'optionalMap' }>,
  scope: CelScope | undefined,
): CelValue => {
  const target = machine.evaluate(node.target, scope);
  if (!(target instanceof CelOptional)) throw new CelError('no such overload');
  if (!target.held) return target;
  const value = machine.evaluate(node.body, { name: node.variable, value: target.held.value, outer: scope });
  return node.isFlat ? value : new CelOptional({ value });
};
