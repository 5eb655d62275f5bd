/**
 * Running a filter for its values.
 * @spec https://jqlang.github.io/jq/manual/
 */
import type { JqNode, UpdateOperator } from './ast.ts';
import { bindArguments, bindPattern, withNulls } from './bind.ts';
import { formatValue } from './formats.ts';
import { isCatchable, JqBreak, JqError } from './jq-error.ts';
import {
  chargeParts,
  describeJq,
  isJqArray,
  isJqNumber,
  isJqObject,
  isTruthy,
  keysOf,
  objectOf,
  valueAt,
  type Jq,
} from './jq-value.ts';
import {
  findFunction,
  functionKey,
  labelOf,
  pathsOf,
  variableOf,
  type JqPlace,
  type Machine,
  type Scope,
} from './machine.ts';
import { NATIVES } from './natives.ts';
import { add, applyOperator, negate } from './operators.ts';
import { deletePaths, getPath, indexJq, setPath, sliceJq, type JqPath } from './paths.ts';

type Node<K extends JqNode['kind']> = Extract<JqNode, { readonly kind: K }>;

type At = JqPlace;

/** Values of a filter. */
export const evaluateValues = (machine: Machine, node: JqNode, scope: Scope | undefined, input: Jq): Iterable<Jq> => {
  machine.spend(1);
  const at: At = { scope, input };
  switch (node.kind) {
    case 'identity':
      return [input];
    case 'literal':
      return [node.value];
    case 'variable':
      return [variableOf(scope, node.name)];
    case 'recurse':
      return recurseAll(machine, input);
    case 'format':
      return [formatted(machine, node.name, input)];
    case 'string':
      return textValues(machine, node, at);
    case 'index':
      return indexValues(machine, node, at);
    case 'slice':
      return sliceValues(machine, node, at);
    case 'iterate':
      return iterateValues(machine, node, at);
    case 'array':
      return [collect(machine, node.body, at)];
    case 'object':
      return objectValues(machine, node, at);
    case 'negate':
    case 'plus':
      return signedValues(machine, node, at);
    default:
      return evaluateOperators(machine, node, at);
  }
};

const evaluateOperators = (machine: Machine, node: JqNode, at: At): Iterable<Jq> => {
  switch (node.kind) {
    case 'pipe':
      return pipeValues(machine, node, at);
    case 'comma':
      return commaValues(machine, node, at);
    case 'alternative':
      return alternativeValues(machine, node, at);
    case 'and':
    case 'or':
      return logicValues(machine, node, at);
    case 'binary':
      return binaryValues(machine, node, at);
    case 'update':
      return updateValues(machine, node, at);
    case 'if':
      return conditionalValues(machine, node, at);
    case 'try':
      return tryValues(machine, node, at);
    case 'reduce':
      return reduceValues(machine, node, at);
    case 'foreach':
      return foreachValues(machine, node, at);
    case 'bind':
      return bindValues(machine, node, at);
    case 'label':
      return labelValues(machine, node, at);
    case 'break':
      throw new JqBreak(labelOf(at.scope, node.name));
    case 'define':
      return machine.values(node.body, { kind: 'function', definition: node.definition, outer: at.scope }, at.input);
    case 'call':
      return callValues(machine, node, at);
    default:
      return [];
  }
};

const recurseAll = function* (machine: Machine, value: Jq): Generator<Jq> {
  const pending: Jq[] = [value];
  while (pending.length > 0) {
    const next = pending.pop() ?? null;
    machine.spend(1);
    yield next;
    if (isJqArray(next)) pending.push(...next.toReversed());
    else if (isJqObject(next))
      pending.push(
        ...keysOf(next)
          .map((key) => valueAt(next, key))
          .toReversed(),
      );
  }
};

const collect = (machine: Machine, body: JqNode | undefined, at: At): readonly Jq[] => {
  const items: Jq[] = [];
  if (body)
    for (const value of machine.values(body, at.scope, at.input)) {
      machine.spend(1);
      items.push(value);
    }
  return items;
};

const formatted = (machine: Machine, name: string, value: Jq): string => {
  chargeParts(value, machine);
  return formatValue(name, value);
};

