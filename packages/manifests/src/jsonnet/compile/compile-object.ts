/**
 * Objects. What does not depend on a run (names that stand as they are) is laid out once.
 */
import type { Assertion, Bind, FieldNode, Node, ObjectNode } from '../syntax/ast.ts';
import type { Field, JsonnetObject, Layer } from '../runtime/object.ts';
import { createObject, toText, withArticle } from '../runtime/operations.ts';
import { Env, problem, type Code, type Lazy } from '../runtime/values.ts';
import { compileClauses } from './compile-comprehension.ts';
import type { Compiler } from './compiler.ts';
import { DOLLAR, isBound, within, type Scope } from './scope.ts';

/** `{ … }`. */
export const compileObject = (compiler: Compiler, node: ObjectNode, scope: Scope): Code => {
  const { inner, environmentOf } = compileInside(compiler, node.locals, scope);
  const asserts = node.asserts.map((assertion) => compileAssert(compiler, assertion, inner));
  const fields = node.fields.map((field) => compileField(compiler, field, { outer: scope, inner }));
  const fixed = fixedFields(fields);
  return (env) => {
    env.machine.reserve(fields.length);
    const byName = fixed ?? nameFields(fields, env);
    return createObject(env.machine, [{ fields: byName, environment: environmentOf(env), asserts }]);
  };
};

/** `{ [key]: value for … }`: every round's field sees its own variables. */
export const compileObjectFor = (
  compiler: Compiler,
  node: Extract<Node, { readonly kind: 'objectFor' }>,
  scope: Scope,
): Code => {
  const { rounds, inner: roundScope } = compileClauses(compiler, node.clauses, scope);
  const key = compiler.compile(node.key, roundScope);
  const { inner, environmentOf } = compileInside(compiler, node.locals, roundScope);
  const value = compiler.compile(node.value, inner);
  return (env) => {
    const fields = new Map<string, Field>();
    rounds(env, (round) => {
      const name = key(round);
      if (name === null) return;
      if (typeof name !== 'string')
        throw problem(`a field's name is a string, not ${withArticle(name)}`, node.key.place);
      if (fields.has(name)) throw problem(`two fields are named ${name}`, node.key.place);
      env.machine.reserve(1);
      const environment = environmentOf(round);
      fields.set(name, {
        visibility: 'inherit',
        isAdding: node.isAdding,
        place: node.place,
        compute: (object, level) => value(environment(object, level)),
      });
    });
    return createObject(env.machine, [{ fields, environment: undefined, asserts: [] }]);
  };
};

type EnvironmentOf = (outer: Env) => (object: JsonnetObject, level: number) => Env;

/** The scope inside: `$` where the object is outermost, then its locals. */
const compileInside = (
  compiler: Compiler,
  locals: readonly Bind[],
  scope: Scope,
): { readonly inner: Scope; readonly environmentOf: EnvironmentOf } => {
  const isOutermost = !isBound(scope, DOLLAR);
  const names = locals.map((bind) => bind.name);
  const inner = within(scope, isOutermost ? [DOLLAR, ...names] : names, true);
  const binds = locals.map((bind) => compiler.compileBind(bind.value, inner));
  const environmentOf: EnvironmentOf = (outer) => (object, level) => {
    const slots: Lazy[] = isOutermost ? [object] : [];
    const env = new Env(slots, outer, object, level);
    for (const bind of binds) slots.push(bind(env));
    return env;
  };
  return { inner, environmentOf };
};

interface CompiledField {
  readonly field: Field;
  readonly fixedName: string | undefined;
  readonly name: Code;
  readonly node: FieldNode;
}

const compileField = (
  compiler: Compiler,
  node: FieldNode,
  scopes: { readonly outer: Scope; readonly inner: Scope },
): CompiledField => {
  const value = compiler.compile(node.value, scopes.inner);
  const { visibility, isAdding, place } = node;
  const field: Field = {
    visibility,
    isAdding,
    place,
    compute: (object, level) => value(object.environmentAt(level)),
  };
  const fixedName = node.name.kind === 'literal' && typeof node.name.value === 'string' ? node.name.value : undefined;
  return { field, fixedName, name: compiler.compile(node.name, scopes.outer), node };
};

/** Fields whose names stand as they are, unless two are the same: that is told when the object is made. */
const fixedFields = (fields: readonly CompiledField[]): ReadonlyMap<string, Field> | undefined => {
  if (fields.some(({ fixedName }) => fixedName === undefined)) return undefined;
  const byName = new Map(fields.map(({ fixedName, field }) => [fixedName ?? '', field] as const));
  return byName.size === fields.length ? byName : undefined;
};

const nameFields = (fields: readonly CompiledField[], env: Env): ReadonlyMap<string, Field> => {
  const byName = new Map<string, Field>();
  for (const { field, name: code, node } of fields) {
    const name = code(env);
    if (name === null) continue;
    if (typeof name !== 'string')
      throw problem(`a field's name is a string, not ${withArticle(name)}`, node.name.place);
    if (byName.has(name)) throw problem(`two fields are named ${name}`, node.name.place);
    byName.set(name, field);
  }
  return byName;
};

const compileAssert = (compiler: Compiler, assertion: Assertion, scope: Scope): Layer['asserts'][number] => {
  const condition = compiler.compile(assertion.condition, scope);
  const message = assertion.message ? compiler.compile(assertion.message, scope) : () => 'object assertion failed';
  return (env) => {
    const holds = condition(env);
    if (typeof holds !== 'boolean')
      throw problem(`an assertion is true or false, not ${withArticle(holds)}`, assertion.place);
    if (!holds) throw problem(toText(env.machine, message(env)), assertion.place);
  };
};
