/**
 * What the parts of the compiler share.
 */
import type { ImportKind, Node, Place } from '../syntax/ast.ts';
import type { Code, Env, Lazy, TailCall, Value } from '../runtime/values.ts';
import type { Scope } from './scope.ts';

/** Compiles expressions; `imported` gives what an import stands for. */
export interface Compiler {
  readonly compile: (node: Node, scope: Scope) => Code;
  /** As the last thing a function does: strict calls are handed to its caller. */
  readonly compileTail: (node: Node, scope: Scope) => (env: Env) => Value | TailCall;
  /** Its value when it costs nothing, else a thunk. */
  readonly compileLazy: (node: Node, scope: Scope) => (env: Env) => Lazy;
  /** The same while the scope's own variables are being bound: those are not read yet. */
  readonly compileBind: (node: Node, scope: Scope) => (env: Env) => Lazy;
  readonly imported: (how: ImportKind, path: string, place: Place) => Value;
}
