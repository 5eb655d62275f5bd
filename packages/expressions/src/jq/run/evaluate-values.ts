/**
 * Running a filter for its values.
 * @spec https://jqlang.github.io/jq/manual/
 */
import type { JqNode, JqNodeOf } from '../syntax/ast.ts';
import { formatValue } from '../builtins/formats.ts';
import { JqBreak, JqError } from '../jq-error.ts';
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
} from '../values/jq-value.ts';
import { NATIVES } from '../builtins/natives.ts';
import { applyOperator, negate } from '../values/operators.ts';
import { indexJq, sliceJq } from '../values/paths.ts';
import { evaluateFlow } from './flow.ts';
import { functionKey, labelOf, variableOf, type JqPlace, type Machine, type Scope } from './machine.ts';
import { evaluateStep, type Walk } from './step.ts';
import { updateValues } from './update-values.ts';

/** Values of a filter. */
export const evaluateValues = (machine: Machine, node: JqNode, scope: Scope | undefined, input: Jq): Iterable<Jq> => {
  machine.spend(1);
  const at: JqPlace = { scope, input };
  switch (node.kind) {
    case 'literal':
      return [node.value];
    case 'variable':
      return [variableOf(scope, node.name)];
    case 'format':
      return [formatted(machine, node.name, input)];
    case 'string':
      return textValues(machine, node, at);
    case 'array':
      return [collect(machine, node.body, at)];
    case 'object':
      return objectValues(machine, node, at);
    case 'negate':
    case 'plus':
      return signedValues(machine, node, at);
    case 'and':
    case 'or':
      return logicValues(machine, node, at);
    case 'binary':
      return binaryValues(machine, node, at);
    case 'update':
      return updateValues(machine, node, at);
    case 'break':
      throw new JqBreak(labelOf(scope, node.name));
    case 'identity':
    case 'recurse':
    case 'index':
    case 'slice':
    case 'iterate':
      return evaluateStep(VALUES, machine, node, at);
    default:
      return evaluateFlow(VALUES, machine, node, at);
  }
};

const collect = (machine: Machine, body: JqNode | undefined, at: JqPlace): readonly Jq[] => {
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
const textValues = function* (machine: Machine, node: JqNodeOf<'string'>, at: JqPlace): Generator<Jq> {
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

const objectValues = function* (machine: Machine, node: JqNodeOf<'object'>, at: JqPlace): Generator<Jq> {
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

const signedValues = function* (machine: Machine, node: JqNodeOf<'negate' | 'plus'>, at: JqPlace): Generator<Jq> {
  for (const value of machine.values(node.body, at.scope, at.input)) {
    if (node.kind === 'plus' && !isJqNumber(value)) throw new JqError(`cannot plus: ${describeJq(value)}`);
    yield node.kind === 'negate' ? negate(value) : value;
  }
};

const logicValues = function* (machine: Machine, node: JqNodeOf<'and' | 'or'>, at: JqPlace): Generator<Jq> {
  for (const left of machine.values(node.left, at.scope, at.input)) {
    if (isTruthy(left) === (node.kind === 'or')) yield node.kind === 'or';
    else for (const right of machine.values(node.right, at.scope, at.input)) yield isTruthy(right);
  }
};

const binaryValues = function* (machine: Machine, node: JqNodeOf<'binary'>, at: JqPlace): Generator<Jq> {
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

const partsOf = (value: Jq): readonly Jq[] => {
  if (isJqArray(value)) return value;
  if (isJqObject(value)) return keysOf(value).map((key) => valueAt(value, key));
  throw new JqError(`cannot iterate over: ${describeJq(value)}`);
};

const callNative = (machine: Machine, node: JqNodeOf<'call'>, at: JqPlace): Iterable<Jq> => {
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
    readonly node: JqNodeOf<'call'>;
    readonly at: JqPlace;
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

const VALUES: Walk<Jq> = {
  run: (machine, node, scope, input) => machine.values(node, scope, input),
  valueOf: (value) => value,
  computed: (value) => value,
  index: indexJq,
  slice: sliceJq,
  parts: partsOf,
  callNative,
};
