/**
 * YAML as sigs.k8s.io/yaml reads it, for Helm's `fromYaml`: YAML 1.1 booleans and octals, the last of duplicate keys.
 * @spec sigs.k8s.io/yaml (goyaml.v2)
 */
import yaml from 'js-yaml';

import { fail, messageOf, ok, type Result } from '@argosy/base';

import { fromBytes, toWellFormed } from '../go-text.ts';
import { decodeBase } from '../sprig/base-codes.ts';
import { goMap, GoList, type GoValue } from '../values.ts';

const BOOLEANS = new Map<string, boolean>([
  ...'y Y yes Yes YES true True TRUE on On ON'.split(' ').map((word): [string, boolean] => [word, true]),
  ...'n N no No NO false False FALSE off Off OFF'.split(' ').map((word): [string, boolean] => [word, false]),
]);
const NULLS = new Set<unknown>([null, '', '~', 'null', 'Null', 'NULL']);
const INTEGER = /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0[xX][0-9a-fA-F_]+|[1-9][0-9_]*|0)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const SPECIAL = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;
const DEEPEST = 150;
const MOST_PARTS = 1_000_000;

const isText = (text: unknown): text is string => typeof text === 'string';

/** The value of an integer literal; beyond 64 bits it is a float. */
const toNumber = (text: string): number => {
  const plain = text.replaceAll('_', '').replace(/^\+/, '');
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^-/, '');
  const octal = /^0o?([0-7]+)$/.exec(digits);
  return sign * Number(octal ? `0o${octal[1] ?? '0'}` : digits);
};

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
      resolve: (text: unknown) => isText(text) && INTEGER.test(text),
      construct: toNumber,
    }),
    new yaml.Type('tag:yaml.org,2002:float', {
      kind: 'scalar',
      resolve: (text: unknown) =>
        isText(text) && (SPECIAL.test(text) || (FLOAT.test(text) && Number.isFinite(Number(text)))),
      construct: (text: string) => (SPECIAL.test(text) ? Number.NaN : Number(text)),
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
      (kind) => new yaml.Type('!', { kind, multi: true, construct: (value: unknown) => value }),
    ),
  ],
});

/** Reads one document; numbers are float64, as after Helm's way through JSON. */
export const readYaml = (text: string): Result<GoValue> => {
  try {
    return ok(convert(yaml.load(firstDocument(toWellFormed(text)), { schema: SCHEMA, json: true })));
  } catch (thrown) {
    if (thrown instanceof RangeError) return fail('error converting YAML to JSON: yaml: nested too deeply');
    return fail(`error converting YAML to JSON: yaml: ${messageOf(thrown).split('\n')[0] ?? ''}`);
  }
};

/** Whatever follows the first document does not count. */
const firstDocument = (text: string): string => {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const isContent = (line: string): boolean => line.trim() !== '' && !/^\s*#/.test(line) && !line.startsWith('%');
  let hasContent = false;
  for (const [index, line] of lines.entries()) {
    if (/^---(?:\s|$)/.test(line)) {
      if (hasContent) return lines.slice(0, index).join('\n');
      hasContent = true;
    } else if (/^\.\.\.(?:\s|$)/.test(line)) return lines.slice(0, index).join('\n');
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
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('json: unsupported value');
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
