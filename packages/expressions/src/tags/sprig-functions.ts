/**
 * Sprig inside expressions of workflows, as `sprig.<name>`: the same functions as in templates, called the way expr-lang
 * calls Go functions. Those that need the clock or chance refuse by their name, so that evaluating again gives the same.
 * @spec https://masterminds.github.io/sprig/ @upstream argo-workflows util/expr/env/env.go
 */
import { GoDuration, GoTime, NamedNumber } from '../expr/run/go-time.ts';
import type { ExprFunction, ExprMap, ExprValue } from '../expr/run/values.ts';
import { momentOf } from '../go-time/moment.ts';
import { isAssignable, nilOf, unboxed } from '../template/functions/signature.ts';
import { SPRIG_TEMPLATE_FUNCTIONS } from '../template/sprig/sprig.ts';
import { durationNumber, momentFrom, timeObject } from '../template/sprig/times/time-object.ts';
import {
  GoError,
  GoList,
  GoMap,
  goMap,
  GoNumber,
  goTypeOf,
  type CallContext,
  type GoFunction,
  type GoObject,
  type GoValue,
} from '../template/values.ts';

/** What one call may cost: it is part of an expression, which has a budget of its own. */
const STEPS_PER_CALL = 1_000_000;
const CHARACTERS_PER_CALL = 1_000_000;

/** Functions of Sprig's map that upstream takes away, since they look at the machine. */
const REMOVED: ReadonlySet<string> = new Set(['env', 'expandenv', 'getHostByName']);

const refuse = (): never => {
  throw new GoError('templates cannot be rendered from an expression');
};

const createContext = (): CallContext => {
  let left = STEPS_PER_CALL;
  return {
    ports: {},
    spend: (steps) => {
      left -= steps;
      if (left < 0) throw new GoError('the call is too expensive');
    },
    reserve: (characters) => {
      if (characters > CHARACTERS_PER_CALL) throw new GoError('the result is too long');
    },
    isDefined: () => false,
    render: refuse,
    renderText: refuse,
  };
};

const toFunction =
  (name: string, definition: GoFunction): ExprFunction =>
  (...args) => {
    const { parameters, isVariadic } = definition;
    const fixed = isVariadic ? parameters.length - 1 : parameters.length;
    if (args.length < fixed) throw new GoError(`not enough arguments to call ${name}`);
    if (!isVariadic && args.length > fixed) throw new GoError(`too many arguments to call ${name}`);
    const typed = args.map((argument, at) => typeArgument(argument, parameters[Math.min(at, parameters.length - 1)]));
    return fromGo(definition.call(typed, createContext()));
  };

const typeArgument = (argument: ExprValue, type = 'interface {}'): GoValue => {
  const value = toGo(argument);
  if (value === null || value === undefined) return nilOf(type);
  if (isAssignable(value, type)) return unboxed(value, type);
  throw new GoError(`cannot use ${goTypeOf(value)} as type ${type}`);
};

const toGo = (value: ExprValue): GoValue => {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return new GoList((value as readonly ExprValue[]).map(toGo));
  if (value instanceof GoTime) return timeObject(momentOf(value.instant, value.zone));
  if (value instanceof GoDuration) return durationNumber(BigInt(value.nanoseconds));
  if (typeof value === 'function') throw new GoError('a function cannot be an argument');
  if (typeof value !== 'object') return value;
  if (value instanceof NamedNumber) return value.name;
  return goMap(Object.entries(value as ExprMap).map(([key, part]): [string, GoValue] => [key, toGo(part)]));
};

const fromGo = (value: GoValue): ExprValue => {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') return value;
  if (value instanceof GoNumber)
    return value.type === 'time.Duration' ? new GoDuration(Number(value.value) / 1e6) : value.value;
  if (value instanceof GoList) return value.items.map(fromGo);
  if (value instanceof GoMap)
    return Object.fromEntries([...value.entries].map(([key, part]): [string, ExprValue] => [key, fromGo(part)]));
  return fromObject(value);
};

const fromObject = (value: GoObject): ExprValue => {
  if (value.type !== 'time.Time') return value.text ?? null;
  const moment = momentFrom(value);
  return new GoTime(Number(moment.nanoseconds / 1000n) / 1000, moment.zone);
};

/** Functions by name. */
export const SPRIG_FUNCTIONS: ExprMap = Object.fromEntries(
  Object.entries(SPRIG_TEMPLATE_FUNCTIONS)
    .filter(([name]) => !REMOVED.has(name))
    .map(([name, definition]) => [name, toFunction(name, definition)] as const),
);
