/**
 * Parses an expression into its tree.
 * @upstream expr-lang/expr parser/parser.go (precedence table: parser/operator)
 */
import type { BinaryOperator, ExprNode } from './ast.ts';
import { BUILTIN_NAMES, CLOSURE_BUILTINS } from './builtin-names.ts';
import { syntaxError } from './expr-error.ts';
import { tokenizeExpr, type ExprToken } from './tokenize.ts';

const MAX_DEPTH = 200;
const MAX_SOURCE = 256 * 1024;

/** Precedence and, where it differs, the normalised spelling. */
const BINARY: Readonly<
  Record<string, { readonly precedence: number; readonly as?: BinaryOperator; readonly right?: true }>
> = {
  '|': { precedence: 0 },
  or: { precedence: 10, as: '||' },
  '||': { precedence: 10 },
  and: { precedence: 15, as: '&&' },
  '&&': { precedence: 15 },
  '==': { precedence: 20 },
  '!=': { precedence: 20 },
  '<': { precedence: 20 },
  '>': { precedence: 20 },
  '>=': { precedence: 20 },
  '<=': { precedence: 20 },
  in: { precedence: 20 },
  matches: { precedence: 20 },
  contains: { precedence: 20 },
  startsWith: { precedence: 20 },
  endsWith: { precedence: 20 },
  '..': { precedence: 25 },
  '+': { precedence: 30 },
  '-': { precedence: 30 },
  '*': { precedence: 60 },
  '/': { precedence: 60 },
  '%': { precedence: 60 },
  '**': { precedence: 100, right: true },
  '^': { precedence: 100, as: '**', right: true },
  '??': { precedence: 500 },
};
const UNARY: Readonly<Record<string, { readonly precedence: number; readonly as: '!' | '-' | '+' }>> = {
  not: { precedence: 50, as: '!' },
  '!': { precedence: 50, as: '!' },
  '-': { precedence: 90, as: '-' },
  '+': { precedence: 90, as: '+' },
};
const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
const NEGATABLE = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith']);
const RESERVED = new Set(['in', 'not', 'and', 'or', 'matches', 'contains', 'startsWith', 'endsWith', 'else']);

/** Parses; throws ExprError of stage compile. `overridden` names functions of the environment that win over built-ins. */
export const parseExpr = (source: string, overridden: ReadonlySet<string> = new Set()): ExprNode => {
  if (source.length > MAX_SOURCE) throw syntaxError('expression is too long', 0);
  const parser = new ExprParser(tokenizeExpr(source), overridden);
  return parser.parseAll();
};

class ExprParser {
  readonly #tokens: readonly ExprToken[];
  readonly #overridden: ReadonlySet<string>;
  #index = 0;
  #depth = 0;
  #closures = 0;

  constructor(tokens: readonly ExprToken[], overridden: ReadonlySet<string>) {
    this.#tokens = tokens;
    this.#overridden = overridden;
  }

  parseAll(): ExprNode {
    const node = this.#sequence();
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return node;
  }

