/**
 * TOML as Helm's `fromToml` reads it.
 * @spec https://toml.io/en/v1.0.0; github.com/BurntSushi/toml for the Go types
 */
import { fail, ok, type Result } from '@argosy/base';

import { parseMoment } from '../../go-time/moment.ts';
import { timeObject } from '../sprig/times/time-object.ts';
import { GoList, GoMap, int64, type GoValue } from '../values.ts';

/** Deeper values are an attack. */
const DEEPEST = 100;

/** Reads a document; the error names the line. */
export const readToml = (text: string): Result<GoMap> => {
  const reader = new TomlReader(text);
  try {
    return ok(reader.document());
  } catch (thrown) {
    if (!(thrown instanceof TomlProblem)) throw thrown;
    return fail(`toml: line ${reader.line()}: ${thrown.message}`);
  }
};

class TomlProblem extends Error {}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BLANKS = /[ \t]*/y;
const BETWEEN = /(?:[ \t\r\n]|#[^\n]*)*/y;
const REST_OF_LINE = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;
const SCALAR = /[^\s,\]}#]+(?: \d{2}:\d{2}[^\s,\]}#]*)?/y;
const INTEGER =
  /^[+-]?(?:0|[1-9](?:_?\d)*)$|^0x[0-9a-fA-F](?:_?[0-9a-fA-F])*$|^0o[0-7](?:_?[0-7])*$|^0b[01](?:_?[01])*$/;
const FLOAT = /^[+-]?(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})?(?:(?<=\d)[Tt ])?(\d{2}:\d{2}:\d{2}(?:\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})?$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\u001b'],
  ['"', '"'],
  ['\\', '\\'],
]);

class TomlReader {
  private readonly text: string;
  private at = 0;
  /** Tables written out as such: they may not be written again. */
  private readonly closed = new Set<GoMap>();

  constructor(text: string) {
    this.text = text.replace(/^\ufeff/, '');
  }

  line(): number {
    return this.text.slice(0, this.at).split('\n').length;
  }

  document(): GoMap {
    const root = new GoMap();
    let table = root;
    for (this.skip(BETWEEN); this.at < this.text.length; this.skip(BETWEEN)) {
      if (this.text[this.at] === '[') table = this.header(root);
      else this.entry(table, 0);
      if (this.take(REST_OF_LINE) === undefined) throw new TomlProblem('expected a new line');
    }
    return root;
  }

  private header(root: GoMap): GoMap {
    const isList = this.text.startsWith('[[', this.at);
    this.at += isList ? 2 : 1;
    const path = this.key();
    this.expect(isList ? ']]' : ']');
    const name = path.at(-1) ?? '';
    const above = this.walk(root, path.slice(0, -1));
    if (isList) return this.appendTable(above, name);
    const table = this.walk(above, [name]);
    if (this.closed.has(table)) throw new TomlProblem(`table ${path.join('.')} has already been defined`);
    this.closed.add(table);
    return table;
  }

  private appendTable(above: GoMap, name: string): GoMap {
    const known = above.entries.get(name);
    const items = known instanceof GoList ? known.items : [];
    if (known !== undefined && !(known instanceof GoList)) throw new TomlProblem(`key ${name} is no list of tables`);
    const table = new GoMap();
    above.entries.set(name, new GoList([...items, table], 'map[string]interface {}'));
    return table;
  }

  /** The table at a path, made where it is absent; in a list of tables the last one. */
  private walk(from: GoMap, path: readonly string[]): GoMap {
    let table = from;
    for (const name of path) {
      const known = table.entries.get(name);
      const next = known instanceof GoList ? known.items.at(-1) : (known ?? new GoMap());
      if (!(next instanceof GoMap)) throw new TomlProblem(`key ${name} has already been defined and is no table`);
      if (known === undefined) table.entries.set(name, next);
      table = next;
    }
    return table;
  }

  private entry(table: GoMap, depth: number): void {
    const path = this.key();
    this.expect('=');
    this.skip(BLANKS);
    const value = this.value(depth);
    const name = path.at(-1) ?? '';
    const above = this.walk(table, path.slice(0, -1));
    if (above.entries.has(name)) throw new TomlProblem(`key ${path.join('.')} has already been defined`);
    above.entries.set(name, value);
  }

  private key(): readonly string[] {
    const path: string[] = [];
    do {
      this.skip(BLANKS);
      const quote = this.text[this.at];
      const part = quote === '"' || quote === "'" ? this.quoted() : this.take(BARE_KEY);
      if (part === undefined) throw new TomlProblem('expected a key');
      path.push(part);
      this.skip(BLANKS);
    } while (this.passes('.'));
    return path;
  }

