/**
 * Items of a Go template: text, and what stands between delimiters.
 * @spec text/template/parse/lex.go
 */
import { isPrintable, quoteGo } from '../format/quote.ts';
import { type Item, type ItemKind, isKeyword } from './items.ts';

/** What opens and closes an action. */
export interface Delimiters {
  readonly left: string;
  readonly right: string;
}

const SPACES = /[ \t\r\n]*/y;
const WORD = /[_\p{L}\p{Nd}]*/uy;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const isSpace = (character: string): boolean => ' \t\r\n'.includes(character) && character !== '';

/** A text without the spaces at its end; an expression would try every run of spaces inside it. */
const withoutTrailingSpace = (text: string): string => {
  let end = text.length;
  while (isSpace(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
};

/** Reads items one by one; after an error or the end it keeps giving it. */
export class TemplateLexer {
  private readonly text: string;
  private readonly delimiters: Delimiters;
  private readonly wordsOff: ReadonlySet<string>;
  private position = 0;
  private line = 1;
  private counted = 0;
  private isInside = false;
  private depth = 0;
  private ended: Item | undefined;

  /** `wordsOff`: keywords that are function names here (`break`, `continue`). */
  constructor(text: string, delimiters: Delimiters, wordsOff: ReadonlySet<string>) {
    this.text = text;
    this.delimiters = delimiters;
    this.wordsOff = wordsOff;
  }

  next(): Item {
    if (this.ended) return this.ended;
    const item = this.isInside ? this.readInside() : this.readText();
    if (item.kind === 'error' || item.kind === 'eof') this.ended = item;
    return item;
  }

  private item(kind: ItemKind, start: number, text = this.text.slice(start, this.position)): Item {
    for (; this.counted < start; this.counted += 1) if (this.text[this.counted] === '\n') this.line += 1;
    return { kind, at: start, text, line: this.line };
  }

  private error(start: number, message: string): Item {
    return this.item('error', start, message);
  }

  private readText(): Item {
    for (;;) {
      const start = this.position;
      const found = this.text.indexOf(this.delimiters.left, start);
      if (found < 0) {
        this.position = this.text.length;
        return this.item(start < this.text.length ? 'text' : 'eof', start);
      }
      const inner = found + this.delimiters.left.length;
      const isTrimmed = this.text[inner] === '-' && isSpace(this.text[inner + 1] ?? '');
      const raw = this.text.slice(start, found);
      const kept = isTrimmed ? withoutTrailingSpace(raw) : raw;
      this.position = found;
      if (kept !== '') return this.item('text', start, kept);
      const after = inner + (isTrimmed ? 2 : 0);
      if (!this.text.startsWith('/*', after)) return this.openAction(found, inner, after);
      const failure = this.skipComment(after);
      if (failure) return failure;
    }
  }

  private openAction(found: number, inner: number, after: number): Item {
    this.position = inner;
    const item = this.item('leftDelimiter', found);
    this.position = after;
    this.isInside = true;
    this.depth = 0;
    return item;
  }

  private skipComment(start: number): Item | undefined {
    const end = this.text.indexOf('*/', start + 2);
    if (end < 0) return this.error(start, 'unclosed comment');
    this.position = end + 2;
    const delimiter = this.rightDelimiter();
    if (!delimiter) return this.error(start, 'comment ends before closing delimiter');
    this.closeAction(delimiter.isTrimmed);
    return undefined;
  }

  private rightDelimiter(at = this.position): { readonly isTrimmed: boolean } | undefined {
    const { right } = this.delimiters;
    if (isSpace(this.text[at] ?? '') && this.text[at + 1] === '-' && this.text.startsWith(right, at + 2))
      return { isTrimmed: true };
    return this.text.startsWith(right, at) ? { isTrimmed: false } : undefined;
  }

  private closeAction(isTrimmed: boolean): Item {
    if (isTrimmed) this.position += 2;
    const start = this.position;
    this.position += this.delimiters.right.length;
    const item = this.item('rightDelimiter', start);
    if (isTrimmed) this.skip(SPACES);
    this.isInside = false;
    return item;
  }

  private skip(pattern: RegExp): void {
    pattern.lastIndex = this.position;
    pattern.exec(this.text);
    this.position = Math.max(this.position, pattern.lastIndex);
  }

  private readInside(): Item {
    const delimiter = this.rightDelimiter();
    const start = this.position;
    if (delimiter)
      return this.depth === 0 ? this.closeAction(delimiter.isTrimmed) : this.error(start, 'unclosed left paren');
    const character = String.fromCodePoint(this.text.codePointAt(start) ?? 0);
    if (start >= this.text.length) return this.error(start, 'unclosed action');
    if (isSpace(character)) return this.readSpace(start);
    if (character === '"') return this.readDelimited(start, 'string', 'unterminated quoted string');
    if (character === "'") return this.readDelimited(start, 'character', 'unterminated character constant');
    if (character === '`') return this.readRaw(start);
    if (character === '$') return this.readName(start, 'variable');
    if (character === '.' && !/\d/.test(this.text[start + 1] ?? 'x')) return this.readName(start, 'field');
    if (character === '.' && start + 1 >= this.text.length) return this.readName(start, 'field');
    if (/[-+.\d]/.test(character)) return this.readNumberItem(start);
    if (/[_\p{L}\p{Nd}]/u.test(character)) return this.readIdentifier(start);
    return this.readMark(start, character);
  }

  private readMark(start: number, character: string): Item {
    this.position += character.length;
    switch (character) {
      case '=':
        return this.item('assign', start);
      case ':':
        if (this.text[this.position] !== '=') return this.error(start, 'expected :=');
        this.position += 1;
        return this.item('declare', start);
      case '|':
        return this.item('pipe', start);
      case '(':
        this.depth += 1;
        return this.item('leftParen', start);
      case ')':
        this.depth -= 1;
        return this.depth < 0 ? this.error(start, 'unexpected right paren') : this.item('rightParen', start);
      default:
        if (character < '\u007f' && isPrintable(character)) return this.item('char', start);
        return this.error(start, `unrecognized character in action: ${describeCharacter(character)}`);
    }
  }

  private readSpace(start: number): Item {
    this.skip(SPACES);
    const count = this.position - start;
    // A trimming right delimiter owns the space before its mark.
    if (this.rightDelimiter(this.position - 1)?.isTrimmed) {
      this.position -= 1;
      if (count === 1) return this.closeAction(true);
    }
    return this.item('space', start);
  }

  private readDelimited(start: number, kind: 'string' | 'character', message: string): Item {
    const quote = this.text[start];
    for (this.position += 1; ; this.position += 1) {
      const character = this.text[this.position];
      if (character === undefined || character === '\n') return this.error(start, message);
      if (character === '\\') {
        this.position += 1;
        if (this.position >= this.text.length || this.text[this.position] === '\n') return this.error(start, message);
      } else if (character === quote) {
        this.position += 1;
        return this.item(kind, start);
      }
    }
  }

  private readRaw(start: number): Item {
    const end = this.text.indexOf('`', start + 1);
    if (end < 0) return this.error(start, 'unterminated raw quoted string');
    this.position = end + 1;
    return this.item('rawString', start);
  }

  private isAtTerminator(): boolean {
    const character = this.text[this.position];
    if (character === undefined || isSpace(character) || '.,|:)('.includes(character)) return true;
    return this.text.startsWith(this.delimiters.right, this.position);
  }

  private badCharacter(start: number): Item {
    const code = this.text.codePointAt(this.position);
    return this.error(start, `bad character ${describeCharacter(String.fromCodePoint(code ?? 0))}`);
  }

  private readName(start: number, kind: 'field' | 'variable'): Item {
    this.position += 1;
    if (this.isAtTerminator()) return this.item(kind === 'field' ? 'dot' : 'variable', start);
    this.skip(WORD);
    return this.isAtTerminator() ? this.item(kind, start) : this.badCharacter(start);
  }

  private readIdentifier(start: number): Item {
    this.skip(WORD);
    if (!this.isAtTerminator()) return this.badCharacter(start);
    const word = this.text.slice(start, this.position);
    if (word === 'true' || word === 'false') return this.item('bool', start);
    if (word === 'nil') return this.item('nil', start);
    return this.item(isKeyword(word) && !this.wordsOff.has(word) ? word : 'identifier', start);
  }

  private readNumberItem(start: number): Item {
    this.skip(NUMBER);
    if (this.position === start) this.position += 1;
    const next = this.text.slice(this.position, this.position + 2);
    if (/^[_\p{L}\p{Nd}]/u.test(next)) {
      this.position += 1;
      return this.error(start, `bad number syntax: ${quoteGo(this.text.slice(start, this.position))}`);
    }
    if (!/^[+-]/.test(next)) return this.item('number', start);
    this.skip(NUMBER);
    if (this.text[this.position - 1] === 'i') return this.item('complex', start);
    return this.error(start, `bad number syntax: ${quoteGo(this.text.slice(start, this.position))}`);
  }
}

/** As `%#U`: U+0021 '!'. */
const describeCharacter = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return isPrintable(character) ? `U+${code} '${character}'` : `U+${code}`;
};
