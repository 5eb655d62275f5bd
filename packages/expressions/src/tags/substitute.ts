/**
 * Replaces tags in a JSON value: the value is written as JSON text, tags are replaced in the text with escaped values,
 * and the text is read again, so a value can never add structure.
 * @upstream argo-workflows util/template/{replace,simple_template,expression_template}.go
 */
import { fail, messageOf, ok, type Json, type Result } from '@argosy/base';

import { walkExpr, type ExprNode } from '../expr/syntax/ast.ts';
import { evaluateExpression, parseExpression, type ParsedExpr } from '../expr/expression.ts';
import type { ExprMap, ExprValue } from '../expr/run/values.ts';
import { formatGoValue, isExprMap, mapGet, toJsonText } from '../expr/run/values.ts';
import { splitTags } from './split-tags.ts';
import { workflowEnvironment } from './expression-environment.ts';

/** Name → text. `null`: known, but its producer gave nothing (a skipped step). Objects are for expressions (`item`). */
export type TagValues = Readonly<Record<string, Json | undefined>>;

/** What to do with a name that is not known. */
export type UnresolvedPolicy =
  /** Write the tag back. */
  | { readonly kind: 'allow' }
  /** Refuse. */
  | { readonly kind: 'refuse' }
  /** Refuse below these prefixes (`steps`, `tasks`, `item`), write back elsewhere. */
  | { readonly kind: 'strict'; readonly prefixes: readonly string[] };

/** Why a substitution was refused. */
export interface TagFailure {
  readonly message: string;
  /** The name is not known yet: it may be later. Otherwise final. */
  readonly missingVariable: boolean;
}

/** Options of a substitution. */
export interface SubstituteOptions {
  readonly unresolved: UnresolvedPolicy;
  /** For `now()` in expressions. */
  readonly now?: number;
}

/** Values that stand for what is not known while validating; a result that cannot be made of one is left as it is. */
const PLACEHOLDER_PREFIX = '__argo__internal__placeholder';

const LATE_BOUND = [
  'item',
  'retries',
  'lastRetry.exitCode',
  'lastRetry.status',
  'lastRetry.duration',
  'lastRetry.message',
  'workflow.status',
  'workflow.failures',
];

/** One pass over all tags of a value. Reading the result again for new tags is the caller's decision. */
export const substituteTags = <T>(value: T, values: TagValues, options: SubstituteOptions): Result<T, TagFailure> => {
  const text = JSON.stringify(value);
  if (text === undefined || !text.includes('{{')) return ok(value);
  const replaced = replaceInJsonText(text, values, options);
  if (!replaced.ok) return replaced;
  try {
    return ok(JSON.parse(replaced.value) as T);
  } catch (thrown) {
    return fail({ message: `value cannot be written into the template: ${messageOf(thrown)}`, missingVariable: false });
  }
};

const replaceInJsonText = (text: string, values: TagValues, options: SubstituteOptions): Result<string, TagFailure> => {
  const parts = splitTags(text);
  if (!parts.ok) return fail({ message: parts.error, missingVariable: false });
  const env = lazily(() => workflowEnvironment(values));
  let result = '';
  for (const part of parts.value) {
    if (part.kind === 'text') {
      result += part.text;
      continue;
    }
    const replaced = part.content.startsWith('=')
      ? replaceExpression(part.content.slice(1), values, env, options)
      : replaceSimple(part.content, values, options);
    if (!replaced.ok) return replaced;
    result += replaced.value ?? `{{${part.content}}}`;
  }
  return ok(result);
};

/** `undefined`: write the tag back. */
type Replacement = Result<string | undefined, TagFailure>;

const replaceSimple = (content: string, values: TagValues, options: SubstituteOptions): Replacement => {
  const name = content.trim();
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === null)
    return fail({
      message: `${name} has no value: its producer was skipped or omitted and there is no default`,
      missingVariable: false,
    });
  if (typeof value === 'string') return ok(quoteInner(value));
  return isLeft(name, options.unresolved)
    ? ok(undefined)
    : fail({ message: `failed to resolve {{${name}}}`, missingVariable: true });
};

const isLeft = (name: string, policy: UnresolvedPolicy): boolean => {
  if (policy.kind !== 'strict') return policy.kind === 'allow';
  // References to artifacts are resolved elsewhere.
  if (name.includes('.outputs.artifacts.')) return true;
  return !policy.prefixes.some(
    (prefix) => name === prefix || name.startsWith(`${prefix}.`) || name.startsWith(`${prefix}[`),
  );
};

