/**
 * Comprehensions: one scope per `for`, one result per round that every `if` lets through.
 */
import type { Clause, Node } from '../syntax/ast.ts';
import { withArticle } from '../runtime/operations.ts';
import { Env, isArray, problem, type Code, type Lazy } from '../runtime/values.ts';
import type { Compiler } from './compiler.ts';
import { within, type Scope } from './scope.ts';

/** `[item for …]`. */
export const compileArrayFor = (
  compiler: Compiler,
  node: Extract<Node, { readonly kind: 'arrayFor' }>,
  scope: Scope,
): Code => {
  const { rounds, inner } = compileClauses(compiler, node.clauses, scope);
  const item = compiler.compileLazy(node.item, inner);
  return (env) => {
    const items: Lazy[] = [];
    rounds(env, (round) => {
      env.machine.reserve(1);
      items.push(item(round));
    });
    return items;
  };
};

/** Runs a body once per round. */
export type Rounds = (env: Env, body: (round: Env) => void) => void;

/** Compiles clauses; `inner` is the scope that they end in. */
export const compileClauses = (
  compiler: Compiler,
  clauses: readonly Clause[],
  scope: Scope,
): { readonly rounds: Rounds; readonly inner: Scope } => {
  const [clause, ...rest] = clauses;
  if (!clause) return { rounds: (env, body) => body(env), inner: scope };
  if (clause.kind === 'if') {
    const condition = compiler.compile(clause.condition, scope);
    const after = compileClauses(compiler, rest, scope);
    const rounds: Rounds = (env, body) => {
      const holds = condition(env);
      if (typeof holds !== 'boolean')
        throw problem(`a condition is true or false, not ${withArticle(holds)}`, clause.condition.place);
      if (holds) after.rounds(env, body);
    };
    return { rounds, inner: after.inner };
  }
  const items = compiler.compile(clause.items, scope);
  const after = compileClauses(compiler, rest, within(scope, [clause.name]));
  const rounds: Rounds = (env, body) => {
    const list = items(env);
    if (!isArray(list)) throw problem(`for goes over an array, not ${withArticle(list)}`, clause.items.place);
    for (const item of list) {
      env.machine.spend(1);
      after.rounds(new Env([item], env), body);
    }
  };
  return { rounds, inner: after.inner };
};
