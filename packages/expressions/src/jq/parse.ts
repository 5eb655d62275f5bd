/**
 * Programs out of tokens.
 * @spec github.com/itchyny/gojq parser.go.y
 */
import type { BinaryOperator, JqFunction, JqNode, UpdateOperator } from './ast.ts';
import { JqSyntaxError } from './jq-error.ts';
import { integerOf } from './jq-value.ts';
import { parsePattern } from './parse-pattern.ts';
import { unescapeJq } from './parse-text.ts';
import { endOfInterpolation, tokenizeJq, type Token } from './tokenize.ts';

/** Parses a whole program; throws JqSyntaxError. */
export const parseJq = (source: string): JqNode => {
  const parser = new JqParser(source, 0);
  const node = parser.pipe();
  parser.expectEnd();
  return node;
};

/** Parses definitions only, as a library is. */
export const parseJqDefinitions = (source: string): readonly JqFunction[] => {
  const parser = new JqParser(source, 0);
  const definitions: JqFunction[] = [];
  while (parser.isName('def')) definitions.push(parser.definition());
  parser.expectEnd();
  return definitions;
};

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const UPDATES: ReadonlySet<string> = new Set(['=', '|=', '+=', '-=', '*=', '/=', '%=', '//=']);
/** Nesting that the stack surely holds. */
const DEEPEST = 300;

/** Reads filters, loosest operators first. */
export class JqParser {
  private readonly source: string;
  private readonly tokens: readonly Token[];
  private readonly offset: number;
  private index = 0;
  private depth: number;
  /** Whether an `as` ahead belongs to what is around. */
  private isInSource = false;

  constructor(source: string, offset: number, depth = 0) {
    this.source = source;
    this.tokens = tokenizeJq(source);
    this.offset = offset;
    this.depth = depth;
  }

  get token(): Token {
    return this.tokens[this.index] ?? { kind: 'end', text: '', at: this.source.length };
  }

  advance(): Token {
    const { token } = this;
    this.index += 1;
    return token;
  }

  isMark(text: string): boolean {
    return this.token.kind === 'mark' && this.token.text === text;
  }

  isName(text: string): boolean {
    return this.token.kind === 'name' && this.token.text === text;
  }

  takeMark(text: string): boolean {
    if (!this.isMark(text)) return false;
    this.index += 1;
    return true;
  }

  expectMark(text: string): void {
    if (!this.takeMark(text)) this.unexpected();
  }

  expectName(text: string): void {
    if (!this.isName(text)) this.unexpected();
    this.index += 1;
  }

  expectEnd(): void {
    if (this.token.kind !== 'end') this.unexpected();
  }

  unexpected(): never {
    const { kind, text, at } = this.token;
    if (kind === 'end') throw new JqSyntaxError('unexpected EOF', this.offset + at);
    const shown = kind === 'string' ? `"${text}"` : text;
    throw new JqSyntaxError(`unexpected token ${JSON.stringify(shown)}`, this.offset + at);
  }

  pipe(): JqNode {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new JqSyntaxError('program is nested too deeply', this.offset + this.token.at);
    const before = this.isInSource;
    this.isInSource = false;
    const node = this.pipeBody();
    this.isInSource = before;
    this.depth -= 1;
    return node;
  }

  private pipeBody(): JqNode {
    if (this.isName('def')) {
      const definition = this.definition();
      return { kind: 'define', definition, body: this.pipe() };
    }
    if (this.isName('label')) {
      this.advance();
      const name = this.variable();
      this.expectMark('|');
      return { kind: 'label', name, body: this.pipe() };
    }
    const left = this.comma();
    return this.takeMark('|') ? { kind: 'pipe', left, right: this.pipe() } : left;
  }

  definition(): JqFunction {
    this.expectName('def');
    const name = this.token.kind === 'name' ? this.advance().text : this.unexpected();
    const parameters: string[] = [];
    if (this.takeMark('(')) {
      do parameters.push(this.parameter());
      while (this.takeMark(';'));
      this.expectMark(')');
    }
    this.expectMark(':');
    const body = this.pipe();
    this.expectMark(';');
    return { name, parameters, body };
  }

