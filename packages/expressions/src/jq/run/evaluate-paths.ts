/**
 * Running a filter for the paths to its values: what `path`, `del`, `|=` and the like need.
 */
import type { JqNode } from '../syntax/ast.ts';
import { JqError } from '../jq-error.ts';
import { describeJq, isJqArray, isJqObject, keysOf, valueAt, type Jq } from '../values/jq-value.ts';
import { NATIVES } from '../builtins/natives.ts';
import { indexJq, sliceJq } from '../values/paths.ts';
import { evaluateFlow } from './flow.ts';
import { functionKey, type Located, type Machine, type Scope } from './machine.ts';
import { evaluateStep, type Walk } from './step.ts';

/** Values of a filter with their paths. */
export const evaluatePaths = (
  machine: Machine,
  node: JqNode,
  scope: Scope | undefined,
  input: Located,
): Iterable<Located> => {
  machine.spend(1);
  const at = { scope, input };
  switch (node.kind) {
    case 'identity':
    case 'recurse':
    case 'index':
    case 'slice':
    case 'iterate':
      return evaluateStep(PATHS, machine, node, at);
    case 'pipe':
    case 'comma':
    case 'alternative':
    case 'if':
    case 'try':
    case 'reduce':
    case 'foreach':
    case 'bind':
    case 'label':
    case 'define':
    case 'call':
      return evaluateFlow(PATHS, machine, node, at);
    default:
      return computedValues(machine.values(node, scope, input.value));
  }
};

/** A step further; from a computed value there is none. */
const step = (from: Located, key: Jq, value: Jq): Located => {
  if (!from.path) throw new JqError(`invalid path against: ${describeJq(from.value)}`);
  return { path: [...from.path, key], value };
};

const partsOf = (located: Located): readonly Located[] => {
  const { value } = located;
  if (!located.path) throw new JqError(`invalid path on iterating against: ${describeJq(value)}`);
  if (isJqArray(value)) return value.map((item, at) => step(located, at, item));
  if (isJqObject(value)) return keysOf(value).map((key) => step(located, key, valueAt(value, key)));
  throw new JqError(`cannot iterate over: ${describeJq(value)}`);
};

const computed = (value: Jq): Located => ({ path: undefined, value });

const computedValues = function* (values: Iterable<Jq>): Generator<Located> {
  for (const value of values) yield computed(value);
};

const PATHS: Walk<Located> = {
  run: (machine, node, scope, input) => machine.paths(node, scope, input),
  valueOf: ({ value }) => value,
  computed,
  index: (target, key) => step(target, key, indexJq(target.value, key)),
  slice: (target, start, end) => step(target, { start, end }, sliceJq(target.value, start, end)),
  parts: partsOf,
  callNative: (machine, node, at) => {
    const native = NATIVES[functionKey(node.name, node.args.length)];
    if (native?.kind === 'filter') return native.paths(machine, node.args, at);
    return computedValues(machine.values(node, at.scope, at.input.value));
  },
};
