/**
 * What runs a program: scopes, and the two ways to run a filter (for its values, or for the paths to them).
 */
import type { JqFunction, JqNode } from '../syntax/ast.ts';
import { JqError } from '../jq-error.ts';
import { describeJq, type Jq } from '../values/jq-value.ts';
import type { JqPath } from '../values/paths.ts';

/** A value and how it was reached; no path when it was computed. */
export interface Located {
  readonly path: JqPath | undefined;
  readonly value: Jq;
}

/** Names in force, innermost first. */
export type Scope =
  | { readonly kind: 'variable'; readonly name: string; readonly value: Jq; readonly outer: Scope | undefined }
  | { readonly kind: 'label'; readonly name: string; readonly label: object; readonly outer: Scope | undefined }
  | { readonly kind: 'function'; readonly definition: JqFunction; readonly outer: Scope | undefined }
  | {
      readonly kind: 'closure';
      readonly name: string;
      readonly body: JqNode;
      readonly scope: Scope | undefined;
      readonly outer: Scope | undefined;
    };

/** The clock, for `now`. */
export interface JqPorts {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Runs filters. */
export interface Machine {
  readonly ports: JqPorts;
  /** Functions of the library, by `name/count`. */
  readonly library: ReadonlyMap<string, JqFunction>;
  values(node: JqNode, scope: Scope | undefined, input: Jq): Iterable<Jq>;
  paths(node: JqNode, scope: Scope | undefined, at: Located): Iterable<Located>;
  /** Charges work; throws when the budget is spent. */
  spend(steps: number): void;
  /** Refuses texts and lists too large. */
  reserve(size: number): void;
}

/** Where a filter runs: names in force and the input. */
export interface Place<T> {
  readonly scope: Scope | undefined;
  readonly input: T;
}

/** Where a filter runs for values. */
export type JqPlace = Place<Jq>;

/** Where a filter runs for paths. */
export type JqPathPlace = Place<Located>;

/** A built-in: of values, or of filters it runs itself. */
export type Native =
  | { readonly kind: 'value'; readonly call: (input: Jq, args: readonly Jq[], machine: Machine) => Jq }
  | {
      readonly kind: 'filter';
      readonly values: (machine: Machine, args: readonly JqNode[], at: JqPlace) => Iterable<Jq>;
      readonly paths: (machine: Machine, args: readonly JqNode[], at: JqPathPlace) => Iterable<Located>;
    };

/** Built-ins by `name/count`. */
export type Natives = Readonly<Record<string, Native>>;

/** Paths a filter names in a value. */
export const pathsOf = function* (machine: Machine, node: JqNode, at: JqPlace): Generator<JqPath> {
  for (const found of machine.paths(node, at.scope, { path: [], value: at.input })) {
    machine.spend(1);
    if (!found.path) throw new JqError(`invalid path against: ${describeJq(found.value)}`);
    yield found.path;
  }
};

/** A variable's value. */
export const variableOf = (scope: Scope | undefined, name: string): Jq => {
  for (let at = scope; at; at = at.outer) if (at.kind === 'variable' && at.name === name) return at.value;
  // The environment is empty: programs must not read the program's own.
  return name === '$ENV' ? {} : null;
};

/** A label's identity. */
export const labelOf = (scope: Scope | undefined, name: string): object => {
  for (let at = scope; at; at = at.outer) if (at.kind === 'label' && at.name === name) return at.label;
  return {};
};

/** Key of a function: names may be shared by functions of different counts of parameters. */
export const functionKey = (name: string, count: number): string => `${name}/${count}`;

/** Finds what a call names in a scope. */
export const findFunction = (
  scope: Scope | undefined,
  name: string,
  count: number,
): Extract<Scope, { readonly kind: 'function' | 'closure' }> | undefined => {
  for (let at = scope; at; at = at.outer) {
    if (at.kind === 'closure' && count === 0 && at.name === name) return at;
    if (at.kind === 'function' && at.definition.name === name && at.definition.parameters.length === count) return at;
  }
  return undefined;
};
