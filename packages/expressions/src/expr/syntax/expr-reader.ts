/**
 * The tokens of an expression one after the other, and the way up for what is nested.
 */
import { syntaxError } from '../expr-error.ts';
import type { ExprNode } from './ast.ts';
import type { ExprToken } from './tokenize.ts';

/** What the parts of the grammar need of those above them. */
export interface ExprGrammar {
  /** An expression of operators that bind at least so tightly. */
  readonly expression: (reader: ExprReader, minimum: number) => ExprNode;
  /** Expressions between semicolons. */
  readonly sequence: (reader: ExprReader) => ExprNode;
}

const MAX_DEPTH = 200;

/** Reads tokens. */
export class ExprReader {
  /** Functions of the environment that win over built-ins. */
  readonly overridden: ReadonlySet<string>;
  readonly #tokens: readonly ExprToken[];
  readonly #grammar: ExprGrammar;
  #index = 0;
  #depth = 0;
  #closures = 0;

  constructor(tokens: readonly ExprToken[], grammar: ExprGrammar, overridden: ReadonlySet<string>) {
    this.#tokens = tokens;
    this.#grammar = grammar;
    this.overridden = overridden;
  }

  get token(): ExprToken {
    return this.#tokens[this.#index] ?? { kind: 'end', text: '', at: 0 };
  }

  /** The token after this one. */
  get next(): ExprToken | undefined {
    return this.#tokens[this.#index + 1];
  }

  /** Takes a token, whatever it is. */
  advance(): ExprToken {
    const { token } = this;
    this.#index += 1;
    return token;
  }

  /** Whether the token is an operator or name of one of these spellings. */
  is(...texts: readonly string[]): boolean {
    return (this.token.kind === 'operator' || this.token.kind === 'name') && texts.includes(this.token.text);
  }

  /** Takes the token if it is spelled so. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.#index += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected();
  }

  expectName(): ExprToken {
    if (this.token.kind !== 'name') throw this.unexpected();
    return this.advance();
  }

  unexpected(): Error {
    const { kind, text, at } = this.token;
    const shown = kind === 'operator' ? 'Operator' : kind;
    return syntaxError(
      kind === 'end' ? 'unexpected token EOF' : `unexpected token ${shown}(${JSON.stringify(text)})`,
      at,
    );
  }

  /** Reads an expression; refuses what is nested too deeply. */
  expression(minimum = 0): ExprNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw syntaxError('expression is nested too deeply', this.token.at);
    try {
      return this.#grammar.expression(this, minimum);
    } finally {
      this.#depth -= 1;
    }
  }

  sequence(): ExprNode {
    return this.#grammar.sequence(this);
  }

  /** Reads items between commas up to and with a mark; a comma may stand before it. */
  itemsUntil<T>(end: string, read: (index: number) => T): readonly T[] {
    const items: T[] = [];
    while (!this.accept(end)) {
      if (items.length > 0) {
        this.expect(',');
        if (this.accept(end)) break;
      }
      items.push(read(items.length));
    }
    return items;
  }

  /** Reads the body of a closure: inside, `#` and `.` stand for its item. */
  closureBody(read: () => ExprNode): ExprNode {
    this.#closures += 1;
    const body = read();
    this.#closures -= 1;
    return body;
  }

  get isInClosure(): boolean {
    return this.#closures > 0;
  }
}
