/**
 * YAML as sigs.k8s.io/yaml writes it, which is what Helm's `toYaml` gives: keys in natural order, lists not indented
 * under their keys, long lines folded.
 * @spec go.yaml.in/yaml/v2 encode.go, emitterc.go, sorter.go
 */
import { byteLength, runesOf, toWellFormed } from '../go-text.ts';
import { GoError, GoList, GoMap, GoNumber, type GoObject, type GoValue } from '../values.ts';
import { createPartCounter } from '../part-counter.ts';
import { isAmbiguous, isBreak, isPrintable, shapeOf } from './scalar-shape.ts';
import { escapeYaml } from './escape.ts';
import { PLAIN, PRETTY, type YamlStyle } from './yaml-style.ts';

const INDENT = 2;
/** Keys longer than this are not written in front of a colon. */
const SIMPLE_KEY = 128;
const BREAK = /[\n\r\u0085\u2028\u2029]/;
/** Words shorter than this are written without a look at how they could be folded. */
const SHORT = 80;
/** Words, addresses, names of images: nothing that YAML takes for its own. */
const WORD = /^[A-Za-z_/](?:[\w./:@=+-]*[\w./@=+-])?$/;
/** More characters than a template may write. */
const LONGEST = 32 * 1024 * 1024;

/** A value as YAML, with the newline at its end; throws GoError for what JSON has no words for. */
export const writeYaml = (value: GoValue): string => new YamlWriter(PLAIN).write(value);

/** A value as yaml/v3 writes it: lists indented under their keys, long lines whole, floats as they are. */
export const writePrettyYaml = (value: GoValue): string => new YamlWriter(PRETTY).write(value);

/** Where a scalar stands. */
type Place = 'key' | 'value';

class YamlWriter {
  private readonly style: YamlStyle;
  private readonly count = createPartCounter();
  private output = '';
  private column = 0;
  private indent = -1;
  private isWhitespace = true;
  private isIndention = true;

  constructor(style: YamlStyle) {
    this.style = style;
  }

  write(value: GoValue): string {
    this.node(value, false, 0);
    this.indent = -1;
    this.newLine();
    return this.output;
  }

  private put(rune: string): void {
    this.output += rune;
    this.column += 1;
  }

  private lineBreak(rune = '\n'): void {
    this.output += rune;
    this.column = 0;
  }

  private newLine(): void {
    const indent = Math.max(0, this.indent);
    if (!this.isIndention || this.column > indent || (this.column === indent && !this.isWhitespace)) this.lineBreak();
    this.output += ' '.repeat(Math.max(0, indent - this.column));
    this.column = Math.max(this.column, indent);
    if (this.output.length > LONGEST) throw new GoError('value is too large');
    this.isWhitespace = true;
    this.isIndention = true;
  }

  private indicator(
    text: string,
    how: { readonly needsSpace?: boolean; readonly isSpace?: boolean; readonly isIndent?: boolean } = {},
  ): void {
    if (how.needsSpace && !this.isWhitespace) this.put(' ');
    for (const rune of text) this.put(rune);
    this.isWhitespace = how.isSpace ?? false;
    this.isIndention = this.isIndention && (how.isIndent ?? false);
  }

  private node(value: GoValue, isInMapping: boolean, depth: number): void {
    this.count(depth);
    if (value instanceof GoList && !value.isNil && value.element !== 'uint8') this.list(value, isInMapping, depth);
    else if (value instanceof GoMap && !value.isNil) this.map(value.entries, depth);
    else if (isStruct(value)) this.map(new Map(Object.entries(value.fields)), depth);
    else this.scalar(value);
  }

  private list(list: GoList, isInMapping: boolean, depth: number): void {
    if (list.items.length === 0) {
      this.indicator('[]', { needsSpace: true });
      return;
    }
    const outer = this.indent;
    const isIndentless = isInMapping && !this.isIndention && !this.style.indentsLists;
    this.indent = outer < 0 ? 0 : isIndentless ? outer : outer + INDENT;
    for (const item of list.items) {
      this.newLine();
      this.indicator('-', { needsSpace: true, isIndent: true });
      this.node(item, false, depth + 1);
    }
    this.indent = outer;
  }

  private map(entries: ReadonlyMap<string, GoValue>, depth: number): void {
    if (entries.size === 0) {
      this.indicator('{}', { needsSpace: true });
      return;
    }
    const outer = this.indent;
    this.indent = outer < 0 ? 0 : outer + INDENT;
    for (const key of [...entries.keys()].sort(this.style.compareKeys)) {
      this.newLine();
      this.key(toWellFormed(key));
      this.node(entries.get(key), true, depth + 1);
    }
    this.indent = outer;
  }

  private key(key: string): void {
    const isSimple = !BREAK.test(key) && byteLength(key) <= SIMPLE_KEY;
    if (isSimple) {
      this.text(key, 'key');
      this.indicator(':');
      return;
    }
    this.indicator('?', { needsSpace: true, isIndent: true });
    this.text(key, 'value');
    this.newLine();
    this.indicator(':', { needsSpace: true, isIndent: true });
  }

