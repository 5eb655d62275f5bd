/**
 * The little language of `--set`, `--set-string`, `--set-json`, `--set-file` and `--set-literal`: `a.b[0]=x,c={1,2}`.
 * @upstream helm pkg/strvals/parser.go, literal_parser.go
 */
import { Failure } from '@argosy/base';
import { GoList, GoMap, int64, readJson, type GoValue } from '@argosy/expressions';

/** How the texts after `=` become values. */
export type SetKind = 'set' | 'string' | 'json' | 'file' | 'literal';

/** What `parseSet` needs beside the text. */
export interface SetOptions {
  readonly kind: SetKind;
  /** Content of the file a `file` value names. */
  readonly readFile?: (path: string) => string;
}

const LARGEST_INDEX = 65_536;
const DEEPEST_NAME = 30;
const NAMES: Readonly<Record<SetKind, string>> = {
  set: '--set',
  string: '--set-string',
  json: '--set-json',
  file: '--set-file',
  literal: '--set-literal',
};

/** Lays the values of a text over a table, which is not changed. Throws Failure `InvalidValues`. */
export const parseSet = (text: string, over: GoMap, options: SetOptions): GoMap => {
  const reader = new SetReader(text, options);
  try {
    let table = over;
    while (!reader.isAtEnd()) table = reader.entry(table, 0);
    return table;
  } catch (thrown) {
    if (!(thrown instanceof SetProblem)) throw thrown;
    const problem = options.kind === 'json' ? ` ${text}` : `: ${thrown.message}`;
    throw new Failure(`failed parsing ${NAMES[options.kind]} data${problem}`, { code: 'InvalidValues' });
  }
};

class SetProblem extends Error {}

class SetReader {
  private readonly runes: readonly string[];
  private readonly options: SetOptions;
  private at = 0;

  constructor(text: string, options: SetOptions) {
    this.runes = [...text];
    this.options = options;
  }

  isAtEnd(): boolean {
    return this.at >= this.runes.length;
  }

  /** `key…=value`, laid into a table. */
  entry(table: GoMap, depth: number): GoMap {
    const { text: key, stop } = this.until(this.isLiteral ? '=[.' : '=[,.');
    if (stop === undefined) {
      if (key === '') return table;
      throw new SetProblem(`key ${JSON.stringify(key)} has no value`);
    }
    if (stop === ',') throw new SetProblem(`key ${JSON.stringify(key)} has no value (cannot end with ,)`);
    if (stop === '=') return withKey(table, key, this.value());
    if (stop === '[') {
      const known = table.entries.get(key) ?? new GoList([]);
      if (!(known instanceof GoList)) throw new SetProblem(`unable to parse key: ${key} is not a list`);
      return withKey(table, key, this.item(known, this.index(), depth));
    }
    if (depth + 1 > DEEPEST_NAME)
      throw new SetProblem(`value name nested level is greater than maximum supported nested level of ${DEEPEST_NAME}`);
    const inner = table.entries.has(key) ? table.entries.get(key) : new GoMap();
    if (!(inner instanceof GoMap)) throw new SetProblem(`unable to parse key: ${key} is not a map`);
    const changed = this.entry(inner, depth + 1);
    // A dot at the very end sets nothing.
    if (changed.entries.size === 0 && this.isAtEnd()) return table;
    if (changed.entries.size === 0) throw new SetProblem(`key map ${JSON.stringify(key)} has no value`);
    return withKey(table, key, changed);
  }

  /** What follows an index. */
  private item(list: GoList, index: number, depth: number): GoList {
    const { text, stop } = this.until('[.=');
    if (text !== '') {
      const runes = [...text].map((rune) => `'${rune}'`).join(' ');
      throw new SetProblem(`unexpected data at end of array index: [${runes}]`);
    }
    if (stop === '=') return withIndex(list, index, this.value());
    const known = list.items[index];
    const next = stop === '[' ? this.index() : 0;
    // An index or dot at the very end sets nothing.
    if (this.isAtEnd()) return list;
    if (stop === '[')
      return withIndex(list, index, this.item(known instanceof GoList ? known : new GoList([]), next, depth));
    if (stop === '.') return withIndex(list, index, this.entry(known instanceof GoMap ? known : new GoMap(), depth));
    return list;
  }