  private parameter(): string {
    const { kind } = this.token;
    return kind === 'name' || kind === 'variable' ? this.advance().text : this.unexpected();
  }

  variable(): string {
    return this.token.kind === 'variable' ? this.advance().text : this.unexpected();
  }

  private comma(): JqNode {
    let left = this.alternative();
    while (this.takeMark(',')) left = { kind: 'comma', left, right: this.alternative() };
    return left;
  }

  /** An expression without a comma at its top: what an object's value is. */
  alternative(): JqNode {
    const left = this.update();
    return this.takeMark('//') ? { kind: 'alternative', left, right: this.alternative() } : left;
  }

  private update(): JqNode {
    const left = this.or();
    if (this.token.kind !== 'mark' || !UPDATES.has(this.token.text)) return left;
    const operator = this.advance().text as UpdateOperator;
    const right = this.or();
    if (this.token.kind === 'mark' && UPDATES.has(this.token.text)) this.unexpected();
    return { kind: 'update', operator, left, right };
  }

  private or(): JqNode {
    let left = this.and();
    while (this.isName('or')) {
      this.advance();
      left = { kind: 'or', left, right: this.and() };
    }
    return left;
  }

  private and(): JqNode {
    let left = this.comparison();
    while (this.isName('and')) {
      this.advance();
      left = { kind: 'and', left, right: this.comparison() };
    }
    return left;
  }

  private comparison(): JqNode {
    const left = this.sum();
    if (this.token.kind !== 'mark' || !COMPARISONS.has(this.token.text)) return left;
    const operator = this.advance().text as BinaryOperator;
    const right = this.sum();
    if (this.token.kind === 'mark' && COMPARISONS.has(this.token.text)) this.unexpected();
    return { kind: 'binary', operator, left, right };
  }

  private sum(): JqNode {
    let left = this.product();
    while (this.isMark('+') || this.isMark('-')) {
      const operator = this.advance().text as '+' | '-';
      left = { kind: 'binary', operator, left, right: this.product() };
    }
    return left;
  }

  private product(): JqNode {
    let left = this.unary();
    while (this.isMark('*') || this.isMark('/') || this.isMark('%')) {
      const operator = this.advance().text as '*' | '/' | '%';
      left = { kind: 'binary', operator, left, right: this.unary() };
    }
    return left;
  }

  private unary(): JqNode {
    if (!this.isMark('-') && !this.isMark('+')) return this.bound(this.suffixed());
    const kind = this.advance().text === '-' ? 'negate' : 'plus';
    this.depth += 1;
    if (this.depth > DEEPEST) throw new JqSyntaxError('program is nested too deeply', this.offset + this.token.at);
    const body = this.sourceOf(() => this.unary());
    this.depth -= 1;
    return this.bound({ kind, body });
  }

  /** `as` and what it binds, where that may follow. */
  private bound(source: JqNode): JqNode {
    if (this.isInSource || !this.isName('as')) return source;
    this.advance();
    const first = parsePattern(this);
    const patterns: [typeof first, ...(typeof first)[]] = [first];
    while (this.takeMark('?//')) patterns.push(parsePattern(this));
    this.expectMark('|');
    return { kind: 'bind', source, patterns, body: this.pipe() };
  }

  /** Reads what stands before an `as` of its own. */
  private sourceOf(read: () => JqNode): JqNode {
    const before = this.isInSource;
    this.isInSource = true;
    const node = read();
    this.isInSource = before;
    return node;
  }

  private suffixed(): JqNode {
    // In parentheses the whole is tried, not its last step.
    let isStep = !this.isMark('(');
    let node = this.term();
    for (;;) {
      const { kind, text } = this.token;
      if (kind === 'mark' && text === '?') {
        this.advance();
        node = optional(node, isStep);
        continue;
      }
      isStep = true;
      if (kind === 'field') {
        this.advance();
        node = { kind: 'index', target: node, key: { kind: 'literal', value: text.slice(1) } };
      } else if (kind === 'mark' && text === '[') node = this.bracket(node);
      else if (kind === 'mark' && text === '.' && this.isSuffixAfterPoint()) {
        this.advance();
        if (this.token.kind === 'string') node = { kind: 'index', target: node, key: this.text(undefined) };
      } else return node;
    }
  }