/** As Go's strconv.Quote without the quotes. What it writes as \x or \a is no JSON, and reading it back refuses. */
const quoteInner = (value: string): string =>
  // oxlint-disable-next-line no-control-regex
  JSON.stringify(value)
    .slice(1, -1)
    .replace(
      /\\u00([01][\da-f])|\x7f/g,
      (match, hex: string | undefined) => `\\x${hex ?? match.charCodeAt(0).toString(16)}`,
    );

const replaceExpression = (
  content: string,
  values: TagValues,
  env: () => ExprMap,
  options: SubstituteOptions,
): Replacement => {
  const source = unescapeJson(content);
  const parsed = parseExpression(source, new Set(['string']));
  if (!parsed.ok)
    return fail({ message: `failed to evaluate expression: ${parsed.error.message}`, missingVariable: false });
  const names = namesOf(parsed.value.root);
  const missing = findMissing(names, env());
  const left = ok(undefined);
  if (missing !== undefined && options.unresolved.kind !== 'allow') {
    if (isLeft(missing.path, options.unresolved)) return left;
    return fail({ message: `failed to evaluate expression: ${missing.path} is not known`, missingVariable: true });
  }
  if (names.some((name) => isLateBound(name.path) && !isBound(name, env()))) return left;
  return evaluateTag(parsed.value, { values, env: env(), names, options });
};

interface TagEvaluation {
  readonly values: TagValues;
  readonly env: ExprMap;
  readonly names: readonly ReferencedName[];
  readonly options: SubstituteOptions;
}

const evaluateTag = (expression: ParsedExpr, { values, env, names, options }: TagEvaluation): Replacement => {
  const result = evaluateExpression(expression, env, { now: options.now });
  if (result.ok && result.value !== null && result.value !== undefined) return ok(writeResult(result.value));
  const isPlaceholder = names.some((name) => formatGoValue(lookUp(name.path, env)).startsWith(PLACEHOLDER_PREFIX));
  if (options.unresolved.kind === 'allow' || isPlaceholder) return ok(undefined);
  const isAbsent = names.some((name) => Object.hasOwn(values, name.path) && values[name.path] === null);
  if (options.unresolved.kind === 'strict' && !isAbsent && result.ok) return ok(undefined);
  return fail({
    message: result.ok
      ? `failed to evaluate expression: result is nil: ${expression.source}`
      : `failed to evaluate expression: ${result.error.message}`,
    missingVariable: !result.ok && result.error.reason === 'unknownName',
  });
};

const writeResult = (value: ExprValue): string => quoteInner(typeof value === 'string' ? value : toJsonText(value));

const unescapeJson = (content: string): string => {
  try {
    return JSON.parse(`"${content}"`) as string;
  } catch {
    // The tag spans more than one string of the JSON text; it is evaluated as it stands, as upstream does.
    return content;
  }
};

interface ReferencedName {
  readonly path: string;
  readonly isGuarded: boolean;
}

/** Dotted names an expression reads. Variables of `let` count, as upstream's do. */
const namesOf = (root: ExprNode): readonly ReferencedName[] => {
  const names: ReferencedName[] = [];
  walkExpr(root, (node, isGuarded) => {
    const path = pathOf(node);
    if (path === undefined) return true;
    names.push({ path, isGuarded });
    return false;
  });
  return names;
};

const pathOf = (node: ExprNode): string | undefined => {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'member' || node.property.kind !== 'literal' || typeof node.property.value !== 'string')
    return undefined;
  const object = pathOf(node.object);
  return object === undefined ? undefined : `${object}.${node.property.value}`;
};

const findMissing = (names: readonly ReferencedName[], env: ExprMap): { readonly path: string } | undefined => {
  for (const { path, isGuarded } of names) {
    const root = path.split('.')[0] ?? '';
    if (!Object.hasOwn(env, root)) return { path };
    if (!isGuarded && root !== 'sprig' && !isKnown(path, env)) return { path };
  }
  return undefined;
};

/** Whether a late-bound name has its value. Of an item, a key behind a guard may be absent for good. */
const isBound = ({ path, isGuarded }: ReferencedName, env: ExprMap): boolean =>
  isKnown(path, env) || (isGuarded && path.startsWith('item.') && Object.hasOwn(env, 'item'));

const isKnown = (path: string, env: ExprMap): boolean => lookUp(path, env) !== undefined;

/** `undefined`: not there. What is below a text or a list cannot be known and counts as there. */
const lookUp = (path: string, env: ExprMap): ExprValue => {
  let value: ExprValue = env;
  for (const part of path.split('.')) {
    if (!isExprMap(value)) return value;
    if (!Object.hasOwn(value, part)) return undefined;
    value = mapGet(value, part);
  }
  return value;
};

const isLateBound = (path: string): boolean => LATE_BOUND.some((name) => path === name || path.startsWith(`${name}.`));

const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};
