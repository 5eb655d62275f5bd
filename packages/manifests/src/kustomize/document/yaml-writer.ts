/**
 * Documents as YAML: sorted keys, lists not indented under their keys, long lines folded.
 * @upstream sigs.k8s.io/yaml#JSONToYAML
 */
import { compareYamlKeys, GoList, GoMap, writeGoYaml, type GoValue } from '@argosy/expressions';

import { toGoData } from './go-data.ts';
import { isMap, StyledText, type MapValue, type Value } from './value.ts';
import { writePlainWord, writeText } from './yaml-text.ts';

const INDENT = 2;
/** What ends a line. */
const BREAKS = '\n\r\u0085\u2028\u2029';

/** A document as YAML, with a newline at its end. Throws Failure `InvalidValue` for a number JSON does not have. */
export const writeYamlDocument = (value: Value): string => {
  const writer = new YamlWriter();
  writer.root(value);
  return writer.finish() ?? writeGoYaml(toGoData(value));
};

class YamlWriter {
  /** Pieces of the text: joined once, they cost less than a text that grows. */
  private readonly output: string[] = [];
  /** Whether the last scalar ended its line itself. */
  private isLineEnded = true;
  private hasForeignKey = false;

  root(value: Value): void {
    const keys = isMap(value) ? sortedKeys(value) : [];
    if (isMap(value) && keys.length > 0) this.map(value, keys, { indent: 0, isBeside: false });
    else if (Array.isArray(value) && value.length > 0) this.list(value, { indent: 0, isBeside: false });
    else this.output.push(writeGoYaml(toGoData(value)));
  }

  /** The text; `undefined` when a key was met that this writer does not know to write. */
  finish(): string | undefined {
    if (this.hasForeignKey) return undefined;
    if (!this.isLineEnded) this.output.push('\n');
    return this.output.join('');
  }

  private map(map: MapValue, keys: readonly string[], { indent, isBeside }: Start): void {
    let lead = isBeside ? '' : this.lineStart(indent);
    for (const key of keys) {
      const plain = writePlainWord(key) ?? quotedKey(key);
      if (plain === undefined) {
        this.hasForeignKey = true;
        return;
      }
      this.entry(map[key] ?? null, { lead: `${lead}${plain}:`, indent, before: plain.length + 1, key });
      lead = this.lineStart(indent);
    }
  }

  private entry(value: Value, place: Place): void {
    const { lead, indent } = place;
    if (Array.isArray(value) && value.length > 0) {
      this.open(lead);
      this.list(value, { indent, isBeside: false });
      return;
    }
    const keys = isMap(value) ? sortedKeys(value) : [];
    if (!isMap(value) || keys.length === 0) {
      this.scalar(value, place);
      return;
    }
    this.open(lead);
    this.map(value, keys, { indent: indent + INDENT, isBeside: false });
  }

  private list(list: readonly Value[], { indent, isBeside }: Start): void {
    let lead = isBeside ? '-' : `${this.lineStart(indent)}-`;
    for (const item of list) {
      this.item(item, { lead, indent, before: 1, key: undefined });
      lead = `${this.lineStart(indent)}-`;
    }
  }

  private item(item: Value, place: Place): void {
    const { lead, indent } = place;
    const beside = { indent: indent + INDENT, isBeside: true };
    if (Array.isArray(item) && item.length > 0) {
      this.open(`${lead} `);
      this.list(item, beside);
      return;
    }
    const keys = isMap(item) ? sortedKeys(item) : [];
    if (!isMap(item) || keys.length === 0) {
      this.scalar(item, place);
      return;
    }
    this.open(`${lead} `);
    this.map(item, keys, beside);
  }

  /** Begins a line that has no value of its own. */
  private open(line: string): void {
    this.output.push(line);
    this.isLineEnded = false;
  }

  private scalar(value: Value, place: Place): void {
    const text = writeScalar(value, place);
    this.output.push(`${place.lead} ${text}`);
    this.isLineEnded = BREAKS.includes(text.at(-1) ?? ' ');
  }

  private lineStart(indent: number): string {
    return this.isLineEnded ? ' '.repeat(indent) : lineStart(indent);
  }
}

/** Where a mapping or list begins. `isBeside`: its first line goes on with the one of a list item. */
interface Start {
  readonly indent: number;
  readonly isBeside: boolean;
}

const LINE_STARTS = Array.from({ length: 64 }, (_, indent) => `\n${' '.repeat(indent)}`);
const lineStart = (indent: number): string => LINE_STARTS[indent] ?? `\n${' '.repeat(indent)}`;

/** Where a value stands. */
interface Place {
  /** Its line up to the colon or dash. */
  readonly lead: string;
  /** Column of the key or dash. */
  readonly indent: number;
  /** Columns of the key with its colon, or of the dash. */
  readonly before: number;
  readonly key: string | undefined;
}

const writeScalar = (styled: Value, { indent, before, key }: Place): string => {
  const value = styled instanceof StyledText ? styled.printed : styled;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  if (Array.isArray(value)) return '[]';
  if (isMap(value)) return '{}';
  if (typeof value === 'string') {
    const place = { column: indent + before + 1, indent: indent + INDENT };
    const text = writePlainIn(value, place.column) ?? writeText(value, place);
    if (text !== undefined) return text;
  }
  const whole = writeBelow(key === undefined ? [value] : { [key]: value }, indent);
  return whole.slice(before + 1);
};

/** Keys in order. Most mappings have few: those are sorted in place, which is quicker than to set up a sort. */
const sortedKeys = (map: MapValue): readonly string[] => {
  const keys = Object.keys(map);
  if (keys.length > FEW_KEYS) return keys.sort(compareYamlKeys);
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] ?? '';
    let at = end;
    for (; at > 0 && compareYamlKeys(keys[at - 1] ?? '', key) > 0; at -= 1) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
  return keys;
};
const FEW_KEYS = 8;

const writePlainIn = (text: string, column: number): string | undefined =>
  column + text.length <= 80 ? writePlainWord(text) : undefined;

const quotedKey = (key: string): string | undefined => {
  const written = writeGoYaml(toGoData({ [key]: null }));
  return written.startsWith('?') ? undefined : written.slice(0, -': null\n'.length);
};

/** One entry or item as the other writer has it at an indent, without the line's own indent and end. */
const writeBelow = (value: MapValue | Value[], indent: number): string => {
  let wrapped: GoValue = toGoData(value);
  // A list stands as far in as the key above it.
  const depth = indent / INDENT + (Array.isArray(value) ? 1 : 0);
  for (let level = 0; level < depth; level += 1) wrapped = new GoMap(new Map([['a', wrapped]]));
  const lines = writeGoYaml(wrapped instanceof GoMap || wrapped instanceof GoList ? wrapped : toGoData(value)).split(
    '\n',
  );
  const text = lines.slice(depth).join('\n').slice(indent);
  return isBlockEnd(value) ? text : text.replace(/\n$/, '');
};

/** Whether the one scalar in it ends its own line: a block of lines that ends with one. */
const isBlockEnd = (value: MapValue | Value[]): boolean => {
  const [only] = Object.values(value);
  return typeof only === 'string' && only.endsWith('\n') && /[|][0-9]?[+]?\n/.test(writeGoYaml(toGoData(only)));
};
