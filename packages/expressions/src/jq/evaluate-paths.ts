/**
 * Running a filter for the paths to its values: what `path`, `del`, `|=` and the like need.
 */
import type { JqNode } from './ast.ts';
import { bindArguments, bindPattern, withNulls } from './bind.ts';
import { isCatchable, JqBreak, JqError } from './jq-error.ts';
import { describeJq, isJqArray, isJqObject, isTruthy, keysOf, valueAt, type Jq } from './jq-value.ts';
import { findFunction, functionKey, type JqPathPlace, type Located, type Machine, type Scope } from './machine.ts';
import { NATIVES } from './natives.ts';
import { indexJq, sliceJq } from './paths.ts';

type Node<K extends JqNode['kind']> = Extract<JqNode, { readonly kind: K }>;

type At = JqPathPlace;

/** Values of a filter with their paths. */
export const evaluatePaths = (
  machine: Machine,
  node: JqNode,
  scope: Scope | undefined,
  located: Located,
): Iterable<Located> => {
  machine.spend(1);
  const at: At = { scope, located };
  switch (node.kind) {
    case 'identity':
      return [located];
    case 'recurse':
      return recursePaths(machine, located);
    case 'index':
      return indexPaths(machine, node, at);
    case 'slice':
      return slicePaths(machine, node, at);
    case 'iterate':
      return iteratePaths(machine, node, at);
    case 'pipe':
      return pipePaths(machine, node, at);
    case 'comma':
      return commaPaths(machine, node, at);
    case 'alternative':
      return alternativePaths(machine, node, at);
    case 'if':
      return conditionalPaths(machine, node, at);
    case 'try':
      return tryPaths(machine, node, at);
    case 'reduce':
    case 'foreach':
      return foldPaths(machine, node, at);
    case 'bind':
      return bindPaths(machine, node, at);
    case 'label':
      return labelPaths(machine, node, at);
    case 'define':
      return machine.paths(node.body, { kind: 'function', definition: node.definition, outer: scope }, located);
    case 'call':
      return callPaths(machine, node, at);
    default:
      return computed(machine.values(node, scope, located.value));
  }
};

/** Values that are no part of the input. */
const computed = function* (values: Iterable<Jq>): Generator<Located> {
  for (const value of values) yield { path: undefined, value };
};

/** A step further; from a computed value there is none. */
const step = (from: Located, key: Jq, value: Jq): Located => {
  if (!from.path) throw new JqError(`invalid path against: ${describeJq(from.value)}`);
  return { path: [...from.path, key], value };
};

const recursePaths = function* (machine: Machine, located: Located): Generator<Located> {
  const pending: Located[] = [located];
  for (let next = pending.pop(); next; next = pending.pop()) {
    machine.spend(1);
    yield next;
    if (typeof next.value === 'object' && next.value !== null) pending.push(...partsOf(next).toReversed());
  }
};

const partsOf = (located: Located): readonly Located[] => {
  const { value } = located;
  if (!located.path) throw new JqError(`invalid path on iterating against: ${describeJq(value)}`);
  if (isJqArray(value)) return value.map((item, index) => step(located, index, item));
  if (isJqObject(value)) return keysOf(value).map((key) => step(located, key, valueAt(value, key)));
  throw new JqError(`cannot iterate over: ${describeJq(value)}`);
};

/** What a step reaches: nothing where an optional one would refuse. */
const reach = (node: { readonly isOptional?: boolean }, body: () => readonly Located[]): readonly Located[] => {
  try {
    return body();
  } catch (thrown) {
    if (node.isOptional === true && isCatchable(thrown)) return [];
    throw thrown;
  }
};

const indexPaths = function* (machine: Machine, node: Node<'index'>, at: At): Generator<Located> {
  for (const key of machine.values(node.key, at.scope, at.located.value))
    for (const target of machine.paths(node.target, at.scope, at.located))
      yield* reach(node, () => [step(target, key, indexJq(target.value, key))]);
};

const NULL: JqNode = { kind: 'literal', value: null };

const slicePaths = function* (machine: Machine, node: Node<'slice'>, at: At): Generator<Located> {
  const { value: input } = at.located;
  for (const start of machine.values(node.from ?? NULL, at.scope, input))
    for (const end of machine.values(node.to ?? NULL, at.scope, input))
      for (const target of machine.paths(node.target, at.scope, at.located))
        yield* reach(node, () => [step(target, { start, end }, sliceJq(target.value, start, end))]);
};

const iteratePaths = function* (machine: Machine, node: Node<'iterate'>, at: At): Generator<Located> {
  for (const target of machine.paths(node.target, at.scope, at.located)) yield* reach(node, () => partsOf(target));
};

