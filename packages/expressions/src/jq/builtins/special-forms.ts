/**
 * Built-ins that run their filters themselves: once and again without nesting, or only until they know enough.
 */
import { pathsOf, type JqPathPlace, type JqPlace, type Located, type Machine, type Natives } from '../run/machine.ts';
import { JqError } from '../jq-error.ts';
import type { JqNode } from '../syntax/ast.ts';
import { compareJq, describeJq, isJqArray, isJqNumber, isTruthy, previewOf, type Jq } from '../values/jq-value.ts';
import { add } from '../values/operators.ts';
import { getPath } from '../values/paths.ts';
import { argument, form, valuesOnly, type Runner } from './form.ts';
import { numberOf } from './native.ts';

/** Forms by `name/count`. */
export const SPECIAL_FORMS: Natives = {
  'empty/0': form(() => []),
  'first/1': form((runner, args) => firstOf(runner, argument(args, 0))),
  'getpath/1': {
    kind: 'filter',
    values: (machine, args, at) => partsAt(machine, argument(args, 0), at),
    paths: (machine, args, at) => locatedAt(machine, argument(args, 0), at),
  },
  'isempty/1': valuesOnly((machine, args, at) => isEmpty(machine, args, at)),
  'limit/2': form((runner, args) => limited(runner, [argument(args, 0), argument(args, 1)])),
  'path/1': valuesOnly((machine, args, at) => pathsOf(machine, argument(args, 0), at)),
  'range/1': valuesOnly((machine, args, at) => ranged(machine, args, at)),
  'range/2': valuesOnly((machine, args, at) => ranged(machine, args, at)),
  'range/3': valuesOnly((machine, args, at) => ranged(machine, args, at)),
  'recurse/0': form((runner) => descend(runner, runner.parts)),
  'recurse/1': form((runner, args) => descend(runner, (item) => runner.run(argument(args, 0), item))),
  'recurse/2': form((runner, args) =>
    descend(runner, (item) => filtered(runner, runner.run(argument(args, 0), item), argument(args, 1))),
  ),
  'repeat/1': form((runner, args) => repeated(runner, argument(args, 0))),
  'select/1': form((runner, args) => filtered(runner, [runner.input], argument(args, 0))),
  'skip/2': form((runner, args) => skipped(runner, [argument(args, 0), argument(args, 1)])),
  'until/2': form((runner, args) => until(runner, [argument(args, 0), argument(args, 1)])),
  'while/2': form((runner, args) => whilst(runner, [argument(args, 0), argument(args, 1)])),
};

const firstOf = function* <T>(runner: Runner<T>, body: JqNode): Generator<T> {
  for (const item of runner.run(body, runner.input)) {
    yield item;
    return;
  }
};

const partsAt = function* (machine: Machine, pathNode: JqNode, { scope, input }: JqPlace): Generator<Jq> {
  for (const path of machine.values(pathNode, scope, input)) yield getPath(input, asPath(path, input));
};

const locatedAt = function* (machine: Machine, pathNode: JqNode, at: JqPathPlace): Generator<Located> {
  const { scope, input: located } = at;
  for (const key of machine.values(pathNode, scope, located.value)) {
    const path = asPath(key, located.value);
    if (!located.path) throw new JqError(`invalid path against: ${describeJq(located.value)}`);
    yield { path: [...located.path, ...path], value: getPath(located.value, path) };
  }
};

const asPath = (path: Jq, input: Jq): readonly Jq[] => {
  if (isJqArray(path)) return path;
  throw new JqError(`getpath(${previewOf(path)}) cannot be applied to: ${describeJq(input)}`);
};

const isEmpty = function* (machine: Machine, args: readonly JqNode[], at: JqPlace): Generator<Jq> {
  for (const _ of machine.values(argument(args, 0), at.scope, at.input)) {
    yield false;
    return;
  }
  yield true;
};

