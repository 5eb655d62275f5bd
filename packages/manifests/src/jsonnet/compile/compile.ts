/**
 * Trees to closures: names become slots once, and what runs is plain function calls.
 */
import { assertNever } from '@argosy/base';

import type { Assertion, Node } from '../syntax/ast.ts';
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';
import { indexValue, toText, withArticle } from '../runtime/operations.ts';
import { Env, force, problem, Thunk, type Code, type Lazy, type TailCall, type Value } from '../runtime/values.ts';
import { compileBinary, compileUnary } from './compile-operators.ts';
import { compileApply, compileApplyTail, compileFunction } from './compile-calls.ts';
import { compileArrayFor } from './compile-comprehension.ts';
import { compileObject, compileObjectFor } from './compile-object.ts';
import type { Compiler } from './compiler.ts';
import { sliceValue } from '../runtime/slice.ts';
import { DOLLAR, resolveName, within, type Scope } from './scope.ts';

/** Compiles a program. Throws JsonnetProblem `JsonnetSyntax` for names that mean nothing. */
export const compileJsonnet = (root: Node, scope: Scope, imported: Compiler['imported']): Code => {
  const compiler: Compiler = {
    compile: (node, at) => compileNode(compiler, node, at),
    compileTail: (node, at) => compileTail(compiler, node, at),
    compileLazy: (node, at) =>
      node.kind === 'variable' ? resolveName(at, node.name, node.place) : compileBind(compiler, node, at),
    compileBind: (node, at) => compileBind(compiler, node, at),
    imported,
  };
  return compiler.compile(root, scope);
};

const compileNode = (compiler: Compiler, node: Node, scope: Scope): Code => {
  switch (node.kind) {
    case 'literal':
      return compileLiteral(node);
    case 'variable':
      return compileName(node.name, node, scope);
    case 'dollar':
      return compileName(DOLLAR, node, scope);
    case 'self':
      mustHaveSelf(scope, node, 'self');
      return (env) => env.self ?? null;
    case 'super':
    case 'inSuper':
      return compileSuper(compiler, node, scope);
    case 'index':
      return compileIndex(compiler, node, scope);
    case 'slice':
      return compileSlice(compiler, node, scope);
    case 'apply':
      return compileApply(compiler, node, scope);
    case 'function':
      return compileFunction(compiler, node, scope);
    case 'local':
    case 'assert':
    case 'if':
      // Its parts are compiled as values, hence it gives one.
      return compileTail(compiler, node, scope, compiler.compile) as Code;
    case 'binary':
      return compileBinary(compiler, node, scope);
    case 'unary':
      return compileUnary(compiler, node, scope);
    case 'error':
      return compileError(compiler, node, scope);
    case 'import':
      return () => compiler.imported(node.how, node.path, node.place);
    case 'array':
      return compileArray(compiler, node, scope);
    case 'arrayFor':
      return compileArrayFor(compiler, node, scope);
    case 'object':
      return compileObject(compiler, node, scope);
    case 'objectFor':
      return compileObjectFor(compiler, node, scope);
    default:
      return assertNever(node);
  }
};

const compileName = (name: string, { place }: Node, scope: Scope): Code => {
  const read = resolveName(scope, name, place);
  return (env) => force(read(env));
};

const compileIndex = (compiler: Compiler, node: Extract<Node, { readonly kind: 'index' }>, scope: Scope): Code => {
  const target = compiler.compile(node.target, scope);
  const index = compiler.compile(node.index, scope);
  return (env) => indexValue(target(env), index(env), node.place);
};

const compileError = (compiler: Compiler, node: Extract<Node, { readonly kind: 'error' }>, scope: Scope): Code => {
  const message = compiler.compile(node.message, scope);
  return (env) => {
    throw problem(toText(env.machine, message(env)), node.place);
  };
};

const compileArray = (compiler: Compiler, node: Extract<Node, { readonly kind: 'array' }>, scope: Scope): Code => {
  const items = node.items.map((item) => compiler.compileLazy(item, scope));
  return (env) => {
    env.machine.reserve(items.length);
    return items.map((item) => item(env));
  };
};

