/**
 * Where a parser stands in its tokens.
 */
import type { Node, Place } from './ast.ts';
import { JsonnetProblem } from './jsonnet-failure.ts';
import type { Token } from './lex.ts';

/** Deepest nesting of expressions: beyond, it is an attack and no program. */
const DEEPEST = 400;

/** Steps through tokens; `parse` is the parser of expressions, so that its parts need not know it. */
export class Cursor {
  private at = 0;
  private depth = 0;
  readonly file: string;
  private readonly tokens: readonly Token[];
  private readonly parse: (cursor: Cursor) => Node;

  constructor(tokens: readonly Token[], file: string, parse: (cursor: Cursor) => Node) {
    this.tokens = tokens;
    this.file = file;
    this.parse = parse;
  }

  /** The token ahead, and those after it. */
  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)];
    if (!token) throw new JsonnetProblem('JsonnetSyntax', 'nothing to read');
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.at = Math.min(this.at + 1, this.tokens.length - 1);
    return token;
  }

  /** Whether the token ahead is this sign or word; texts and numbers never are. */
  isAt(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && token.kind !== 'string' && token.kind !== 'number' && token.kind !== 'end';
  }

  /** Takes the token if it is this one. */
  accept(text: string): boolean {
    const found = this.isAt(text);
    if (found) this.next();
    return found;
  }

  expect(text: string): Token {
    if (!this.isAt(text)) throw this.refuse(`expected ${text}, and found ${describeToken(this.peek())}`);
    return this.next();
  }

  expectName(): Token {
    if (this.peek().kind !== 'identifier')
      throw this.refuse(`expected a name, and found ${describeToken(this.peek())}`);
    return this.next();
  }

  expression(): Node {
    return this.deeper(() => this.parse(this));
  }

  /** Bounds the nesting. */
  deeper<T>(body: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) throw this.refuse(`nested deeper than ${DEEPEST}`);
    const result = body();
    this.depth -= 1;
    return result;
  }

  /** From a token's begin to the end of the last one taken. */
  since(from: number): Place {
    return { file: this.file, from, to: this.tokens[this.at - 1]?.to ?? from };
  }

  refuse(message: string, token: { readonly from: number; readonly to: number } = this.peek()): JsonnetProblem {
    const { from, to } = token;
    return new JsonnetProblem('JsonnetSyntax', message, { file: this.file, from, to });
  }
}

/** A token as messages name it. */
export const describeToken = (token: Token): string => {
  if (token.kind === 'end') return 'the end of the file';
  return token.kind === 'string' ? 'a text' : token.text;
};
