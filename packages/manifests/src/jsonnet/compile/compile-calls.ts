/**
 * Functions, and calls of them.
 */
import type { FunctionNode, Node, Place } from '../syntax/ast.ts';
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';
import { withArticle } from '../runtime/operations.ts';
import { callFunction } from '../runtime/call.ts';
import {
  Env,
  JsonnetFunction,
  problem,
  TailCall,
  type CallArguments,
  type Code,
  type Lazy,
} from '../runtime/values.ts';
import type { Compiler } from './compiler.ts';
import { within, type Scope } from './scope.ts';

type ApplyNode = Extract<Node, { readonly kind: 'apply' }>;

/** A function: fallbacks see all parameters. */
export const compileFunction = (compiler: Compiler, node: FunctionNode, scope: Scope): Code => {
  const inner = within(
    scope,
    node.parameters.map((parameter) => parameter.name),
  );
  const fallbacks = node.parameters.map(({ fallback }) =>
    fallback ? compiler.compileBind(fallback, inner) : undefined,
  );
  const body = compiler.compileTail(node.body, inner);
  const parameters = node.parameters.map(({ name, fallback }) => ({ name, isOptional: fallback !== undefined }));
  return (outer) =>
    new JsonnetFunction(node.name, parameters, (args) => {
      const env = new Env([], outer);
      for (const given of args) env.slots.push(given ?? null);
      for (const [at, given] of args.entries()) if (given === undefined) env.slots[at] = fallbacks[at]?.(env) ?? null;
      return body(env);
    });
};

/** A call. */
export const compileApply = (compiler: Compiler, node: ApplyNode, scope: Scope): Code => {
  const prepare = compileParts(compiler, node, scope);
  return (env) => {
    const { callee, args } = prepare(env);
    try {
      return callFunction(env.machine, callee, args);
    } catch (thrown) {
      throw traced(thrown, callee, node.place);
    }
  };
};

/** A strict call that ends a function. */
export const compileApplyTail = (compiler: Compiler, node: ApplyNode, scope: Scope): ((env: Env) => TailCall) => {
  const prepare = compileParts(compiler, node, scope);
  return (env) => {
    const { callee, args } = prepare(env);
    return new TailCall(callee, args, node.place);
  };
};

const compileParts = (
  compiler: Compiler,
  node: ApplyNode,
  scope: Scope,
): ((env: Env) => { readonly callee: JsonnetFunction; readonly args: CallArguments }) => {
  const target = compiler.compile(node.target, scope);
  // What a strict call hands over is computed first, so that loops leave no chain of lazy values.
  const prepare = (argument: Node): ((env: Env) => Lazy) =>
    node.isStrict ? compiler.compile(argument, scope) : compiler.compileLazy(argument, scope);
  const positional = node.args.positional.map(prepare);
  const named = node.args.named.map(({ name, value }) => [name, prepare(value)] as const);
  return (env) => {
    const callee = target(env);
    if (!(callee instanceof JsonnetFunction)) throw problem(`${withArticle(callee)} cannot be called`, node.place);
    const args = {
      positional: positional.map((argument) => argument(env)),
      named: named.map(([name, argument]) => [name, argument(env)] as const),
    };
    return { callee, args };
  };
};

const traced = (thrown: unknown, callee: JsonnetFunction, place: Place): unknown => {
  if (!(thrown instanceof JsonnetProblem)) return thrown;
  if (!thrown.place) thrown.place = place;
  return thrown.through(`function ${callee.name}`, place);
};