  private index(): number {
    const { text, stop } = this.until(']');
    if (stop === undefined) throw new SetProblem('error parsing index: EOF');
    if (!/^[-+]?\d+$/.test(text))
      throw new SetProblem(`error parsing index: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    const index = Number(text);
    if (index < 0) throw new SetProblem(`negative ${index} index not allowed`);
    if (index > LARGEST_INDEX)
      throw new SetProblem(`index of ${index} is greater than maximum supported index of ${LARGEST_INDEX}`);
    return index;
  }

  private value(): GoValue {
    if (this.options.kind === 'json') return this.jsonValue();
    if (this.isLiteral) return this.until('').text;
    if (this.isAtEnd()) return '';
    if (this.runes[this.at] === '{') {
      this.at += 1;
      return this.list();
    }
    return this.typed(this.until(',').text);
  }

  private list(): GoList {
    const items: GoValue[] = [];
    for (;;) {
      const { text, stop } = this.until(',}');
      if (stop === undefined) throw new SetProblem("list must terminate with '}'");
      items.push(this.typed(text));
      if (stop === '}') break;
    }
    if (this.runes[this.at] === ',') this.at += 1;
    return new GoList(items);
  }

  private jsonValue(): GoValue {
    const start = this.at;
    if (this.skipToValue()) return null;
    const end = endOfJson(this.runes, this.at);
    const read = readJson(this.runes.slice(this.at, end).join(''));
    if (!read.ok) throw new SetProblem(this.runes.slice(start).join(''));
    this.at = end;
    this.skipToValue();
    return read.value;
  }

  /** Skips blanks and one comma; whether nothing stood before it. */
  private skipToValue(): boolean {
    for (; !this.isAtEnd(); this.at += 1) {
      const rune = this.runes[this.at] ?? '';
      if (rune === ',') {
        this.at += 1;
        return true;
      }
      if (!/\s/.test(rune)) return false;
    }
    return true;
  }

  private typed(text: string): GoValue {
    if (this.options.kind === 'file') return this.options.readFile?.(text) ?? '';
    if (this.options.kind === 'string') return text;
    const lower = text.toLowerCase();
    if (lower === 'true' || lower === 'false') return lower === 'true';
    if (lower === 'null') return null;
    if (text === '0') return int64(0n);
    return isInt64(text) ? int64(BigInt(text)) : text;
  }

  private get isLiteral(): boolean {
    return this.options.kind === 'literal';
  }

  /** Text up to one of the runes, which is passed; a backslash takes the next rune as it is. */
  private until(stops: string): { readonly text: string; readonly stop: string | undefined } {
    let text = '';
    while (!this.isAtEnd()) {
      const rune = this.runes[this.at] ?? '';
      this.at += 1;
      if (stops.includes(rune)) return { text, stop: rune };
      if (rune === '\\' && !this.isLiteral) {
        text += this.runes[this.at] ?? '';
        this.at += 1;
      } else text += rune;
    }
    return { text, stop: undefined };
  }
}

/** Numbers with a leading zero stay text. */
const isInt64 = (text: string): boolean => {
  if (!/^[-+]?\d+$/.test(text) || text.startsWith('0')) return false;
  const value = BigInt(text.replace('+', ''));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
};

const WORD = /^(?:null|true|false|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)/;

/** Where the JSON value ends that begins at a rune: after its word, quote or last bracket. */
const endOfJson = (runes: readonly string[], start: number): number => {
  const word = WORD.exec(runes.slice(start).join(''));
  if (word) return start + word[0].length;
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < runes.length; at += 1) {
    const rune = runes[at] ?? '';
    if (isQuoted) {
      if (rune === '\\') at += 1;
      else if (rune === '"') {
        isQuoted = false;
        if (depth === 0) return at + 1;
      }
    } else if (rune === '"') isQuoted = true;
    else if (rune === '{' || rune === '[') depth += 1;
    else if (rune === '}' || rune === ']') {
      depth -= 1;
      if (depth <= 0) return at + 1;
    } else if (depth === 0 && /[\s,]/.test(rune)) return at;
  }
  return runes.length;
};

const withKey = (table: GoMap, key: string, value: GoValue): GoMap =>
  key === '' ? table : new GoMap(new Map([...table.entries, [key, value]]));

const withIndex = (list: GoList, index: number, value: GoValue): GoList => {
  const items = Array.from(
    { length: Math.max(list.items.length, index + 1) },
    (_, at): GoValue => list.items[at] ?? null,
  );
  items[index] = value;
  return new GoList(items);
};