/** Texts of every choice of the interpolations' values; the first varies fastest. */
const textValues = function* (machine: Machine, node: Node<'string'>, at: At): Generator<Jq> {
  yield* from(node.parts.length - 1, '');

  function* from(index: number, tail: string): Generator<Jq> {
    const part = node.parts[index];
    if (part === undefined) {
      machine.reserve(tail.length);
      yield tail;
    } else if (typeof part === 'string') yield* from(index - 1, part + tail);
    else
      for (const value of machine.values(part, at.scope, at.input))
        yield* from(index - 1, formatted(machine, node.format ?? '@text', value) + tail);
  }
};

/** What a step reaches: nothing where an optional one would refuse. */
const reach = (node: { readonly isOptional?: boolean }, body: () => readonly Jq[]): readonly Jq[] => {
  try {
    return body();
  } catch (thrown) {
    if (node.isOptional === true && isCatchable(thrown)) return [];
    throw thrown;
  }
};

const indexValues = function* (machine: Machine, node: Node<'index'>, at: At): Generator<Jq> {
  for (const key of machine.values(node.key, at.scope, at.input))
    for (const target of machine.values(node.target, at.scope, at.input))
      yield* reach(node, () => [indexJq(target, key)]);
};

const NULL: JqNode = { kind: 'literal', value: null };

const sliceValues = function* (machine: Machine, node: Node<'slice'>, at: At): Generator<Jq> {
  for (const from of machine.values(node.from ?? NULL, at.scope, at.input))
    for (const to of machine.values(node.to ?? NULL, at.scope, at.input))
      for (const target of machine.values(node.target, at.scope, at.input))
        yield* reach(node, () => [sliceJq(target, from, to)]);
};

const iterateValues = function* (machine: Machine, node: Node<'iterate'>, at: At): Generator<Jq> {
  for (const target of machine.values(node.target, at.scope, at.input)) yield* reach(node, () => partsOf(target));
};

/** Items of an array, or values of an object in the order of its keys. */
const partsOf = (value: Jq): readonly Jq[] => {
  if (isJqArray(value)) return value;
  if (isJqObject(value)) return keysOf(value).map((key) => valueAt(value, key));
  throw new JqError(`cannot iterate over: ${describeJq(value)}`);
};

const objectValues = function* (machine: Machine, node: Node<'object'>, at: At): Generator<Jq> {
  yield* from(0, []);

  function* from(index: number, pairs: readonly (readonly [Jq, Jq])[]): Generator<Jq> {
    const entry = node.entries[index];
    if (!entry) {
      machine.spend(pairs.length);
      yield objectOf(pairs.map(([key, value]) => [keyOf(key), value]));
      return;
    }
    for (const key of machine.values(entry.key, at.scope, at.input))
      for (const value of machine.values(entry.value, at.scope, at.input))
        yield* from(index + 1, [...pairs, [key, value]]);
  }
};

const keyOf = (key: Jq): string => {
  if (typeof key === 'string') return key;
  throw new JqError(`expected a string for object key but got: ${describeJq(key)}`);
};

const signedValues = function* (machine: Machine, node: Node<'negate' | 'plus'>, at: At): Generator<Jq> {
  for (const value of machine.values(node.body, at.scope, at.input)) {
    if (node.kind === 'plus' && !isJqNumber(value)) throw new JqError(`cannot plus: ${describeJq(value)}`);
    yield node.kind === 'negate' ? negate(value) : value;
  }
};

const pipeValues = function* (machine: Machine, node: Node<'pipe'>, at: At): Generator<Jq> {
  for (const value of machine.values(node.left, at.scope, at.input)) yield* machine.values(node.right, at.scope, value);
};

const commaValues = function* (machine: Machine, node: Node<'comma'>, at: At): Generator<Jq> {
  yield* machine.values(node.left, at.scope, at.input);
  yield* machine.values(node.right, at.scope, at.input);
};

