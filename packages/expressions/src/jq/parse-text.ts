/**
 * Escapes of jq's texts: those of JSON.
 */
import { JqSyntaxError } from './jq-error.ts';

const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/y;

/** Undoes the escapes of a text. */
export const unescapeJq = (text: string, at: number): string => {
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
