/**
 * `@csv`, `@base64` and the other formats of texts.
 * @spec github.com/itchyny/gojq func.go funcToCSV …
 */
import { fromBytes, toBytes, toWellFormed } from '../../template/go-text.ts';
import { decodeBase, encodeBase } from '../../template/encoding/base-codes.ts';
import { JqError } from '../jq-error.ts';
import { describeJq, isJqArray, isJqObject, previewOf, toText, type Jq } from '../values/jq-value.ts';

/** A value as text: texts as they are, others as JSON. */
export const textOf = (value: Jq): string => (typeof value === 'string' ? value : toText(value));

const HTML: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&apos;',
  '"': '&quot;',
};
const TSV: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\r': '\\r',
  '\n': '\\n',
  '\\': '\\\\',
  '\u0000': '\\0',
};

const toUri = (text: string): string =>
  Array.from(toBytes(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9\-_.~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

const fromUri = (value: Jq): string => {
  const text = textOf(value);
  const broken = /%(?![0-9A-Fa-f]{2}).{0,2}/su.exec(text);
  if (broken)
    throw new JqError(
      `@urid cannot be applied to ${previewOf(value)}: invalid URL escape ${JSON.stringify(broken[0])}`,
    );
  const bytes = text.replace(/%([0-9A-Fa-f]{2})|[^%]+/g, (part, hex: string | undefined) =>
    hex === undefined
      ? Array.from(toBytes(part), (byte) => String.fromCharCode(byte)).join('')
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return toWellFormed(fromBytes(Uint8Array.from(bytes, (character) => character.charCodeAt(0))));
};

const fromBase64 = (value: Jq): string => {
  const text = textOf(value);
  const bare = text.replace(/=.*$/s, '');
  const length = bare.replace(/[\r\n]/g, '').length;
  const result = length % 4 === 1 ? undefined : decodeBase('base64', bare + '='.repeat((4 - (length % 4)) % 4));
  if (!result?.ok) {
    const reason = result ? result.error : `illegal base64 data at input byte ${bare.length - 1}`;
    throw new JqError(`@base64d cannot be applied to ${previewOf(value)}: ${reason}`);
  }
  return toWellFormed(fromBytes(result.value));
};

const row = (
  name: string,
  value: Jq,
  how: { readonly separator: string; readonly escape: (text: string) => string },
) => {
  if (!isJqArray(value)) throw new JqError(`@${name} cannot be applied to: ${describeJq(value)}`);
  return value
    .map((item) => {
      if (isJqArray(item) || isJqObject(item))
        throw new JqError(`@${name} cannot format an array including: ${describeJq(item)}`);
      if (typeof item === 'string') return how.escape(item);
      return item === null && name !== 'sh' ? '' : toText(item);
    })
    .join(how.separator);
};

const FORMATS: Readonly<Record<string, (value: Jq) => string>> = {
  '@base32': (value) => encodeBase('base32', toBytes(textOf(value))),
  '@base32d': (value) => {
    const result = decodeBase('base32', textOf(value));
    if (!result.ok) throw new JqError(`@base32d cannot be applied to ${previewOf(value)}: ${result.error}`);
    return toWellFormed(fromBytes(result.value));
  },
  '@base64': (value) => encodeBase('base64', toBytes(textOf(value))),
  '@base64d': fromBase64,
  '@csv': (value) =>
    row('csv', value, {
      separator: ',',
      escape: (text) => `"${text.replaceAll('"', '""').replaceAll('\u0000', '\\0')}"`,
    }),
  '@html': (value) => textOf(value).replace(/[<>&'"]/g, (character) => HTML[character] ?? ''),
  '@json': toText,
  '@sh': (value) =>
    row('sh', isJqArray(value) ? value : [value], {
      separator: ' ',
      escape: (text) => `'${text.replaceAll("'", "'\\''").replaceAll('\u0000', '\\0')}'`,
    }),
  '@text': textOf,
  '@tsv': (value) =>
    row('tsv', value, {
      separator: '\t',
      // oxlint-disable-next-line no-control-regex
      escape: (text) => text.replace(/[\t\r\n\\\u0000]/g, (character) => TSV[character] ?? ''),
    }),
  '@uri': (value) => toUri(textOf(value)),
  '@urid': fromUri,
};

/** Writes a value in a format; an unknown one is refused by its name. */
export const formatValue = (name: string, value: Jq): string => {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (!format) throw new JqError(`format not defined: ${name}`);
  return format(value);
};