const alternativeValues = function* (machine: Machine, node: Node<'alternative'>, at: At): Generator<Jq> {
  let isFound = false;
  // Errors of the left are the program's, as in gojq.
  for (const value of machine.values(node.left, at.scope, at.input))
    if (isTruthy(value)) {
      isFound = true;
      yield value;
    }
  if (!isFound) yield* machine.values(node.right, at.scope, at.input);
};

const logicValues = function* (machine: Machine, node: Node<'and' | 'or'>, at: At): Generator<Jq> {
  for (const left of machine.values(node.left, at.scope, at.input)) {
    if (isTruthy(left) === (node.kind === 'or')) yield node.kind === 'or';
    else for (const right of machine.values(node.right, at.scope, at.input)) yield isTruthy(right);
  }
};

const binaryValues = function* (machine: Machine, node: Node<'binary'>, at: At): Generator<Jq> {
  for (const right of machine.values(node.right, at.scope, at.input))
    for (const left of machine.values(node.left, at.scope, at.input)) {
      if (typeof left === 'object' && typeof right === 'object' && /[=<>]/.test(node.operator)) {
        chargeParts(left, machine);
        chargeParts(right, machine);
      }
      const result = applyOperator(node.operator, [left, right], (size) => machine.reserve(size));
      if (typeof result === 'string' || isJqArray(result)) {
        machine.reserve(result.length);
        machine.spend(result.length >> (typeof result === 'string' ? 5 : 2));
      }
      yield result;
    }
};

const updateValues = function* (machine: Machine, node: Node<'update'>, at: At): Generator<Jq> {
  if (node.operator === '|=') {
    yield modify(machine, node, at);
    return;
  }
  for (const right of machine.values(node.right, at.scope, at.input)) {
    let value = at.input;
    for (const path of pathsOf(machine, node.left, at)) {
      const part = node.operator === '=' ? right : updated(machine, node.operator, [getPath(value, path), right]);
      value = setPath(value, path, part, machine);
    }
    yield value;
  }
};

const updated = (
  machine: Machine,
  operator: Exclude<UpdateOperator, '|=' | '='>,
  [left, right]: readonly [Jq, Jq],
): Jq => {
  if (operator === '//=') return isTruthy(left) ? left : right;
  if (operator === '+=') return add(left, right, (size) => machine.reserve(size));
  return applyOperator(operator[0] as '-' | '*' | '/' | '%', [left, right], (size) => machine.reserve(size));
};

/** `|=`: the first value of the right; none deletes. */
const modify = (machine: Machine, node: Node<'update'>, at: At): Jq => {
  let value = at.input;
  const deleted: JqPath[] = [];
  for (const path of pathsOf(machine, node.left, at)) {
    const first = firstOf(machine.values(node.right, at.scope, getPath(value, path)));
    if (first) value = setPath(value, path, first.value, machine);
    else deleted.push(path);
  }
  return deleted.length === 0 ? value : deletePaths(value, deleted, machine);
};

const firstOf = (values: Iterable<Jq>): { readonly value: Jq } | undefined => {
  for (const value of values) return { value };
  return undefined;
};

const conditionalValues = function* (machine: Machine, node: Node<'if'>, at: At): Generator<Jq> {
  for (const condition of machine.values(node.condition, at.scope, at.input)) {
    const branch = isTruthy(condition) ? node.whenTrue : node.otherwise;
    if (branch) yield* machine.values(branch, at.scope, at.input);
    else yield at.input;
  }
};

const tryValues = function* (machine: Machine, node: Node<'try'>, at: At): Generator<Jq> {
  let caught: JqError | undefined;
  try {
    yield* machine.values(node.body, at.scope, at.input);
  } catch (thrown) {
    if (!isCatchable(thrown)) throw thrown;
    caught = thrown;
  }
  if (caught && node.handler) yield* machine.values(node.handler, at.scope, caught.value);
};

const reduceValues = function* (machine: Machine, node: Node<'reduce'>, at: At): Generator<Jq> {
  for (const start of machine.values(node.start, at.scope, at.input)) {
    let state = start;
    for (const value of machine.values(node.source, at.scope, at.input))
      for (const scope of bindPattern(machine, node.pattern, value, at))
        for (const next of machine.values(node.update, scope, state)) state = next;
    yield state;
  }
};

