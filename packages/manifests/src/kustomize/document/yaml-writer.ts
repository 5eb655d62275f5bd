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
    if (isMap(value) && Object.keys(value).length > 0) this.map(value, 0, 'below');
    else if (Array.isArray(value) && value.length > 0) this.list(value, 0, 'below');
    else this.output.push(writeGoYaml(toGoData(value)));
  }

  /** The text; `undefined` when a key was met that this writer does not know to write. */
  finish(): string | undefined {
    if (this.hasForeignKey) return undefined;
    if (!this.isLineEnded) this.output.push('\n');
    return this.output.join('');
  }

  private newLine(indent: number): void {
    this.output.push(this.isLineEnded ? ' '.repeat(indent) : lineStart(indent));
    this.isLineEnded = false;
  }

  /** `beside`: the first key goes on with a line that a list item began. */
  private map(map: MapValue, indent: number, start: 'below' | 'beside'): void {
    let isBeside = start === 'beside';
    for (const key of Object.keys(map).sort(compareKeys)) {
      const value = map[key] ?? null;
      const plain = writePlainWord(key) ?? quotedKey(key);
      if (!isBeside) this.newLine(indent);
      isBeside = false;
      if (plain === undefined) {
        this.hasForeignKey = true;
        return;
      }
      this.output.push(plain, ':');
      if (isMap(value) && Object.keys(value).length > 0) this.map(value, indent + INDENT, 'below');
      else if (Array.isArray(value) && value.length > 0) this.list(value, indent, 'below');
      else this.scalar(value, { indent, before: plain.length + 1, key });
    }
  }

  private list(list: readonly Value[], indent: number, start: 'below' | 'beside'): void {
    let isBeside = start === 'beside';
    for (const item of list) {
      if (!isBeside) this.newLine(indent);
      isBeside = false;
      this.output.push('-');
      if (isMap(item) && Object.keys(item).length > 0) {
        this.output.push(' ');
        this.map(item, indent + INDENT, 'beside');
      } else if (Array.isArray(item) && item.length > 0) {
        this.output.push(' ');
        this.list(item, indent + INDENT, 'beside');
      } else this.scalar(item, { indent, before: 1, key: undefined });
    }
  }

  private scalar(value: Value, place: Place): void {
    const text = writeScalar(value, place);
    this.output.push(' ', text);
    this.isLineEnded = BREAKS.includes(text.at(-1) ?? ' ');
  }
}

const LINE_STARTS = Array.from({ length: 64 }, (_, indent) => `\n${' '.repeat(indent)}`);
const lineStart = (indent: number): string => LINE_STARTS[indent] ?? `\n${' '.repeat(indent)}`;

interface Place {
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

/** As compareYamlKeys, decided at the first difference where letters decide. */
const compareKeys = (left: string, right: string): number => {
  const shared = Math.min(left.length, right.length);
  let at = 0;
  while (at < shared && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  if (at === shared) return left.length - right.length;
  const a = left.charCodeAt(at);
  const b = right.charCodeAt(at);
  if (a > 0x7f || b > 0x7f) return compareYamlKeys(left, right);
  const [isA, isB] = [isLetter(a), isLetter(b)];
  if (isA && isB) return a - b;
  if (isA || isB) return isB ? -1 : 1;
  return compareYamlKeys(left, right);
};

const isLetter = (code: number): boolean => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
