/**
 * Which variables an expression sees, and where they will be when it runs.
 */
import type { Place } from '../syntax/ast.ts';
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';
import type { Env, Lazy } from '../runtime/values.ts';

/** The name under which an outermost object keeps itself. */
export const DOLLAR = '$';

/** Names of one scope, and the scopes around. */
export interface Scope {
  readonly names: readonly string[];
  readonly outer: Scope | undefined;
  /** Whether there is an object around, so that `self` means something. */
  readonly hasSelf: boolean;
}

/** A scope within another. */
export const within = (outer: Scope, names: readonly string[], hasSelf = outer.hasSelf): Scope => ({
  names,
  outer,
  hasSelf,
});

/** Whether a name is bound. */
export const isBound = (scope: Scope | undefined, name: string): boolean =>
  scope !== undefined && (scope.names.includes(name) || isBound(scope.outer, name));

/** Reads a variable's slot. Throws JsonnetProblem `JsonnetSyntax` for names that are not bound. */
export const resolveName = (scope: Scope, name: string, place: Place): ((env: Env) => Lazy) => {
  let hops = 0;
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const slot = at.names.lastIndexOf(name);
    if (slot >= 0) return readSlot(hops, slot);
    hops += 1;
  }
  const message =
    name === DOLLAR ? '$ is the outermost object, and there is none around' : `there is no variable ${name}`;
  throw new JsonnetProblem('JsonnetSyntax', message, place);
};

const readSlot = (hops: number, slot: number): ((env: Env) => Lazy) => {
  if (hops === 0) return (env) => env.slots[slot] ?? null;
  if (hops === 1) return (env) => env.outer?.slots[slot] ?? null;
  return (env) => {
    let at: Env | undefined = env;
    for (let left = hops; left > 0; left -= 1) at = at?.outer;
    return at?.slots[slot] ?? null;
  };
};