  get #token(): ExprToken {
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', at: 0 };
  }

  #unexpected(): Error {
    const { kind, text, at } = this.#token;
    return syntaxError(
      kind === 'end'
        ? 'unexpected token EOF'
        : `unexpected token ${kind === 'operator' ? 'Operator' : kind}(${JSON.stringify(text)})`,
      at,
    );
  }

  #is(...texts: readonly string[]): boolean {
    return (this.#token.kind === 'operator' || this.#token.kind === 'name') && texts.includes(this.#token.text);
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#index += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#unexpected();
  }

  #sequence(): ExprNode {
    const at = this.#token.at;
    const nodes = [this.#expression(0)];
    while (this.#accept(';')) {
      if (this.#token.kind === 'end' || this.#is('}', ')')) break;
      nodes.push(this.#expression(0));
    }
    return nodes.length === 1 ? (nodes[0] ?? { kind: 'literal', at, value: null }) : { kind: 'sequence', at, nodes };
  }

  #expression(minimum: number): ExprNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw syntaxError('expression is nested too deeply', this.#token.at);
    try {
      if (minimum === 0 && this.#token.kind === 'name') {
        if (this.#token.text === 'let') return this.#declaration();
        if (this.#token.text === 'if') return this.#ifElse();
      }
      let left = this.#operators(this.#primary(), minimum);
      if (minimum === 0) left = this.#conditional(left);
      return left;
    } finally {
      this.#depth -= 1;
    }
  }

  #operators(first: ExprNode, minimum: number): ExprNode {
    let left = first;
    let previous = '';
    for (;;) {
      const token = this.#token;
      if (token.kind !== 'operator' && token.kind !== 'name') return left;
      const next = this.#tokens[this.#index + 1];
      const isNegated = token.text === 'not' && next !== undefined && NEGATABLE.has(next.text);
      const spelled = isNegated ? next.text : token.text;
      const rule = Object.hasOwn(BINARY, spelled) ? BINARY[spelled] : undefined;
      if (!rule || rule.precedence < minimum) return left;
      this.#index += isNegated ? 2 : 1;
      if (spelled === '|') {
        left = this.#pipe(left);
        continue;
      }
      if (previous === '??' && spelled !== '??')
        throw syntaxError(
          `operator (${spelled}) and coalesce expressions (??) cannot be mixed; wrap either in parentheses`,
          token.at,
        );
      previous = spelled;
      if (COMPARISONS.has(spelled)) {
        left = this.#comparisons(left, rule.precedence, token);
        continue;
      }
      const right = this.#expression(rule.right ? rule.precedence : rule.precedence + 1);
      left = { kind: 'binary', at: token.at, operator: rule.as ?? (spelled as BinaryOperator), left, right };
      if (isNegated) left = { kind: 'unary', at: token.at, operator: '!', operand: left };
    }
  }

  /** `a < b < c` is `a < b && b < c`. */
  #comparisons(first: ExprNode, precedence: number, operator: ExprToken): ExprNode {
    let left = first;
    let token = operator;
    let all: ExprNode | undefined;
    for (;;) {
      const right = this.#expression(precedence + 1);
      const one: ExprNode = { kind: 'binary', at: token.at, operator: token.text as BinaryOperator, left, right };
      all = all ? { kind: 'binary', at: token.at, operator: '&&', left: all, right: one } : one;
      token = this.#token;
      if (token.kind !== 'operator' || !COMPARISONS.has(token.text)) return all;
      left = right;
      this.#index += 1;
    }
  }

  #conditional(condition: ExprNode): ExprNode {
    let node = condition;
    while (this.#is('?', '?:')) {
      const { at, text } = this.#token;
      this.#index += 1;
      const whenTrue = text === '?:' ? node : this.#expression(0);
      if (text === '?') this.#expect(':');
      node = { kind: 'conditional', at, condition: node, whenTrue, otherwise: this.#expression(0) };
    }
    return node;
  }

  #declaration(): ExprNode {
    const { at } = this.#token;
    this.#index += 1;
    const { text: name, kind } = this.#token;
    if (kind !== 'name') throw this.#unexpected();
    this.#index += 1;
    this.#expect('=');
    const value = this.#expression(0);
    this.#expect(';');
    return { kind: 'let', at, name, value, body: this.#sequence() };
  }

  #ifElse(): ExprNode {
    const { at } = this.#token;
    this.#expect('if');
    const condition = this.#expression(0);
    this.#expect('{');
    const whenTrue = this.#sequence();
    this.#expect('}');
    this.#expect('else');
    if (this.#is('if')) return { kind: 'conditional', at, condition, whenTrue, otherwise: this.#ifElse() };
    this.#expect('{');
    const otherwise = this.#sequence();
    this.#expect('}');
    return { kind: 'conditional', at, condition, whenTrue, otherwise };
  }

  #pipe(argument: ExprNode): ExprNode {
    const { text, kind, at } = this.#token;
    if (kind !== 'name') throw this.#unexpected();
    this.#index += 1;
    return this.#postfix(this.#call(text, at, [argument]));
  }

  #primary(): ExprNode {
    const token = this.#token;
    const unary =
      (token.kind === 'operator' || token.kind === 'name') && Object.hasOwn(UNARY, token.text)
        ? UNARY[token.text]
        : undefined;
    if (unary) {
      this.#index += 1;
      return { kind: 'unary', at: token.at, operator: unary.as, operand: this.#expression(unary.precedence) };
    }
    if (this.#accept('(')) {
      const inner = this.#sequence();
      this.#expect(')');
      return this.#postfix(inner);
    }
    if (this.#closures > 0 && (this.#is('#') || this.#is('.'))) return this.#postfix(this.#pointer());
    return this.#postfix(this.#secondary());
  }

  #pointer(): ExprNode {
    const { at } = this.#token;
    if (this.#is('.')) return { kind: 'pointer', at, name: '' };
    this.#index += 1;
    if (
      this.#token.kind === 'name' &&
      (this.#token.text === 'index' || this.#token.text === 'acc') &&
      this.#token.at === at + 1
    ) {
      const name = this.#token.text;
      this.#index += 1;
      return { kind: 'pointer', at, name };
    }
    return { kind: 'pointer', at, name: '' };
  }

  #secondary(): ExprNode {
    const { kind, text, at } = this.#token;
    if (kind === 'string') return this.#literal(text);
    if (kind === 'float') return this.#literal(Number(text));
    if (kind === 'int') return this.#literal(readInteger(text, at));
    if (kind === 'operator' && text === '[') return this.#list();
    if (kind === 'operator' && text === '{') return this.#map();
    if (kind === 'operator' && text === '::') {
      this.#index += 1;
      return this.#named(true);
    }
    if (kind === 'name') return this.#named(false);
    throw this.#unexpected();
  }

  #literal(value: string | number | bigint | boolean | null): ExprNode {
    const { at } = this.#token;
    this.#index += 1;
    return { kind: 'literal', at, value };
  }

  #named(isBuiltinForced: boolean): ExprNode {
    const { text, at } = this.#token;
    if (RESERVED.has(text)) throw this.#unexpected();
    if (text === 'true' || text === 'false') return this.#literal(text === 'true');
    if (text === 'nil') return this.#literal(null);
    this.#index += 1;
    if (this.#is('(')) return this.#call(text, at, [], isBuiltinForced);
    return { kind: 'name', at, name: text };
  }

  #call(name: string, at: number, given: readonly ExprNode[], isBuiltinForced = false): ExprNode {
    const isBuiltin = isBuiltinForced || (BUILTIN_NAMES.has(name) && !this.#overridden.has(name));
    if (!isBuiltin) {
      let callee: ExprNode = { kind: 'name', at, name };
      if (!this.#is('(')) callee = this.#postfixOnce(callee);
      return { kind: 'call', at, callee, args: [...given, ...this.#arguments()] };
    }
    this.#expect('(');
    const args = [...given];
    const closureAt = Object.hasOwn(CLOSURE_BUILTINS, name) ? CLOSURE_BUILTINS[name] : undefined;
    while (!this.#accept(')')) {
      if (args.length > given.length) {
        this.#expect(',');
        if (this.#accept(')')) break;
      }
      args.push(args.length === closureAt ? this.#closure() : this.#expression(0));
    }
    return { kind: 'builtin', at, name, args };
  }

  #closure(): ExprNode {
    const { at } = this.#token;
    this.#closures += 1;
    const isBraced = this.#accept('{');
    const body = isBraced ? this.#sequence() : this.#expression(0);
    if (isBraced) this.#expect('}');
    this.#closures -= 1;
    return { kind: 'closure', at, body };
  }

  #arguments(): readonly ExprNode[] {
    this.#expect('(');
    const args: ExprNode[] = [];
    while (!this.#accept(')')) {
      if (args.length > 0) {
        this.#expect(',');
        if (this.#accept(')')) break;
      }
      args.push(this.#expression(0));
    }
    return args;
  }

  #list(): ExprNode {
    const { at } = this.#token;
    this.#expect('[');
    const items: ExprNode[] = [];
    while (!this.#accept(']')) {
      if (items.length > 0) {
        this.#expect(',');
        if (this.#accept(']')) break;
      }
      items.push(this.#expression(0));
    }
    return { kind: 'list', at, items };
  }

  #map(): ExprNode {
    const { at } = this.#token;
    this.#expect('{');
    const pairs: { readonly key: ExprNode; readonly value: ExprNode }[] = [];
    while (!this.#accept('}')) {
      if (pairs.length > 0) {
        this.#expect(',');
        if (this.#accept('}')) break;
      }
      const key = this.#mapKey();
      this.#expect(':');
      pairs.push({ key, value: this.#expression(0) });
    }
    return { kind: 'map', at, pairs };
  }

  #mapKey(): ExprNode {
    const { kind, text } = this.#token;
    if (kind === 'string' || kind === 'name' || kind === 'int' || kind === 'float') return this.#literal(text);
    if (!this.#accept('(')) throw this.#unexpected();
    const key = this.#expression(0);
    this.#expect(')');
    return key;
  }

  #postfix(first: ExprNode): ExprNode {
    let node = first;
    let isChained = false;
    for (;;) {
      if (!this.#is('.', '?.', '[')) break;
      isChained ||= this.#is('?.');
      node = this.#postfixOnce(node);
      if (this.#is('(')) node = { kind: 'call', at: node.at, callee: node, args: this.#arguments() };
    }
    return isChained ? { kind: 'chain', at: first.at, body: node } : node;
  }

  #postfixOnce(object: ExprNode): ExprNode {
    const { at } = this.#token;
    if (this.#accept('[')) return this.#index_(object, at, false);
    const optional = this.#is('?.');
    if (!this.#accept('.') && !this.#accept('?.')) throw this.#unexpected();
    if (optional && this.#accept('[')) return this.#index_(object, at, true);
    if (this.#token.kind !== 'name') throw this.#unexpected();
    const property: ExprNode = { kind: 'literal', at: this.#token.at, value: this.#token.text };
    this.#index += 1;
    return { kind: 'member', at, object, property, optional };
  }

  #index_(object: ExprNode, at: number, optional: boolean): ExprNode {
    if (this.#accept(':')) {
      const to = this.#is(']') ? undefined : this.#expression(0);
      this.#expect(']');
      return { kind: 'slice', at, object, from: undefined, to };
    }
    const from = this.#expression(0);
    if (this.#accept(':')) {
      const to = this.#is(']') ? undefined : this.#expression(0);
      this.#expect(']');
      return { kind: 'slice', at, object, from, to };
    }
    this.#expect(']');
    return { kind: 'member', at, object, property: from, optional };
  }
}

const readInteger = (text: string, at: number): bigint => {
  const value = BigInt(/^0\d/.test(text) ? text.replace(/^0+(?=\d)/, '') : text);
  if (value > 9223372036854775807n) throw syntaxError('integer literal is too large', at);
  return value;
};
