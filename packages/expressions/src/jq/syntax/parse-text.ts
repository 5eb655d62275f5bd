/**
 * Texts: escapes as in JSON, and filters between `\(` and `)`.
 */
import { JqSyntaxError } from '../jq-error.ts';
import type { JqNode } from './ast.ts';
import type { JqReader } from './jq-reader.ts';
import { endOfInterpolation } from './tokenize.ts';

/** A text, its interpolations parsed. */
export const parseText = (reader: JqReader, format: string | undefined): JqNode => {
  const { text, at } = reader.advance();
  const parts: (string | JqNode)[] = [];
  let [plain, index] = ['', 0];
  while (index < text.length) {
    const open = text.indexOf('\\(', index);
    const escape = text.indexOf('\\', index);
    if (escape >= 0 && escape !== open) {
      plain += text.slice(index, escape + 2);
      index = escape + 2;
      continue;
    }
    if (open < 0) break;
    const close = endOfInterpolation(text, open + 2);
    parts.push(unescapeJq(plain + text.slice(index, open), reader.placeOf(at)));
    plain = '';
    const inner = reader.within(text.slice(open + 2, close), at + open + 3);
    parts.push(inner.pipe());
    inner.expectEnd();
    index = close + 1;
  }
  parts.push(unescapeJq(plain + text.slice(index), reader.placeOf(at)));
  if (parts.length === 1) return { kind: 'literal', value: parts[0] as string };
  return { kind: 'string', format, parts };
};

const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/y;

const unescapeJq = (text: string, at: number): string => {
  if (!text.includes('\\')) return text;
  let result = '';
  for (let index = 0; index < text.length;) {
    if (text[index] !== '\\') {
      result += text[index] ?? '';
      index += 1;
      continue;
    }
    ESCAPE.lastIndex = index;
    const escape = ESCAPE.exec(text)?.[0];
    if (escape === undefined)
      throw new JqSyntaxError(
        `invalid escape sequence ${JSON.stringify(text.slice(index, index + 2))} in string literal`,
        at,
      );
    result += JSON.parse(`"${escape}"`) as string;
    index += escape.length;
  }
  return result;
};