  private scalar(value: GoValue): void {
    if (typeof value === 'string') this.text(toWellFormed(value), 'value');
    else if (
      typeof value === 'object' &&
      value !== null &&
      !(value instanceof GoNumber) &&
      'json' in value &&
      value.json !== undefined
    )
      this.text(value.json, 'value');
    else this.plain(plainOf(value, this.style.floatOf), false);
  }

  private text(text: string, place: Place): void {
    // Most texts are words that can only be themselves.
    if (text.length < SHORT && WORD.test(text) && !isAmbiguous(text)) {
      if (!this.isWhitespace) this.put(' ');
      this.output += text;
      this.column += text.length;
      this.isWhitespace = false;
      this.isIndention = false;
      return;
    }
    const outer = this.indent;
    // What a scalar folds into stands a level deeper.
    this.indent = outer < 0 ? INDENT : outer + INDENT;
    this.styled(text, place);
    this.indent = outer;
  }

  private styled(text: string, place: Place): void {
    const shape = shapeOf(text);
    const isFolding = place === 'value';
    if (text.includes('\n') && shape.allowsBlock && isFolding) this.literal(text);
    else if (text.includes('\n') || isAmbiguous(text)) this.doubleQuoted(text, isFolding);
    else if (shape.allowsPlain) this.plain(text, isFolding);
    else if (shape.allowsSingleQuotes) this.singleQuoted(text, isFolding);
    else this.doubleQuoted(text, isFolding);
  }

  private plain(text: string, isFolding: boolean): void {
    if (!this.isWhitespace) this.put(' ');
    this.folded(runesOf(text), isFolding, false);
    this.isWhitespace = false;
    this.isIndention = false;
  }

  private singleQuoted(text: string, isFolding: boolean): void {
    this.indicator("'", { needsSpace: true });
    this.folded(runesOf(text), isFolding, true);
    this.indicator("'");
  }

  private folded(runes: readonly string[], isFolding: boolean, isQuoted: boolean): void {
    let [wasSpace, wasBreak] = [false, false];
    for (const [index, rune] of runes.entries()) {
      if (rune === ' ') {
        const isEdge = isQuoted && (index === 0 || index === runes.length - 1);
        if (isFolding && !wasSpace && this.column > this.style.width && !isEdge && runes[index + 1] !== ' ')
          this.newLine();
        else this.put(rune);
        wasSpace = true;
      } else if (isBreak(rune)) {
        if (!wasBreak && rune === '\n') this.lineBreak();
        this.lineBreak(rune);
        this.isIndention = true;
        wasBreak = true;
      } else {
        if (wasBreak) this.newLine();
        if (isQuoted && rune === "'") this.put("'");
        this.put(rune);
        this.isIndention = false;
        [wasSpace, wasBreak] = [false, false];
      }
    }
  }

  private doubleQuoted(text: string, isFolding: boolean): void {
    this.indicator('"', { needsSpace: true });
    const runes = runesOf(text);
    const isBomFirst = text.startsWith('\ufeff');
    let wasSpace = false;
    for (const [index, rune] of runes.entries()) {
      if (!isPrintable(rune) || isBomFirst || isBreak(rune) || rune === '"' || rune === '\\') {
        for (const part of escapeYaml(rune)) this.put(part);
        wasSpace = false;
      } else if (
        rune === ' ' &&
        isFolding &&
        !wasSpace &&
        this.column > this.style.width &&
        index > 0 &&
        index < runes.length - 1
      ) {
        this.newLine();
        if (runes[index + 1] === ' ') this.put('\\');
        wasSpace = true;
      } else {
        this.put(rune);
        wasSpace = rune === ' ';
      }
    }
    this.indicator('"');
  }

  private literal(text: string): void {
    const runes = runesOf(text);
    this.indicator('|', { needsSpace: true });
    if (runes[0] === ' ' || isBreak(runes[0])) this.indicator(String(INDENT));
    const chomping = !isBreak(runes.at(-1)) ? '-' : runes.length === 1 || isBreak(runes.at(-2)) ? '+' : '';
    if (chomping !== '') this.indicator(chomping);
    this.lineBreak();
    this.isIndention = true;
    this.isWhitespace = true;
    let wasBreak = true;
    for (const rune of runes) {
      if (isBreak(rune)) {
        this.lineBreak(rune);
        this.isIndention = true;
        wasBreak = true;
        continue;
      }
      if (wasBreak) this.newLine();
      this.put(rune);
      this.isIndention = false;
      wasBreak = false;
    }
  }
}

const isStruct = (value: GoValue): value is GoObject =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof GoNumber) &&
  !(value instanceof GoList) &&
  !(value instanceof GoMap) &&
  value.json === undefined;

const plainOf = (value: GoValue, floatOf: YamlStyle['floatOf']): string => {
  if (value instanceof GoNumber) return plainOf(value.value, floatOf);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return typeof value === 'number' ? floatOf(value) : 'null';
};
