/**
 * Values of Go templates. Go tells `int` from `float64` and `[]string` from `[]interface {}`, and templates show it
 * (`%T`, `eq`, `deepEqual`), so values carry their Go type:
 *
 *   bigint = int · number = float64 · string · boolean · null = nil in an interface · undefined = no value at all
 *   GoNumber = every other number · GoList = slices · GoMap = maps with text keys · GoObject = structs with methods
 *
 * Data from outside comes in by `toGoValue`, which decides what a whole number is.
 */
import type { Random } from '@argosy/base';

import { compareText } from './go-text.ts';

/** Kinds of `reflect`. */
export type GoKind =
  | 'invalid'
  | 'bool'
  | 'string'
  | 'int'
  | 'int8'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'slice'
  | 'map'
  | 'struct'
  | 'ptr'
  | 'func';

/** Any value; `undefined` is Go's invalid value (a missing key). */
export type GoValue = undefined | null | boolean | string | number | bigint | GoNumber | GoList | GoMap | GoObject;

/** A number (or named text) whose type is not int or float64. */
export class GoNumber {
  readonly type: string;
  readonly kind: GoKind;
  readonly value: bigint | number;
  /** What its String method gives, if its type has one. */
  readonly text: string | undefined;

  constructor(type: string, kind: GoKind, value: bigint | number, text?: string) {
    this.type = type;
    this.kind = kind;
    this.value = value;
    this.text = text;
  }
}

/** What nothing with methods of its own has: one object for all. */
const NO_METHODS: GoFunctions = Object.freeze({});
const NO_FIELDS: Readonly<Record<string, GoValue>> = Object.freeze({});
const NO_PARTS = Object.freeze({});

/** A slice. */
export class GoList {
  readonly items: readonly GoValue[];
  /** Go type of an element. */
  readonly element: string;
  readonly isNil: boolean;
  /** A named type, such as `chartutil.VersionSet`, and what it can do. */
  readonly name: string | undefined;
  readonly methods: GoFunctions;
  /** The items of a `[]uint8` as they are, for who wants them all; absent when nobody has them so. */
  readonly bytes: Uint8Array | undefined;

  constructor(
    items: readonly GoValue[],
    element = 'interface {}',
    isNil = false,
    parts: { readonly name?: string; readonly methods?: GoFunctions; readonly bytes?: Uint8Array } = NO_PARTS,
  ) {
    this.items = items;
    this.element = element;
    this.isNil = isNil;
    this.name = parts.name;
    this.methods = parts.methods ?? NO_METHODS;
    this.bytes = parts.bytes;
  }

  get type(): string {
    return this.name ?? `[]${this.element}`;
  }
}

/** A map with text keys. Functions such as Sprig's `set` change it in place, as in Go. */
export class GoMap {
  readonly entries: Map<string, GoValue>;
  /** Go type of a value. */
  readonly element: string;
  /** A named type, such as `chartutil.Values`; the plain one when absent. */
  readonly name: string | undefined;
  /** A nil map: it reads as empty, and writing to it fails. */
  readonly isNil: boolean;
  /** Methods of a named type; they win over keys. */
  readonly methods: GoFunctions;

  constructor(
    entries: Map<string, GoValue> = new Map(),
    element = 'interface {}',
    parts: { readonly name?: string; readonly isNil?: boolean; readonly methods?: GoFunctions } = NO_PARTS,
  ) {
    this.entries = entries;
    this.element = element;
    this.name = parts.name;
    this.isNil = parts.isNil ?? false;
    this.methods = parts.methods ?? NO_METHODS;
  }

  get type(): string {
    return this.name ?? `map[string]${this.element}`;
  }

  /** Keys in Go's order of printing. */
  sortedKeys(): readonly string[] {
    return [...this.entries.keys()].sort(compareText);
  }
}

/** What a function may ask of the render that calls it. */
export interface CallContext {
  readonly ports: TemplatePorts;
  /** Charges work to the budget; throws when it is spent. */
  spend(steps: number): void;
  /** Refuses texts longer than the budget's before they are built. */
  reserve(characters: number): void;
  /** Whether a template of that name is in the set. */
  isDefined(name: string): boolean;
  /** Renders a template of the set, as Helm's `include`. */
  render(name: string, data: GoValue): string;
  /** Renders a text with the functions and templates of the set, as Helm's `tpl`. */
  renderText(text: string, data: GoValue): string;
}

/** What is not pure comes in here. A function that needs a port which is absent refuses by its name. */
export interface TemplatePorts {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly random?: Random;
}

/** A function or method: Go types of its parameters, and what it does with values of those types. */
export interface GoFunction {
  readonly parameters: readonly string[];
  /** Whether the last parameter takes any number of arguments. */
  readonly isVariadic: boolean;
  /** Throws GoError to refuse. */
  readonly call: (args: readonly GoValue[], context: CallContext) => GoValue;
}

/** Functions by name. */
export type GoFunctions = Readonly<Record<string, GoFunction>>;

/** A function refuses its arguments. The message ends up in the render's failure. */
export class GoError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GoError';
  }
}

/** A struct, or a pointer to one, as templates see it: fields, methods, a text. */
export class GoObject {
  /** Go type, such as `time.Time` or `*semver.Version`. */
  readonly type: string;
  readonly fields: Readonly<Record<string, GoValue>>;
  readonly methods: GoFunctions;
  /** What its String method gives; its fields are printed when it has none. */
  readonly text: string | undefined;
  /** The text its JSON is, when it is one. */
  readonly json: string | undefined;
  /** The value of ours behind it. */
  readonly inner: unknown;

  constructor(
    type: string,
    parts: {
      readonly json?: string;
      readonly fields?: Readonly<Record<string, GoValue>>;
      readonly methods?: GoFunctions;
      readonly text?: string;
      readonly inner?: unknown;
    },
  ) {
    this.type = type;
    this.fields = parts.fields ?? NO_FIELDS;
    this.methods = parts.methods ?? NO_METHODS;
    this.text = parts.text;
    this.json = parts.json ?? parts.text;
    this.inner = parts.inner;
  }
}

/** Kind of a value. */
export const goKindOf = (value: GoValue): GoKind => {
  switch (typeof value) {
    case 'undefined':
      return 'invalid';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'number':
      return 'float64';
    case 'bigint':
      return 'int';
    default:
      if (value === null) return 'invalid';
      if (value instanceof GoNumber) return value.kind;
      if (value instanceof GoList) return 'slice';
      if (value instanceof GoMap) return 'map';
      return value.type.startsWith('*') ? 'ptr' : 'struct';
  }
};

/** Go type of a value, as `%T` prints it; `<nil>` for nil. */
export const goTypeOf = (value: GoValue): string => {
  if (value === undefined || value === null) return '<nil>';
  return typeof value === 'object' ? value.type : goKindOf(value);
};

/** Truth in templates: not the zero value, not empty. */
export const isTrue = (value: GoValue): boolean => {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'object') return typeof value === 'number' ? value !== 0 : Boolean(value);
  if (value instanceof GoNumber) return Number(value.value) !== 0;
  if (value instanceof GoList) return value.items.length > 0;
  return value instanceof GoMap ? value.entries.size > 0 : true;
};

/** An int64. */
export const int64 = (value: bigint): GoNumber => new GoNumber('int64', 'int64', BigInt.asIntN(64, value));

/** A `[]string`. */
export const textList = (items: readonly string[]): GoList => new GoList(items, 'string');

/** A `map[string]interface {}`. */
export const goMap = (pairs: Iterable<readonly [string, GoValue]>): GoMap => new GoMap(new Map(pairs));
