/**
 * Functions with Go's types, so that what Go refuses is refused here with Go's words.
 */
import {
  goTypeOf,
  GoList,
  GoMap,
  GoNumber,
  type CallContext,
  type GoFunction,
  type GoObject,
  type GoValue,
} from '../values.ts';

/** TypeScript's view of a parameter's Go type. */
interface Native {
  readonly string: string;
  readonly bool: boolean;
  readonly int: bigint;
  readonly int64: bigint;
  readonly uint32: bigint;
  readonly float64: number;
  readonly any: GoValue;
  /** As `any`, but what is missing stays missing: Go's `reflect.Value`. */
  readonly value: GoValue;
  readonly map: GoMap;
  readonly list: GoList;
  readonly strings: GoList;
  readonly time: GoObject;
  readonly semver: GoObject;
}

type Parameter = keyof Native | `...${keyof Native}`;
type Arguments<P extends readonly Parameter[]> = {
  readonly [K in keyof P]: P[K] extends keyof Native
    ? Native[P[K]]
    : P[K] extends `...${infer T extends keyof Native}`
      ? readonly Native[T][]
      : never;
};

const GO_TYPES: Readonly<Record<keyof Native, string>> = {
  string: 'string',
  bool: 'bool',
  int: 'int',
  int64: 'int64',
  uint32: 'uint32',
  float64: 'float64',
  any: 'interface {}',
  value: 'reflect.Value',
  map: 'map[string]interface {}',
  list: '[]interface {}',
  strings: '[]string',
  time: 'time.Time',
  semver: '*semver.Version',
};

/**
 * A function of typed parameters: `goFunction(['int', 'string'], ([count, text]) => …)`. A last parameter `...any`
 * takes the rest as a list.
 */
export const goFunction = <const P extends readonly Parameter[]>(
  parameters: P,
  call: (args: Arguments<P>, context: CallContext) => GoValue,
): GoFunction => {
  const isVariadic = parameters.at(-1)?.startsWith('...') ?? false;
  const fixed = parameters.length - 1;
  const types = parameters.map((parameter) => GO_TYPES[parameter.replace('...', '') as keyof Native]);
  // The evaluator has checked every argument against its type before the call: hence the casts.
  if (!isVariadic) return { parameters: types, isVariadic, call: call as GoFunction['call'] };
  const pass = fixed === 0 ? (args: readonly GoValue[]) => [args] : restAsList(fixed);
  return {
    parameters: types,
    isVariadic,
    call: (args, context) => call(pass(args) as unknown as Arguments<P>, context),
  };
};

const restAsList = (fixed: number) => (args: readonly GoValue[]) => {
  const passed: unknown[] = args.slice(0, fixed);
  passed.push(args.slice(fixed));
  return passed;
};

/** Whether nil may stand for a type. */
export const canBeNil = (type: string): boolean => /^(?:interface|reflect|map|\[\]|\*)/.test(type);

/** Nil as a value of a type. */
export const nilOf = (type: string): GoValue => {
  if (type.startsWith('map')) return new GoMap(new Map(), type.slice('map[string]'.length), { isNil: true });
  if (type === 'reflect.Value') return undefined;
  return type.startsWith('[]') ? new GoList([], type.slice(2), true) : null;
};

/** Whether a value may be passed where a type is wanted. */
export const isAssignable = (value: GoValue, type: string): boolean => {
  if (takesAnything(type)) return true;
  if (typeof value === 'string') return type === 'string';
  if (value instanceof GoMap) return type === `map[string]${value.element}`;
  return goTypeOf(value) === type;
};

/** A value as a function of that parameter type receives it: int64 as a bare bigint, a map without its type's name. */
export const unboxed = (value: GoValue, type: string): GoValue => {
  if (takesAnything(type)) return value;
  if (value instanceof GoMap && value.name !== undefined)
    return new GoMap(value.entries, value.element, { isNil: value.isNil });
  return value instanceof GoNumber ? value.value : value;
};

const takesAnything = (type: string): boolean => type === 'interface {}' || type === 'reflect.Value';