const foreachValues = function* (machine: Machine, node: Node<'foreach'>, at: At): Generator<Jq> {
  for (const start of machine.values(node.start, at.scope, at.input)) {
    let state = start;
    for (const value of machine.values(node.source, at.scope, at.input))
      for (const scope of bindPattern(machine, node.pattern, value, at))
        for (const next of machine.values(node.update, scope, state)) {
          state = next;
          if (node.extract) yield* machine.values(node.extract, scope, next);
          else yield next;
        }
  }
};

const bindValues = function* (machine: Machine, node: Node<'bind'>, at: At): Generator<Jq> {
  for (const value of machine.values(node.source, at.scope, at.input))
    yield* bindAlternatives(machine, node, { ...at, value });
};

const bindAlternatives = function* (
  machine: Machine,
  node: Node<'bind'>,
  at: At & { readonly value: Jq },
): Generator<Jq> {
  const base = node.patterns.length === 1 ? at.scope : withNulls(node.patterns, at.scope);
  for (const [index, pattern] of node.patterns.entries()) {
    try {
      for (const scope of bindPattern(machine, pattern, at.value, { scope: base, input: at.value }))
        yield* machine.values(node.body, scope, at.input);
      return;
    } catch (thrown) {
      // The last alternative's errors are the program's.
      if (!isCatchable(thrown) || index === node.patterns.length - 1) throw thrown;
    }
  }
};

const labelValues = function* (machine: Machine, node: Node<'label'>, at: At): Generator<Jq> {
  const label = {};
  try {
    yield* machine.values(node.body, { kind: 'label', name: node.name, label, outer: at.scope }, at.input);
  } catch (thrown) {
    if (!(thrown instanceof JqBreak) || thrown.label !== label) throw thrown;
  }
};

const callValues = (machine: Machine, node: Node<'call'>, at: At): Iterable<Jq> => {
  const found = findFunction(at.scope, node.name, node.args.length);
  if (found?.kind === 'closure') return machine.values(found.body, found.scope, at.input);
  if (found) return callDefined(machine, { node, at, own: found, body: found.definition.body });
  const definition = machine.library.get(functionKey(node.name, node.args.length));
  if (definition)
    return callDefined(machine, {
      node,
      at,
      own: { kind: 'function', definition, outer: undefined },
      body: definition.body,
    });
  return callNative(machine, node, at);
};

const callDefined = function* (
  machine: Machine,
  call: {
    readonly node: Node<'call'>;
    readonly at: At;
    readonly own: Extract<Scope, { readonly kind: 'function' }>;
    readonly body: JqNode;
  },
): Generator<Jq> {
  const { args } = call.node;
  for (const scope of bindArguments(machine, call.own.definition, { args, ...call.at }, call.own))
    yield* machine.values(call.body, scope, call.at.input);
};

const callNative = (machine: Machine, node: Node<'call'>, at: At): Iterable<Jq> => {
  const native = NATIVES[functionKey(node.name, node.args.length)];
  if (!native) throw new JqError(`function not defined: ${node.name}/${node.args.length}`);
  if (native.kind === 'filter') return native.values(machine, node.args, at);
  return valuesOfNative(machine, { node, at, call: native.call });
};

/** A function of values, for every choice of its arguments; the first varies fastest. */
const valuesOfNative = function* (
  machine: Machine,
  {
    node,
    at,
    call,
  }: {
    readonly node: Node<'call'>;
    readonly at: At;
    readonly call: (input: Jq, args: readonly Jq[], machine: Machine) => Jq;
  },
): Generator<Jq> {
  yield* from(node.args.length - 1, []);

  function* from(index: number, args: readonly Jq[]): Generator<Jq> {
    const arg = node.args[index];
    if (!arg) {
      const result = call(at.input, args, machine);
      if (typeof result === 'string' || isJqArray(result)) machine.spend(result.length >> 3);
      yield result;
      return;
    }
    for (const value of machine.values(arg, at.scope, at.input)) yield* from(index - 1, [value, ...args]);
  }
};
