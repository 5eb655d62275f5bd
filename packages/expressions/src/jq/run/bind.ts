/**
 * Scopes that patterns and calls make.
 */
import { patternVariables, type JqFunction, type JqNode, type JqPattern } from '../syntax/ast.ts';
import { JqError } from '../jq-error.ts';
import { describeJq, isJqArray, isJqObject, valueAt, type Jq } from '../values/jq-value.ts';
import type { JqPlace, Machine, Scope } from './machine.ts';

/** Scopes in which a pattern's variables hold parts of a value: several when its keys have several values. */
export const bindPattern = function* (
  machine: Machine,
  pattern: JqPattern,
  value: Jq,
  place: JqPlace,
): Generator<Scope | undefined> {
  if (pattern.kind === 'variable') {
    yield { kind: 'variable', name: pattern.name, value, outer: place.scope };
    return;
  }
  yield* bindParts(machine, partsOf(pattern, value), place);
};

interface PatternPart {
  readonly pattern: JqPattern | undefined;
  /** For objects: an expression for the key. */
  readonly key: JqNode | number;
  readonly variable: string | undefined;
  readonly of: Jq;
}

const partsOf = (pattern: Exclude<JqPattern, { readonly kind: 'variable' }>, value: Jq): readonly PatternPart[] => {
  if (pattern.kind === 'array') {
    if (value !== null && !isJqArray(value)) throw new JqError(`expected an array but got: ${describeJq(value)}`);
    return pattern.items.map((item, index) => ({ pattern: item, key: index, variable: undefined, of: value }));
  }
  if (value !== null && !isJqObject(value)) throw new JqError(`expected an object but got: ${describeJq(value)}`);
  return pattern.entries.map((entry) => ({
    pattern: entry.value,
    key: entry.key,
    variable: entry.variable,
    of: value,
  }));
};

const bindParts = function* (
  machine: Machine,
  parts: readonly PatternPart[],
  place: JqPlace,
): Generator<Scope | undefined> {
  const [part, ...rest] = parts;
  if (!part) {
    yield place.scope;
    return;
  }
  for (const key of keysOfPart(machine, part, place)) {
    const value = readPart(part.of, key);
    const scope: Scope | undefined =
      part.variable === undefined ? place.scope : { kind: 'variable', name: part.variable, value, outer: place.scope };
    const inner = { ...place, scope };
    if (!part.pattern) yield* bindParts(machine, rest, inner);
    else
      for (const bound of bindPattern(machine, part.pattern, value, inner))
        yield* bindParts(machine, rest, { ...place, scope: bound });
  }
};

const keysOfPart = (machine: Machine, part: PatternPart, place: JqPlace): Iterable<Jq> =>
  typeof part.key === 'number' ? [part.key] : machine.values(part.key, place.scope, place.input);

const readPart = (value: Jq, key: Jq): Jq => {
  if (value === null) return null;
  if (typeof key === 'number') return isJqArray(value) ? (value[key] ?? null) : null;
  if (typeof key !== 'string') throw new JqError(`expected a string for object key but got: ${describeJq(key)}`);
  return isJqObject(value) ? valueAt(value, key) : null;
};

/** A scope with every variable of some patterns, all null: for alternatives of which one is taken. */
export const withNulls = (patterns: readonly JqPattern[], scope: Scope | undefined): Scope | undefined =>
  [...new Set(patterns.flatMap(patternVariables))].reduce<Scope | undefined>(
    (outer, name) => ({ kind: 'variable', name, value: null, outer }),
    scope,
  );

/** Scopes a function's body runs in, one for each choice of its `$` parameters' values. */
export const bindArguments = function* (
  machine: Machine,
  definition: JqFunction,
  call: { readonly args: readonly JqNode[]; readonly input: Jq; readonly scope: Scope | undefined },
  own: Scope,
): Generator<Scope> {
  yield* bindFrom(0, own);

  function* bindFrom(index: number, scope: Scope): Generator<Scope> {
    const name = definition.parameters[index];
    const arg = call.args[index];
    if (name === undefined || !arg) {
      yield scope;
      return;
    }
    if (!name.startsWith('$')) {
      yield* bindFrom(index + 1, { kind: 'closure', name, body: arg, scope: call.scope, outer: scope });
      return;
    }
    for (const value of machine.values(arg, call.scope, call.input)) {
      // A value parameter is a filter of the same name as well.
      const closure: Scope = {
        kind: 'closure',
        name: name.slice(1),
        body: { kind: 'literal', value },
        scope: undefined,
        outer: scope,
      };
      yield* bindFrom(index + 1, { kind: 'variable', name, value, outer: closure });
    }
  }
};
