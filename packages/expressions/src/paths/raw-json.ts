/**
 * JSON read with the text of every part kept, because GJSON answers with the text as it was written.
 */

/** A value and its text. */
export interface RawJson {
  readonly type: 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';
  readonly raw: string;
  /** Members of an object, in order. */
  readonly entries: readonly (readonly [string, RawJson])[];
  /** Elements of an array. */
  readonly items: readonly RawJson[];
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /-?\d[\d.eE+-]*|true|false|null/y;
const MAX_DEPTH = 1000;

/** Reads one value; `undefined` when the text is not JSON. */
export const parseRawJson = (text: string): RawJson | undefined => {
  const reader = new RawReader(text);
  const value = reader.value(0);
  return value && reader.isAtEnd() ? value : undefined;
};

/** Reads values one after another (JSON lines). */
export const parseRawJsonLines = (text: string): readonly RawJson[] => {
  const reader = new RawReader(text);
  const values: RawJson[] = [];
  while (!reader.isAtEnd()) {
    const value = reader.value(0);
    if (!value) break;
    values.push(value);
  }
  return values;
};

/** Wraps texts of values as an array. */
export const toRawArray = (items: readonly RawJson[]): RawJson => ({
  type: 'array',
  raw: `[${items.map((item) => item.raw).join(',')}]`,
  entries: [],
  items,
});

/** Wraps members as an object. */
export const toRawObject = (entries: readonly (readonly [string, RawJson])[]): RawJson => ({
  type: 'object',
  raw: `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value.raw}`).join(',')}}`,
  entries,
  items: [],
});

/** Makes a scalar from its text. */
export const toRawScalar = (type: RawJson['type'], raw: string): RawJson => ({ type, raw, entries: [], items: [] });

class RawReader {
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#take(SPACE);
    return this.#index >= this.#text.length;
  }

  value(depth: number): RawJson | undefined {
    if (depth > MAX_DEPTH) return undefined;
    this.#take(SPACE);
    const first = this.#text[this.#index];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') {
      const raw = this.#take(STRING);
      return raw === undefined ? undefined : toRawScalar('string', raw);
    }
    const raw = this.#take(SCALAR);
    if (raw === undefined) return undefined;
    return toRawScalar(raw === 'true' || raw === 'false' || raw === 'null' ? raw : 'number', raw);
  }

  #object(depth: number): RawJson | undefined {
    const start = this.#index;
    const entries: (readonly [string, RawJson])[] = [];
    this.#index += 1;
    for (;;) {
      this.#take(SPACE);
      if (this.#accept('}')) return { type: 'object', raw: this.#text.slice(start, this.#index), entries, items: [] };
      if (entries.length > 0 && !this.#accept(',')) return undefined;
      this.#take(SPACE);
      const key = this.#take(STRING);
      this.#take(SPACE);
      if (key === undefined || !this.#accept(':')) return undefined;
      const value = this.value(depth + 1);
      if (!value) return undefined;
      entries.push([textOfRaw(key), value]);
    }
  }

  #array(depth: number): RawJson | undefined {
    const start = this.#index;
    const items: RawJson[] = [];
    this.#index += 1;
    for (;;) {
      this.#take(SPACE);
      if (this.#accept(']')) return { type: 'array', raw: this.#text.slice(start, this.#index), entries: [], items };
      if (items.length > 0 && !this.#accept(',')) return undefined;
      const value = this.value(depth + 1);
      if (!value) return undefined;
      items.push(value);
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#index;
    const match = pattern.exec(this.#text)?.[0];
    this.#index += match?.length ?? 0;
    return match;
  }

  #accept(character: string): boolean {
    if (this.#text[this.#index] !== character) return false;
    this.#index += 1;
    return true;
  }
}

/** The value of a JSON string's text. Bad escapes stay as they are. */
export const textOfRaw = (raw: string): string => {
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw.slice(1, -1);
  }
};