  private isSuffixAfterPoint(): boolean {
    const next = this.tokens[this.index + 1];
    return next?.kind === 'string' || (next?.kind === 'mark' && next.text === '[');
  }

  private bracket(target: JqNode): JqNode {
    this.expectMark('[');
    if (this.takeMark(']')) return { kind: 'iterate', target };
    if (this.takeMark(':')) {
      const to = this.pipe();
      this.expectMark(']');
      return { kind: 'slice', target, from: undefined, to };
    }
    const key = this.pipe();
    if (this.takeMark(']')) return { kind: 'index', target, key };
    this.expectMark(':');
    const to = this.isMark(']') ? undefined : this.pipe();
    this.expectMark(']');
    return { kind: 'slice', target, from: key, to };
  }

  private term(): JqNode {
    const { kind, text } = this.token;
    switch (kind) {
      case 'number':
        this.advance();
        return { kind: 'literal', value: /^\d+$/.test(text) ? integerOf(BigInt(text)) : Number(text) };
      case 'string':
        return this.text(undefined);
      case 'format':
        this.advance();
        return this.token.kind === 'string' ? this.text(text) : { kind: 'format', name: text };
      case 'field':
        this.advance();
        return { kind: 'index', target: { kind: 'identity' }, key: { kind: 'literal', value: text.slice(1) } };
      case 'variable':
        this.advance();
        return { kind: 'variable', name: text };
      case 'name':
        return this.named(text);
      case 'mark':
        return this.marked(text);
      default:
        return this.unexpected();
    }
  }

  private marked(text: string): JqNode {
    switch (text) {
      case '.':
        this.advance();
        return this.token.kind === 'string'
          ? { kind: 'index', target: { kind: 'identity' }, key: this.text(undefined) }
          : { kind: 'identity' };
      case '..':
        this.advance();
        return { kind: 'recurse' };
      case '(': {
        this.advance();
        const inner = this.pipe();
        this.expectMark(')');
        return inner;
      }
      case '[': {
        this.advance();
        if (this.takeMark(']')) return { kind: 'array', body: undefined };
        const body = this.pipe();
        this.expectMark(']');
        return { kind: 'array', body };
      }
      case '{':
        return this.object();
      default:
        return this.unexpected();
    }
  }

  private named(text: string): JqNode {
    switch (text) {
      case 'if':
        return this.conditional();
      case 'try': {
        this.advance();
        const body = this.handlerTerm();
        if (!this.isName('catch')) return { kind: 'try', body, handler: undefined };
        this.advance();
        return { kind: 'try', body, handler: this.handlerTerm() };
      }
      case 'reduce':
      case 'foreach':
        return this.fold(text);
      case 'break':
        this.advance();
        return { kind: 'break', name: this.variable() };
      case 'import':
      case 'include':
        throw new JqSyntaxError('modules are not supported', this.offset + this.token.at);
      case 'and':
      case 'or':
      case 'then':
      case 'elif':
      case 'else':
      case 'end':
      case 'as':
      case 'def':
      case 'catch':
      case 'label':
        return this.unexpected();
      case 'null':
      case 'true':
      case 'false':
        this.advance();
        return { kind: 'literal', value: text === 'null' ? null : text === 'true' };
      default:
        return this.call();
    }
  }

  private handlerTerm(): JqNode {
    return this.suffixed();
  }

  private call(): JqNode {
    const { text: name, at } = this.advance();
    const args: JqNode[] = [];
    if (this.takeMark('(')) {
      do args.push(this.pipe());
      while (this.takeMark(';'));
      this.expectMark(')');
    }
    return { kind: 'call', name, args, at: this.offset + at };
  }

