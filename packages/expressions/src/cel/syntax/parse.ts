/**
 * Expressions out of tokens, macros expanded.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
 */
import { CelCompileError } from '../cel-error.ts';
import type { CelNode } from './ast.ts';
import { expandGlobalMacro, expandMemberMacro } from './macros.ts';
import { tokenizeCel, type CelToken } from './tokenize.ts';

/** Parses; `namespaced` are the functions called by a dotted name, such as `sets.contains`. */
export const parseCel = (source: string, namespaced: ReadonlySet<string>): CelNode =>
  new CelParser(source, namespaced).parse();

const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const WELL_KNOWN: ReadonlySet<string> = new Set(['Timestamp', 'Duration']);
/** Nesting that the stack surely holds; cel-go's own limit is 250. */
const DEEPEST = 250;
const LEAST = -(2n ** 63n);

const nameOf = (node: CelNode): string =>
  node.kind === 'identifier' ? node.name : node.kind === 'select' ? `${nameOf(node.target)}.${node.field}` : '';

class CelParser {
  private readonly tokens: readonly CelToken[];
  private readonly namespaced: ReadonlySet<string>;
  private index = 0;
  private depth = 0;

  constructor(source: string, namespaced: ReadonlySet<string>) {
    this.tokens = tokenizeCel(source);
    this.namespaced = namespaced;
  }

  parse(): CelNode {
    const node = this.expression();
    if (this.token.kind !== 'end') this.unexpected();
    return node;
  }

  private get token(): CelToken {
    return this.tokens[this.index] ?? { kind: 'end', text: '<EOF>', at: 0 };
  }

  private advance(): CelToken {
    const { token } = this;
    this.index += 1;
    return token;
  }

  private isMark(text: string): boolean {
    return this.token.kind === 'mark' && this.token.text === text;
  }

  private takeMark(text: string): CelToken | undefined {
    return this.isMark(text) ? this.advance() : undefined;
  }

  private expectMark(text: string): CelToken {
    return this.takeMark(text) ?? this.unexpected();
  }

  private unexpected(): never {
    throw new CelCompileError(`Syntax error: unexpected '${this.token.text}'`, this.token.at);
  }

