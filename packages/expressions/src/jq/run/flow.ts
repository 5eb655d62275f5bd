/**
 * What of a filter decides where to go on: written once for both ways of running, for values and for values with their
 * paths.
 * @spec https://jqlang.github.io/jq/manual/
 */
import type { JqNode, JqNodeOf } from '../syntax/ast.ts';
import { isCatchable, JqBreak, type JqError } from '../jq-error.ts';
import { isTruthy, type Jq } from '../values/jq-value.ts';
import { bindArguments, bindPattern, withNulls } from './bind.ts';
import { findFunction, functionKey, type Machine, type Place, type Scope } from './machine.ts';

/** One way of running: what it carries from filter to filter, and how. */
export interface Flow<T> {
  readonly run: (machine: Machine, node: JqNode, scope: Scope | undefined, input: T) => Iterable<T>;
  readonly valueOf: (item: T) => Jq;
  /** A value that is no part of the input. */
  readonly computed: (value: Jq) => T;
  /** What is called is no function of the program or the library. */
  readonly callNative: (machine: Machine, node: JqNodeOf<'call'>, at: Place<T>) => Iterable<T>;
}

/** Filters that decide where to go on. */
export type FlowNode = JqNodeOf<
  'pipe' | 'comma' | 'alternative' | 'if' | 'try' | 'reduce' | 'foreach' | 'bind' | 'label' | 'define' | 'call'
>;

/** Runs one. */
export const evaluateFlow = <T>(flow: Flow<T>, machine: Machine, node: FlowNode, at: Place<T>): Iterable<T> => {
  const running = { flow, machine, at };
  switch (node.kind) {
    case 'pipe':
      return pipe(running, node);
    case 'comma':
      return comma(running, node);
    case 'alternative':
      return alternative(running, node);
    case 'if':
      return conditional(running, node);
    case 'try':
      return attempt(running, node);
    case 'reduce':
    case 'foreach':
      return fold(running, node);
    case 'bind':
      return bind(running, node);
    case 'label':
      return label(running, node);
    case 'define':
      return flow.run(machine, node.body, { kind: 'function', definition: node.definition, outer: at.scope }, at.input);
    case 'call':
      return call(running, node);
  }
};

interface Running<T> {
  readonly flow: Flow<T>;
  readonly machine: Machine;
  readonly at: Place<T>;
}

/** Runs a filter where another runs. */
const here = <T>({ flow, machine, at }: Running<T>, node: JqNode): Iterable<T> =>
  flow.run(machine, node, at.scope, at.input);

/** Values of a filter where another runs. */
const ask = <T>({ flow, machine, at }: Running<T>, node: JqNode): Iterable<Jq> =>
  machine.values(node, at.scope, flow.valueOf(at.input));

const pipe = function* <T>(running: Running<T>, node: JqNodeOf<'pipe'>): Generator<T> {
  const { flow, machine, at } = running;
  for (const left of here(running, node.left)) yield* flow.run(machine, node.right, at.scope, left);
};

const comma = function* <T>(running: Running<T>, node: JqNodeOf<'comma'>): Generator<T> {
  yield* here(running, node.left);
  yield* here(running, node.right);
};

const alternative = function* <T>(running: Running<T>, node: JqNodeOf<'alternative'>): Generator<T> {
  let isFound = false;
  // Errors of the left are the program's, as in gojq.
  for (const left of here(running, node.left))
    if (isTruthy(running.flow.valueOf(left))) {
      isFound = true;
      yield left;
    }
  if (!isFound) yield* here(running, node.right);
};

const conditional = function* <T>(running: Running<T>, node: JqNodeOf<'if'>): Generator<T> {
  for (const condition of ask(running, node.condition)) {
    const branch = isTruthy(condition) ? node.whenTrue : node.otherwise;
    if (branch) yield* here(running, branch);
    else yield running.at.input;
  }
};

const attempt = function* <T>(running: Running<T>, node: JqNodeOf<'try'>): Generator<T> {
  const { flow, machine, at } = running;
  let caught: JqError | undefined;
  try {
    yield* here(running, node.body);
  } catch (thrown) {
    if (!isCatchable(thrown)) throw thrown;
    caught = thrown;
  }
  if (caught && node.handler) yield* flow.run(machine, node.handler, at.scope, flow.computed(caught.value));
};

const fold = function* <T>(running: Running<T>, node: JqNodeOf<'reduce' | 'foreach'>): Generator<T> {
  const { flow, machine, at } = running;
  const place = { scope: at.scope, input: flow.valueOf(at.input) };
  for (const start of here(running, node.start)) {
    let state = start;
    for (const value of ask(running, node.source))
      for (const scope of bindPattern(machine, node.pattern, value, place))
        for (const next of flow.run(machine, node.update, scope, state)) {
          state = next;
          if (node.kind === 'reduce') continue;
          if (node.extract) yield* flow.run(machine, node.extract, scope, next);
          else yield next;
        }
    if (node.kind === 'reduce') yield state;
  }
};

const bind = function* <T>(running: Running<T>, node: JqNodeOf<'bind'>): Generator<T> {
  for (const value of ask(running, node.source)) yield* bindAlternatives(running, node, value);
};

const bindAlternatives = function* <T>(running: Running<T>, node: JqNodeOf<'bind'>, value: Jq): Generator<T> {
  const { flow, machine, at } = running;
  const base = node.patterns.length === 1 ? at.scope : withNulls(node.patterns, at.scope);
  for (const [index, pattern] of node.patterns.entries()) {
    try {
      for (const scope of bindPattern(machine, pattern, value, { scope: base, input: value }))
        yield* flow.run(machine, node.body, scope, at.input);
      return;
    } catch (thrown) {
      // The last alternative's errors are the program's.
      if (!isCatchable(thrown) || index === node.patterns.length - 1) throw thrown;
    }
  }
};

const label = function* <T>({ flow, machine, at }: Running<T>, node: JqNodeOf<'label'>): Generator<T> {
  const own = {};
  try {
    yield* flow.run(machine, node.body, { kind: 'label', name: node.name, label: own, outer: at.scope }, at.input);
  } catch (thrown) {
    if (!(thrown instanceof JqBreak) || thrown.label !== own) throw thrown;
  }
};

const call = <T>(running: Running<T>, node: JqNodeOf<'call'>): Iterable<T> => {
  const { flow, machine, at } = running;
  const count = node.args.length;
  const found = findFunction(at.scope, node.name, count);
  if (found?.kind === 'closure') return flow.run(machine, found.body, found.scope, at.input);
  if (found) return callDefined(running, node, found);
  const definition = machine.library.get(functionKey(node.name, count));
  if (definition) return callDefined(running, node, { kind: 'function', definition, outer: undefined });
  return flow.callNative(machine, node, at);
};

const callDefined = function* <T>(
  { flow, machine, at }: Running<T>,
  node: JqNodeOf<'call'>,
  own: Extract<Scope, { readonly kind: 'function' }>,
): Generator<T> {
  const site = { args: node.args, scope: at.scope, input: flow.valueOf(at.input) };
  for (const scope of bindArguments(machine, own.definition, site, own))
    yield* flow.run(machine, own.definition.body, scope, at.input);
};