const limited = function* <T>(runner: Runner<T>, [countNode, body]: readonly [JqNode, JqNode]): Generator<T> {
  for (const wanted of runner.ask(countNode, runner.input)) {
    let left = numberOf('limit', wanted);
    if (left < 0)
      throw new JqError("error: limit doesn't support negative count", "limit doesn't support negative count");
    if (left === 0) continue;
    for (const item of runner.run(body, runner.input)) {
      yield item;
      left -= 1;
      if (left <= 0) break;
    }
  }
};

const ranged = function* (machine: Machine, args: readonly JqNode[], at: JqPlace): Generator<Jq> {
  const zero: JqNode = { kind: 'literal', value: 0 };
  const one: JqNode = { kind: 'literal', value: 1 };
  const [from, to, by] =
    args.length === 1 ? [zero, argument(args, 0), one] : [argument(args, 0), argument(args, 1), args[2] ?? one];
  for (const start of machine.values(from, at.scope, at.input))
    for (const end of machine.values(to, at.scope, at.input))
      for (const step of machine.values(by, at.scope, at.input)) yield* countFrom(machine, [start, end, step]);
};

const countFrom = function* (machine: Machine, [start, end, step]: readonly [Jq, Jq, Jq]): Generator<Jq> {
  for (const value of [start, end, step])
    if (!isJqNumber(value)) throw new JqError(`range cannot be applied to: ${describeJq(value)}`);
  const direction = compareJq(step, 0);
  for (let value = start; direction * compareJq(value, end) < 0; value = add(value, step, () => undefined)) {
    machine.spend(1);
    yield value;
  }
};

const repeated = function* <T>(runner: Runner<T>, body: JqNode): Generator<T> {
  for (;;) {
    runner.spend(1);
    yield* runner.run(body, runner.input);
  }
};

const filtered = function* <T>(runner: Runner<T>, items: Iterable<T>, condition: JqNode): Generator<T> {
  for (const item of items) for (const test of runner.ask(condition, item)) if (isTruthy(test)) yield item;
};

const skipped = function* <T>(runner: Runner<T>, [countNode, body]: readonly [JqNode, JqNode]): Generator<T> {
  for (const wanted of runner.ask(countNode, runner.input)) {
    let left = numberOf('skip', wanted);
    if (left < 0)
      throw new JqError("error: skip doesn't support negative count", "skip doesn't support negative count");
    for (const item of runner.run(body, runner.input)) {
      if (left <= 0) yield item;
      left -= 1;
    }
  }
};

/** Steps while a condition holds; its first answer counts. */
const until = function* <T>(runner: Runner<T>, [condition, next]: readonly [JqNode, JqNode]): Generator<T> {
  const pending: T[] = [runner.input];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    runner.spend(1);
    for (const test of runner.ask(condition, item)) {
      if (isTruthy(test)) yield item;
      else pending.push(...[...runner.run(next, item)].toReversed());
    }
  }
};

const whilst = function* <T>(runner: Runner<T>, [condition, next]: readonly [JqNode, JqNode]): Generator<T> {
  const go = function* (item: T): Generator<T> {
    for (const test of runner.ask(condition, item)) if (isTruthy(test)) yield item;
  };
  const rest = function* (item: T): Generator<T> {
    for (const stepped of runner.run(next, item)) yield* go(stepped);
  };
  for (const item of go(runner.input)) yield* descend({ ...runner, input: item }, rest);
};

/** Depth first, without nesting: each step's results come before the steps after it. */
const descend = function* <T>(runner: Runner<T>, next: (item: T) => Iterable<T>): Generator<T> {
  yield runner.input;
  const pending: Iterator<T>[] = [next(runner.input)[Symbol.iterator]()];
  for (let top = pending.at(-1); top; top = pending.at(-1)) {
    runner.spend(1);
    const step = top.next();
    if (step.done === true) {
      pending.pop();
      continue;
    }
    yield step.value;
    pending.push(next(step.value)[Symbol.iterator]());
  }
};