/** Where a function ends: the branches of `if`, what follows `local` and `assert`, calls. */
const compileTail = (
  compiler: Compiler,
  node: Node,
  scope: Scope,
  last: (node: Node, scope: Scope) => (env: Env) => Value | TailCall = compiler.compileTail,
): ((env: Env) => Value | TailCall) => {
  if (node.kind === 'apply' && node.isStrict) return compileApplyTail(compiler, node, scope);
  if (node.kind === 'if') {
    const condition = compileTruth(compiler, node.condition, scope);
    const yes = last(node.yes, scope);
    const no = node.no ? last(node.no, scope) : () => null;
    return (env) => (condition(env) ? yes(env) : no(env));
  }
  if (node.kind === 'assert') {
    const assert = compileAssertion(compiler, node.assertion, scope);
    const body = last(node.body, scope);
    return (env) => {
      assert(env);
      return body(env);
    };
  }
  if (node.kind !== 'local') return compiler.compile(node, scope);
  const inner = within(
    scope,
    node.binds.map((bind) => bind.name),
  );
  const binds = node.binds.map((bind) => compiler.compileBind(bind.value, inner));
  const body = last(node.body, inner);
  return (env) => body(bindAll(binds, env));
};

/** Each bind sees all others: thunks are made before any runs. */
const bindAll = (binds: readonly ((env: Env) => Lazy)[], outer: Env): Env => {
  const env = new Env([], outer);
  outer.machine.reserve(binds.length);
  for (const bind of binds) env.slots.push(bind(env));
  return env;
};

/** Literals and functions cost nothing. */
const compileBind = (compiler: Compiler, node: Node, scope: Scope): ((env: Env) => Lazy) => {
  if (node.kind === 'literal' && !(typeof node.value === 'number' && !Number.isFinite(node.value)))
    return () => node.value;
  const code = compiler.compile(node, scope);
  return node.kind === 'function' ? code : (env) => new Thunk(code, env);
};

const compileLiteral = (node: Extract<Node, { readonly kind: 'literal' }>): Code => {
  const { value, place } = node;
  if (typeof value === 'number' && !Number.isFinite(value))
    return () => {
      throw problem('overflow: this number is larger than a number can be', place);
    };
  return () => value;
};

const compileSuper = (
  compiler: Compiler,
  node: Extract<Node, { readonly kind: 'super' | 'inSuper' }>,
  scope: Scope,
): Code => {
  mustHaveSelf(scope, node, 'super');
  const index = compiler.compile(node.index, scope);
  return (env) => {
    const name = index(env);
    if (typeof name !== 'string') throw problem(`a field's name is a string, not ${withArticle(name)}`, node.place);
    if (node.kind === 'inSuper') return env.self?.hasBelow(name, env.level) ?? false;
    return env.self?.getBelow(name, env.level, node.place) ?? null;
  };
};

const compileSlice = (compiler: Compiler, node: Extract<Node, { readonly kind: 'slice' }>, scope: Scope): Code => {
  const target = compiler.compile(node.target, scope);
  const parts = node.parts.map((part) => (part ? compiler.compile(part, scope) : () => null));
  return (env) => {
    const [from = null, to = null, step = null] = parts.map((part) => part(env));
    return located(node, () => sliceValue(env.machine, target(env), { from, to, step }));
  };
};

const located = <T>(node: Node, body: () => T): T => {
  try {
    return body();
  } catch (thrown) {
    if (thrown instanceof JsonnetProblem) thrown.place ??= node.place;
    throw thrown;
  }
};

const mustHaveSelf = (scope: Scope, node: Node, what: string): void => {
  if (!scope.hasSelf)
    throw new JsonnetProblem('JsonnetSyntax', `${what} means something only inside of an object`, node.place);
};

const compileTruth = (compiler: Compiler, node: Node, scope: Scope): ((env: Env) => boolean) => {
  const code = compiler.compile(node, scope);
  return (env) => {
    const value = code(env);
    if (typeof value !== 'boolean')
      throw problem(`a condition is true or false, not ${withArticle(value)}`, node.place);
    return value;
  };
};

const compileAssertion = (compiler: Compiler, assertion: Assertion, scope: Scope): ((env: Env) => void) => {
  const condition = compileTruth(compiler, assertion.condition, scope);
  const message = assertion.message ? compiler.compile(assertion.message, scope) : () => 'assertion failed';
  return (env) => {
    if (!condition(env)) throw problem(toText(env.machine, message(env)), assertion.place);
  };
};