  private nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new CelCompileError('expression recursion limit exceeded: 250', this.token.at);
    const result = read();
    this.depth -= 1;
    return result;
  }

  private expression(): CelNode {
    return this.nested(() => {
      const condition = this.or();
      const mark = this.takeMark('?');
      if (!mark) return condition;
      const whenTrue = this.or();
      this.expectMark(':');
      const whenFalse = this.expression();
      return { kind: 'conditional', at: mark.at, condition, whenTrue, whenFalse };
    });
  }

  private or(): CelNode {
    let left = this.and();
    for (let mark = this.takeMark('||'); mark; mark = this.takeMark('||'))
      left = { kind: 'or', at: mark.at, left, right: this.and() };
    return left;
  }

  private and(): CelNode {
    let left = this.relation();
    for (let mark = this.takeMark('&&'); mark; mark = this.takeMark('&&'))
      left = { kind: 'and', at: mark.at, left, right: this.relation() };
    return left;
  }

  private relation(): CelNode {
    let left = this.sum();
    while (this.token.kind === 'mark' && COMPARISONS.has(this.token.text)) {
      const { text, at } = this.advance();
      left = {
        kind: 'call',
        at,
        name: text === 'in' ? '@in' : `_${text}_`,
        target: undefined,
        args: [left, this.sum()],
      };
    }
    return left;
  }

  private sum(): CelNode {
    let left = this.product();
    while (this.isMark('+') || this.isMark('-')) {
      const { text, at } = this.advance();
      left = { kind: 'call', at, name: `_${text}_`, target: undefined, args: [left, this.product()] };
    }
    return left;
  }

  private product(): CelNode {
    let left = this.unary();
    while (this.isMark('*') || this.isMark('/') || this.isMark('%')) {
      const { text, at } = this.advance();
      left = { kind: 'call', at, name: `_${text}_`, target: undefined, args: [left, this.unary()] };
    }
    return left;
  }

  private unary(): CelNode {
    const { at } = this.token;
    if (this.takeMark('!')) {
      const body = this.nested(() => this.unary());
      return { kind: 'call', at, name: '!_', target: undefined, args: [body] };
    }
    if (!this.takeMark('-')) return this.member();
    const { value } = this.token;
    // The sign belongs to a number that follows it, so that the least integer can be written.
    if (this.token.kind === 'literal' && (typeof value === 'bigint' || typeof value === 'number')) {
      this.advance();
      if (typeof value === 'bigint' && -value < LEAST) throw new CelCompileError('invalid int literal', at);
      return this.suffixes({ kind: 'literal', at, value: -value });
    }
    const body = this.nested(() => this.unary());
    return { kind: 'call', at, name: '-_', target: undefined, args: [body] };
  }

  private member(): CelNode {
    return this.suffixes(this.primary());
  }

  private suffixes(first: CelNode): CelNode {
    let node = first;
    for (;;) {
      const dot = this.takeMark('.');
      if (dot) {
        node = this.afterDot(node, dot.at);
        continue;
      }
      const bracket = this.takeMark('[');
      if (!bracket) return node;
      const isOptional = this.takeMark('?') !== undefined;
      const key = this.expression();
      this.expectMark(']');
      node = { kind: 'index', at: bracket.at, target: node, key, isOptional };
    }
  }

  private afterDot(target: CelNode, at: number): CelNode {
    const isOptional = this.takeMark('?') !== undefined;
    if (this.token.kind !== 'identifier') return this.unexpected();
    const { text: field } = this.advance();
    const open = isOptional ? undefined : this.takeMark('(');
    if (!open) {
      // The types of well-known messages are names with dots.
      const isType = target.kind === 'select' && WELL_KNOWN.has(field) && nameOf(target) === 'google.protobuf';
      return isType
        ? { kind: 'identifier', at, name: `google.protobuf.${field}` }
        : { kind: 'select', at, target, field, isOptional };
    }
    const args = this.arguments(')');
    const macro = expandMemberMacro({ name: field, at: open.at, target, args });
    if (macro) return macro;
    const qualified = target.kind === 'identifier' ? `${target.name}.${field}` : '';
    if (this.namespaced.has(qualified)) return { kind: 'call', at: open.at, name: qualified, target: undefined, args };
    return { kind: 'call', at: open.at, name: field, target, args };
  }

  private arguments(close: string): readonly CelNode[] {
    const args: CelNode[] = [];
    if (this.takeMark(close)) return args;
    do args.push(this.expression());
    while (this.takeMark(','));
    this.expectMark(close);
    return args;
  }

  private primary(): CelNode {
    const { kind, text, at, value } = this.token;
    if (kind === 'literal') {
      this.advance();
      if (typeof value === 'bigint' && value >= 2n ** 63n) throw new CelCompileError('invalid int literal', at);
      return { kind: 'literal', at, value: value ?? null };
    }
    if (kind === 'identifier') return this.identifier(text, at);
    if (this.takeMark('.')) {
      const name = this.token.kind === 'identifier' ? this.advance().text : this.unexpected();
      return { kind: 'identifier', at, name };
    }
    if (this.takeMark('(')) {
      const inner = this.expression();
      this.expectMark(')');
      return inner;
    }
    if (this.takeMark('[')) return this.list(at);
    return this.takeMark('{') ? this.map(at) : this.unexpected();
  }

  private identifier(name: string, at: number): CelNode {
    if (RESERVED.has(name)) throw new CelCompileError(`reserved identifier: ${name}`, at);
    this.advance();
    const open = this.takeMark('(');
    if (!open) return { kind: 'identifier', at, name };
    const args = this.arguments(')');
    return expandGlobalMacro(name, open.at, args) ?? { kind: 'call', at: open.at, name, target: undefined, args };
  }

  private list(at: number): CelNode {
    const items: { readonly value: CelNode; readonly isOptional: boolean }[] = [];
    while (!this.takeMark(']')) {
      const isOptional = this.takeMark('?') !== undefined;
      items.push({ value: this.expression(), isOptional });
      if (!this.isMark(']')) this.expectMark(',');
    }
    return { kind: 'list', at, items };
  }

  private map(at: number): CelNode {
    const entries: { readonly key: CelNode; readonly value: CelNode; readonly isOptional: boolean }[] = [];
    while (!this.takeMark('}')) {
      const isOptional = this.takeMark('?') !== undefined;
      const key = this.expression();
      this.expectMark(':');
      entries.push({ key, value: this.expression(), isOptional });
      if (!this.isMark('}')) this.expectMark(',');
    }
    return { kind: 'map', at, entries };
  }
}
