/**
 * Syntax trees of Jsonnet, after the parser: sugar that only saves typing (methods, `local f(x)`, `e { … }`) is gone.
 * @spec https://jsonnet.org/ref/spec.html#abstract_syntax
 */

/** Where a part of a text begins and ends, as offsets; `file` is the path of its text. */
export interface Place {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

interface At {
  readonly place: Place;
}

/** An expression. */
export type Node =
  | ({ readonly kind: 'literal'; readonly value: null | boolean | number | string } & At)
  | ({ readonly kind: 'variable'; readonly name: string } & At)
  | ({ readonly kind: 'self' } & At)
  | ({ readonly kind: 'dollar' } & At)
  | ({ readonly kind: 'super'; readonly index: Node } & At)
  | ({ readonly kind: 'inSuper'; readonly index: Node } & At)
  | ({ readonly kind: 'index'; readonly target: Node; readonly index: Node } & At)
  | ({ readonly kind: 'slice'; readonly target: Node; readonly parts: readonly (Node | undefined)[] } & At)
  | ({ readonly kind: 'apply'; readonly target: Node; readonly args: Arguments; readonly isStrict: boolean } & At)
  | FunctionNode
  | ({ readonly kind: 'local'; readonly binds: readonly Bind[]; readonly body: Node } & At)
  | ({ readonly kind: 'if'; readonly condition: Node; readonly yes: Node; readonly no: Node | undefined } & At)
  | ({ readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node } & At)
  | ({ readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Node } & At)
  | ({ readonly kind: 'assert'; readonly assertion: Assertion; readonly body: Node } & At)
  | ({ readonly kind: 'error'; readonly message: Node } & At)
  | ({ readonly kind: 'import'; readonly how: ImportKind; readonly path: string } & At)
  | ({ readonly kind: 'array'; readonly items: readonly Node[] } & At)
  | ({ readonly kind: 'arrayFor'; readonly item: Node; readonly clauses: readonly Clause[] } & At)
  | ObjectNode
  | ({
      readonly kind: 'objectFor';
      readonly locals: readonly Bind[];
      readonly key: Node;
      readonly value: Node;
      readonly isAdding: boolean;
      readonly clauses: readonly Clause[];
    } & At);

/** How a file is taken. */
export type ImportKind = 'import' | 'importstr' | 'importbin';

/** A function with its parameters; `name` is for traces. */
export interface FunctionNode extends At {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Node;
}

/** A parameter, with the expression it has when no argument is given. */
export interface Parameter {
  readonly name: string;
  readonly fallback: Node | undefined;
}

/** Arguments by position, then by name. */
export interface Arguments {
  readonly positional: readonly Node[];
  readonly named: readonly { readonly name: string; readonly value: Node }[];
}

/** A name and what it stands for. */
export interface Bind {
  readonly name: string;
  readonly value: Node;
}

/** `assert condition : message`. */
export interface Assertion extends At {
  readonly condition: Node;
  readonly message: Node | undefined;
}

/** `for x in e` or `if e` of a comprehension. */
export type Clause =
  | { readonly kind: 'for'; readonly name: string; readonly items: Node }
  | { readonly kind: 'if'; readonly condition: Node };

/** An object's body. */
export interface ObjectNode extends At {
  readonly kind: 'object';
  readonly locals: readonly Bind[];
  readonly asserts: readonly Assertion[];
  readonly fields: readonly FieldNode[];
}

/** How a field shows when an object is printed: as what it overrides does, never, always. */
export type Visibility = 'inherit' | 'hidden' | 'forced';

/** A field; a null name leaves it out. */
export interface FieldNode extends At {
  readonly name: Node;
  readonly visibility: Visibility;
  /** `+:` adds to what it overrides. */
  readonly isAdding: boolean;
  readonly value: Node;
}

/** Operators between two expressions, `in` included. */
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];
export const BINARY_OPERATORS = [
  '*',
  '/',
  '%',
  '+',
  '-',
  '<<',
  '>>',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  '==',
  '!=',
  '&',
  '^',
  '|',
  '&&',
  '||',
] as const;

/** Operators before an expression. */
export type UnaryOperator = '-' | '+' | '!' | '~';