const pipePaths = function* (machine: Machine, node: Node<'pipe'>, at: At): Generator<Located> {
  for (const left of machine.paths(node.left, at.scope, at.located)) yield* machine.paths(node.right, at.scope, left);
};

const commaPaths = function* (machine: Machine, node: Node<'comma'>, at: At): Generator<Located> {
  yield* machine.paths(node.left, at.scope, at.located);
  yield* machine.paths(node.right, at.scope, at.located);
};

const alternativePaths = function* (machine: Machine, node: Node<'alternative'>, at: At): Generator<Located> {
  let isFound = false;
  // Errors of the left are the program's, as in gojq.
  for (const left of machine.paths(node.left, at.scope, at.located))
    if (isTruthy(left.value)) {
      isFound = true;
      yield left;
    }
  if (!isFound) yield* machine.paths(node.right, at.scope, at.located);
};

const conditionalPaths = function* (machine: Machine, node: Node<'if'>, at: At): Generator<Located> {
  for (const condition of machine.values(node.condition, at.scope, at.located.value)) {
    const branch = isTruthy(condition) ? node.whenTrue : node.otherwise;
    if (branch) yield* machine.paths(branch, at.scope, at.located);
    else yield at.located;
  }
};

const tryPaths = function* (machine: Machine, node: Node<'try'>, at: At): Generator<Located> {
  let caught: JqError | undefined;
  try {
    yield* machine.paths(node.body, at.scope, at.located);
  } catch (thrown) {
    if (!isCatchable(thrown)) throw thrown;
    caught = thrown;
  }
  if (caught && node.handler) yield* machine.paths(node.handler, at.scope, { path: undefined, value: caught.value });
};

const foldPaths = function* (machine: Machine, node: Node<'reduce' | 'foreach'>, at: At): Generator<Located> {
  const input = at.located.value;
  for (const start of machine.paths(node.start, at.scope, at.located)) {
    let state = start;
    for (const value of machine.values(node.source, at.scope, input))
      for (const scope of bindPattern(machine, node.pattern, value, { scope: at.scope, input }))
        for (const next of machine.paths(node.update, scope, state)) {
          state = next;
          if (node.kind === 'reduce') continue;
          if (node.extract) yield* machine.paths(node.extract, scope, next);
          else yield next;
        }
    if (node.kind === 'reduce') yield state;
  }
};

const bindPaths = function* (machine: Machine, node: Node<'bind'>, at: At): Generator<Located> {
  for (const value of machine.values(node.source, at.scope, at.located.value))
    yield* bindAlternatives(machine, node, { ...at, value });
};

const bindAlternatives = function* (
  machine: Machine,
  node: Node<'bind'>,
  at: At & { readonly value: Jq },
): Generator<Located> {
  const base = node.patterns.length === 1 ? at.scope : withNulls(node.patterns, at.scope);
  for (const [index, pattern] of node.patterns.entries()) {
    try {
      for (const scope of bindPattern(machine, pattern, at.value, { scope: base, input: at.value }))
        yield* machine.paths(node.body, scope, at.located);
      return;
    } catch (thrown) {
      // The last alternative's errors are the program's.
      if (!isCatchable(thrown) || index === node.patterns.length - 1) throw thrown;
    }
  }
};

const labelPaths = function* (machine: Machine, node: Node<'label'>, at: At): Generator<Located> {
  const label = {};
  try {
    yield* machine.paths(node.body, { kind: 'label', name: node.name, label, outer: at.scope }, at.located);
  } catch (thrown) {
    if (!(thrown instanceof JqBreak) || thrown.label !== label) throw thrown;
  }
};

const callPaths = (machine: Machine, node: Node<'call'>, at: At): Iterable<Located> => {
  const count = node.args.length;
  const found = findFunction(at.scope, node.name, count);
  if (found?.kind === 'closure') return machine.paths(found.body, found.scope, at.located);
  const definition = found?.definition ?? machine.library.get(functionKey(node.name, count));
  if (definition) {
    const own: Scope = found ?? { kind: 'function', definition, outer: undefined };
    return callDefined(machine, { node, at, own, body: definition.body });
  }
  const native = NATIVES[functionKey(node.name, count)];
  if (native?.kind === 'filter') return native.paths(machine, node.args, at);
  return computed(machine.values(node, at.scope, at.located.value));
};

const callDefined = function* (
  machine: Machine,
  call: {
    readonly node: Node<'call'>;
    readonly at: At;
    readonly own: Extract<Scope, { readonly kind: 'function' }>;
    readonly body: JqNode;
  },
): Generator<Located> {
  const { scope, located } = call.at;
  const site = { args: call.node.args, scope, input: located.value };
  for (const inner of bindArguments(machine, call.own.definition, site, call.own))
    yield* machine.paths(call.body, inner, located);
};
