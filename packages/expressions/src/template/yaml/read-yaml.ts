/**
 * YAML as sigs.k8s.io/yaml reads it, for Helm's `fromYaml`: YAML 1.1 booleans and octals, the last of duplicate keys.
 * @spec sigs.k8s.io/yaml (goyaml.v2)
 */
import yaml from 'js-yaml';

import { fail, messageOf, ok, type Result } from '@argosy/base';

import { formatFloat } from '../format/float.ts';
import { fromBytes, toWellFormed } from '../go-text.ts';
import { decodeBase } from '../encoding/base-codes.ts';
import { goMap, GoList, type GoValue } from '../values.ts';
import { readYamlFloat, readYamlInteger } from './plain-number.ts';

const BOOLEANS = new Map<string, boolean>([
  ...'y Y yes Yes YES true True TRUE on On ON'.split(' ').map((word): [string, boolean] => [word, true]),
  ...'n N no No NO false False FALSE off Off OFF'.split(' ').map((word): [string, boolean] => [word, false]),
]);
const NULLS = new Set<unknown>([null, '', '~', 'null', 'Null', 'NULL']);
const SPECIAL = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;
const DEEPEST = 150;
const MOST_PARTS = 1_000_000;

const isText = (text: unknown): text is string => typeof text === 'string';

/** A fraction, which as a key is written as Go writes it; the reader asks for the tag before it asks for the text. */
class YamlFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  get [Symbol.toStringTag](): string {
    return 'YamlFloat';
  }

  toString(): string {
    const single = Math.fround(this.value);
    if (Number.isFinite(single)) return formatFloat(this.value, 'g', -1, 32);
    return Number.isNaN(single) ? '.nan' : single > 0 ? '.inf' : '-.inf';
  }
}

const SCHEMA = yaml.FAILSAFE_SCHEMA.extend({
  implicit: [
    new yaml.Type('tag:yaml.org,2002:null', {
      kind: 'scalar',
      resolve: (text: unknown) => NULLS.has(text),
      construct: () => null,
    }),
    new yaml.Type('tag:yaml.org,2002:bool', {
      kind: 'scalar',
      resolve: (text: unknown) => isText(text) && BOOLEANS.has(text),
      construct: (text: string) => BOOLEANS.get(text) ?? false,
    }),
    new yaml.Type('tag:yaml.org,2002:int', {
      kind: 'scalar',
      resolve: (text: unknown) => isText(text) && readYamlInteger(text) !== undefined,
      construct: (text: string) => Number(readYamlInteger(text)),
    }),
    new yaml.Type('tag:yaml.org,2002:float', {
      kind: 'scalar',
      resolve: (text: unknown) => isText(text) && (SPECIAL.test(text) || readYamlFloat(text) !== undefined),
      construct: (text: string) => new YamlFloat(readYamlFloat(text) ?? Number.NaN),
    }),
    new yaml.Type('tag:yaml.org,2002:merge', {
      kind: 'scalar',
      resolve: (text: unknown) => text === '<<' || text === null,
    }),
  ],
  explicit: [
    new yaml.Type('tag:yaml.org,2002:binary', {
      kind: 'scalar',
      resolve: (text: unknown) => isText(text) && decodeBase('base64', text).ok,
      construct: (text: string) => {
        const decoded = decodeBase('base64', text);
        return decoded.ok ? fromBytes(decoded.value) : '';
      },
    }),
    new yaml.Type('tag:yaml.org,2002:timestamp', { kind: 'scalar', construct: (text: unknown) => text }),
    // Tags nobody knows leave the value as it is.
    ...(['scalar', 'sequence', 'mapping'] as const).map(
      (kind) =>
        new yaml.Type('', {
          kind,
          multi: true,
          construct: (value: unknown) => (kind === 'scalar' ? (value ?? '') : value),
        }),
    ),
  ],
});

/** Reads one document; numbers are float64, as after Helm's way through JSON. */
export const readYaml = (text: string): Result<GoValue> => {
  try {
    const input = firstDocument(toWellFormed(text));
    const listener = (event: string, state: ReaderState): void => {
      if (event === 'close') finishNode(state, input.length);
    };
    // The types know of no listener that sees what was read.
    const options = { schema: SCHEMA, json: true, listener: listener as never };
    return ok(convert(yaml.load(input, options)));
  } catch (thrown) {
    if (thrown instanceof RangeError) return fail('error converting YAML to JSON: yaml: nested too deeply');
    return fail(`error converting YAML to JSON: yaml: ${messageOf(thrown).split('\n')[0] ?? ''}`);
  }
};

/** What the reader knows when a node ends. */
interface ReaderState {
  readonly input: string;
  readonly position: number;
  result: unknown;
}

/**
 * The reader adds a newline to a text that lacks one at its end; a block that ends there must not have it. A quoted text
 * ends before that newline, and a plain one never ends in any.
 */
const finishNode = (state: ReaderState, length: number): void => {
  const { result } = state;
  if (isText(result) && state.position > length && result.endsWith(endOf(state.input, length)))
    state.result = result.slice(0, -1);
};

/** After a last line that is blank only blocks which keep their ends have a newline too many. */
const endOf = (input: string, length: number): string =>
  /(?:^|\n)[ \t]*$/.test(input.slice(Math.max(0, length - 200), length)) ? '\n\n' : '\n';

/** Whatever follows the first document does not count. */
const firstDocument = (text: string): string => {
  if (!/^\ufeff?(?:---|\.\.\.)|\n(?:---|\.\.\.)/.test(text)) return text;
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const upTo = (end: number): string =>
    lines
      .slice(0, end)
      .map((line) => `${line}\n`)
      .join('');
  const isContent = (line: string): boolean => line.trim() !== '' && !/^\s*#/.test(line) && !line.startsWith('%');
  let hasContent = false;
  for (const [index, line] of lines.entries()) {
    if (/^---(?:\s|$)/.test(line)) {
      if (hasContent) return upTo(index);
      hasContent = true;
    } else if (/^\.\.\.(?:\s|$)/.test(line)) return upTo(index);
    else hasContent ||= isContent(line);
  }
  return text;
};

const convert = (document: unknown): GoValue => {
  let parts = 0;
  const part = (value: unknown, depth: number): GoValue => {
    parts += 1;
    if (depth > DEEPEST || parts > MOST_PARTS) throw new RangeError('too large');
    if (value === null || value === undefined) return null;
    if (value instanceof YamlFloat) return finite(value.value);
    if (Array.isArray(value)) return new GoList(value.map((item) => part(item, depth + 1)));
    if (typeof value === 'object')
      return goMap(
        Object.entries(value).map(([key, item]): [string, GoValue] => {
          // The reader's name for a key that is a map.
          if (key === '[object Object]') throw new TypeError('invalid map key');
          return [key, part(item, depth + 1)];
        }),
      );
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  };
  return part(document, 0);
};

const finite = (value: number): number => {
  if (!Number.isFinite(value)) throw new TypeError('json: unsupported value');
  return value;
};
