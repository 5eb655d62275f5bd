/**
 * The tokens of a program one after the other, and the way up for what is nested: filters hold filters.
 */
import { JqSyntaxError } from '../jq-error.ts';
import type { JqNode } from './ast.ts';
import { tokenizeJq, type Token } from './tokenize.ts';

/** What the parts of the grammar need of those above them. */
export interface JqGrammar {
  readonly pipe: (reader: JqReader) => JqNode;
  /** An expression without a comma at its top: what an object's value is. */
  readonly alternative: (reader: JqReader) => JqNode;
}

/** Nesting that the stack surely holds. */
const DEEPEST = 300;

/** Reads tokens. */
export class JqReader {
  private readonly source: string;
  private readonly grammar: JqGrammar;
  private readonly tokens: readonly Token[];
  private readonly offset: number;
  private index = 0;
  private depth: number;
  private inSource = false;

  /** `offset` is where the source begins in the whole program: errors are told there. */
  constructor(source: string, grammar: JqGrammar, offset = 0, depth = 0) {
    this.source = source;
    this.grammar = grammar;
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

  /** The token after this one. */
  get next(): Token | undefined {
    return this.tokens[this.index + 1];
  }

  /** Where something stands in the whole program. */
  placeOf(at: number): number {
    return this.offset + at;
  }

  /** A reader of a part that was one token, such as what is interpolated in a text. */
  within(source: string, at: number): JqReader {
    return new JqReader(source, this.grammar, this.placeOf(at), this.depth + 1);
  }

  pipe(): JqNode {
    const before = this.inSource;
    this.inSource = false;
    const node = this.deeper(() => this.grammar.pipe(this));
    this.inSource = before;
    return node;
  }

  alternative(): JqNode {
    return this.grammar.alternative(this);
  }

  /** Reads something nested; refuses what is nested too deeply. */
  deeper<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new JqSyntaxError('program is nested too deeply', this.placeOf(this.token.at));
    const result = read();
    this.depth -= 1;
    return result;
  }

  /** Whether an `as` ahead belongs to what is around. */
  get isInSource(): boolean {
    return this.inSource;
  }

  /** Reads what stands before an `as` of its own. */
  sourceOf(read: () => JqNode): JqNode {
    const before = this.inSource;
    this.inSource = true;
    const node = read();
    this.inSource = before;
    return node;
  }

  variable(): string {
    return this.token.kind === 'variable' ? this.advance().text : this.unexpected();
  }
}