  private value(depth: number): GoValue {
    if (depth > DEEPEST) throw new TomlProblem('nested too deeply');
    const first = this.text[this.at];
    if (first === '"' || first === "'") return this.quoted();
    if (this.passes('[')) return this.list(depth);
    if (this.passes('{')) return this.inlineTable(depth);
    const text = this.take(SCALAR);
    if (text === undefined) throw new TomlProblem('unexpected EOF; expected value');
    return scalarOf(text);
  }

  private list(depth: number): GoList {
    const items: GoValue[] = [];
    for (this.skip(BETWEEN); !this.passes(']'); this.skip(BETWEEN)) {
      if (items.length > 0) {
        this.expect(',');
        this.skip(BETWEEN);
        if (this.passes(']')) break;
      }
      items.push(this.value(depth + 1));
    }
    return new GoList(items);
  }

  private inlineTable(depth: number): GoMap {
    const table = new GoMap();
    this.skip(BETWEEN);
    if (this.passes('}')) return table;
    do {
      this.skip(BETWEEN);
      this.entry(table, depth + 1);
      this.skip(BETWEEN);
    } while (this.passes(','));
    this.expect('}');
    return table;
  }

  private quoted(): string {
    const quote = this.text[this.at] ?? '';
    const isLong = this.text.startsWith(quote.repeat(3), this.at);
    const end = isLong ? quote.repeat(3) : quote;
    this.at += end.length;
    if (isLong && this.passes('\r\n')) return this.untilQuote(end, isLong);
    if (isLong) this.passes('\n');
    return this.untilQuote(end, isLong);
  }

  private untilQuote(end: string, isLong: boolean): string {
    let text = '';
    while (!this.text.startsWith(end, this.at)) {
      const character = this.text[this.at];
      if (character === undefined || (character === '\n' && !isLong)) throw new TomlProblem('unterminated string');
      this.at += 1;
      text += character === '\\' && end.startsWith('"') ? this.escape(isLong) : character;
    }
    this.at += end.length;
    // Up to two quotes may stand right before the closing three.
    const most = isLong ? 2 : 0;
    for (let extra = 0; extra < most && this.passes(end[0] ?? ''); extra += 1) text += end[0] ?? '';
    return text;
  }

  private escape(isLong: boolean): string {
    const letter = this.text[this.at] ?? '';
    if (isLong && /\s/.test(letter)) {
      this.take(/[ \t\r\n]*/y);
      return '';
    }
    this.at += 1;
    const known = ESCAPES.get(letter);
    if (known !== undefined) return known;
    const digits = letter === 'u' ? 4 : letter === 'U' ? 8 : letter === 'x' ? 2 : 0;
    const hex = this.text.slice(this.at, this.at + digits);
    const code = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : -1;
    if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      throw new TomlProblem(`invalid escape character '${letter}'`);
    this.at += digits;
    return String.fromCodePoint(code);
  }

  private passes(text: string): boolean {
    const isThere = text !== '' && this.text.startsWith(text, this.at);
    if (isThere) this.at += text.length;
    return isThere;
  }

  private expect(text: string): void {
    if (!this.passes(text)) throw new TomlProblem(`expected ${JSON.stringify(text)}`);
  }

  private skip(pattern: RegExp): void {
    this.take(pattern);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

const scalarOf = (text: string): GoValue => {
  if (text === 'true' || text === 'false') return text === 'true';
  if (INTEGER.test(text)) {
    const value = BigInt(text.replaceAll('_', '').replace(/^[+-]/, ''));
    return int64(text.startsWith('-') ? -value : value);
  }
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  const special = /^([+-]?)(inf|nan)$/.exec(text);
  if (special) return special[2] === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  return momentOf(text);
};

/** Without a zone it is UTC, without a date the first day of the year 0. */
const momentOf = (text: string): GoValue => {
  const [, date, time, zone] = MOMENT.exec(text) ?? [];
  const whole = `${date ?? '0000-01-01'}T${time ?? '00:00:00'}${zone?.toUpperCase() ?? 'Z'}`;
  const moment = parseMoment(whole, '2006-01-02T15:04:05Z07:00', 'UTC');
  if ((date === undefined && time === undefined) || !moment.ok)
    throw new TomlProblem(`invalid value ${JSON.stringify(text)}`);
  return timeObject(moment.value);
};
