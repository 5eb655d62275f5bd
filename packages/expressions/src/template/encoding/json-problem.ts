/**
 * What is wrong with a text that is no JSON, in the words of encoding/json: templates print them.
 * @spec https://go.dev/src/encoding/json/scanner.go
 */
import { quoteGo } from '../format/quote.ts';
import { toBytes } from '../go-text.ts';

/** The first problem; nothing when the text is JSON. */
export const findJsonProblem = (text: string): string | undefined => {
  try {
    new JsonScanner(text).scan();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof JsonProblem) return thrown.message;
    throw thrown;
  }
};

class JsonProblem extends Error {}

const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

class JsonScanner {
  /** Bytes as characters; a blank stands for the end, as upstream tries one there. */
  private readonly input: string;
  private readonly open: ('{' | '[')[] = [];
  private at = 0;

  constructor(text: string) {
    this.input = `${Array.from(toBytes(text), (byte) => String.fromCharCode(byte)).join('')} `;
  }

  scan(): void {
    do this.beginValue();
    while (this.afterValue());
  }

  /** Goes on to the first value that is no list or object with something in it. */
  private beginValue(): void {
    for (;;) {
      const first = this.nextSolid();
      if (first !== '{' && first !== '[') return this.scalar(first);
      this.at += 1;
      if (this.nextSolid() === (first === '{' ? '}' : ']')) {
        this.at += 1;
        return;
      }
      this.open.push(first);
      if (first === '{') this.key();
    }
  }

  /** Closes what ends here; whether another value follows. */
  private afterValue(): boolean {
    for (;;) {
      const inside = this.open.at(-1);
      if (inside === undefined) {
        while (this.isBlank()) this.at += 1;
        if (this.at < this.input.length) this.refuse('after top-level value');
        return false;
      }
      const found = this.nextSolid();
      const isList = inside === '[';
      if (found !== ',' && found !== (isList ? ']' : '}'))
        this.refuse(isList ? 'after array element' : 'after object key:value pair');
      this.at += 1;
      if (found !== ',') {
        this.open.pop();
        continue;
      }
      if (!isList) this.key();
      return true;
    }
  }

  private key(): void {
    if (this.nextSolid() !== '"') this.refuse('looking for beginning of object key string');
    this.text();
    if (this.nextSolid() !== ':') this.refuse('after object key');
    this.at += 1;
  }

  private scalar(first: string): void {
    const literal = LITERALS[first];
    if (literal !== undefined) this.literal(literal);
    else if (first === '"') this.text();
    else if (/[-0-9]/.test(first)) this.number();
    else this.refuse('looking for beginning of value');
  }

  private literal(word: string): void {
    for (const expected of word) {
      if (this.input[this.at] !== expected) this.refuse(`in literal ${word} (expecting '${expected}')`);
      this.at += 1;
    }
  }

  private text(): void {
    this.at += 1;
    for (; this.input[this.at] !== '"'; this.at += 1) {
      if (this.isEnd()) throw new JsonProblem('unexpected end of JSON input');
      const found = this.input[this.at] ?? '';
      if (found < ' ') this.refuse('in string literal');
      if (found === '\\') this.escape();
    }
    this.at += 1;
  }

  private escape(): void {
    this.at += 1;
    if (!/[bfnrt\\/"u]/.test(this.input[this.at] ?? '')) this.refuse('in string escape code');
    if (this.input[this.at] !== 'u') return;
    for (let digit = 0; digit < 4; digit += 1) {
      this.at += 1;
      if (!/[0-9a-fA-F]/.test(this.input[this.at] ?? '')) this.refuse(String.raw`in \u hexadecimal character escape`);
    }
  }

  private number(): void {
    if (this.input[this.at] === '-') this.at += 1;
    if (this.input[this.at] === '0') this.at += 1;
    else this.digits('in numeric literal');
    if (this.input[this.at] === '.') {
      this.at += 1;
      this.digits('after decimal point in numeric literal');
    }
    if (!/[eE]/.test(this.input[this.at] ?? '')) return;
    this.at += 1;
    if (/[-+]/.test(this.input[this.at] ?? '')) this.at += 1;
    this.digits('in exponent of numeric literal');
  }

  private digits(context: string): void {
    const start = this.at;
    while (/[0-9]/.test(this.input[this.at] ?? '')) this.at += 1;
    if (this.at === start) this.refuse(context);
  }

  private nextSolid(): string {
    while (this.isBlank()) this.at += 1;
    const found = this.input[this.at];
    if (found === undefined) throw new JsonProblem('unexpected end of JSON input');
    return found;
  }

  private isBlank(): boolean {
    return /[ \t\r\n]/.test(this.input[this.at] ?? '');
  }

  private isEnd(): boolean {
    return this.at >= this.input.length - 1;
  }

  private refuse(context: string): never {
    const found = this.input[this.at] ?? ' ';
    const quoted = found === "'" ? String.raw`\'` : found === '"' ? found : quoteGo(found).slice(1, -1);
    throw new JsonProblem(`invalid character '${quoted}' ${context}`);
  }
}