  private conditional(): JqNode {
    this.advance();
    const condition = this.pipe();
    this.expectName('then');
    const whenTrue = this.pipe();
    if (this.isName('elif')) return { kind: 'if', condition, whenTrue, otherwise: this.conditional() };
    let otherwise: JqNode | undefined;
    if (this.isName('else')) {
      this.advance();
      otherwise = this.pipe();
    }
    this.expectName('end');
    return { kind: 'if', condition, whenTrue, otherwise };
  }

  private fold(kind: 'reduce' | 'foreach'): JqNode {
    this.advance();
    const source = this.sourceOf(() => this.alternative());
    this.expectName('as');
    const pattern = parsePattern(this);
    this.expectMark('(');
    const start = this.pipe();
    this.expectMark(';');
    const update = this.pipe();
    const extract = kind === 'foreach' && this.takeMark(';') ? this.pipe() : undefined;
    this.expectMark(')');
    return kind === 'reduce'
      ? { kind, source, pattern, start, update }
      : { kind, source, pattern, start, update, extract };
  }

  private object(): JqNode {
    this.expectMark('{');
    const entries: { readonly key: JqNode; readonly value: JqNode }[] = [];
    while (!this.takeMark('}')) {
      entries.push(this.entry());
      if (!this.isMark('}')) this.expectMark(',');
    }
    return { kind: 'object', entries };
  }

  private entry(): { readonly key: JqNode; readonly value: JqNode } {
    const { kind, text } = this.token;
    if (kind === 'variable') {
      this.advance();
      // With a value, the variable's own value is the key.
      if (this.takeMark(':')) return { key: { kind: 'variable', name: text }, value: this.entryValue() };
      return { key: { kind: 'literal', value: text.slice(1) }, value: { kind: 'variable', name: text } };
    }
    const key = this.entryKey();
    if (this.takeMark(':')) return { key, value: this.entryValue() };
    if (kind === 'mark') this.unexpected();
    return { key, value: { kind: 'index', target: { kind: 'identity' }, key } };
  }

  /** The key of an object or of a pattern. */
  entryKey(): JqNode {
    const { kind, text } = this.token;
    if (kind === 'string') return this.text(undefined);
    if (kind === 'name') {
      this.advance();
      return { kind: 'literal', value: text };
    }
    this.expectMark('(');
    const key = this.pipe();
    this.expectMark(')');
    return key;
  }

  private entryValue(): JqNode {
    const left = this.alternative();
    return this.takeMark('|') ? { kind: 'pipe', left, right: this.entryValue() } : left;
  }

  /** A text, its interpolations parsed. */
  text(format: string | undefined): JqNode {
    const { text, at } = this.advance();
    const parts: (string | JqNode)[] = [];
    let [plain, index] = ['', 0];
    while (index < text.length) {
      const open = text.indexOf('\\(', index);
      const escape = text.indexOf('\\', index);
      if (escape >= 0 && escape !== open) {
        plain += text.slice(index, escape + 2);
        index = escape + 2;
        continue;
      }
      if (open < 0) break;
      const close = endOfInterpolation(text, open + 2);
      parts.push(unescapeJq(plain + text.slice(index, open), this.offset + at));
      plain = '';
      const inner = new JqParser(text.slice(open + 2, close), this.offset + at + open + 3, this.depth + 1);
      parts.push(inner.pipe());
      inner.expectEnd();
      index = close + 1;
    }
    parts.push(unescapeJq(plain + text.slice(index), this.offset + at));
    if (parts.length === 1) return { kind: 'literal', value: parts[0] as string };
    return { kind: 'string', format, parts };
  }
}

/** `?` after an index, slice or iteration is for that step alone; after other terms it is `try`. */
const optional = (node: JqNode, isStep: boolean): JqNode =>
  isStep && (node.kind === 'index' || node.kind === 'slice' || node.kind === 'iterate')
    ? { ...node, isOptional: true }
    : { kind: 'try', body: node, handler: undefined };
