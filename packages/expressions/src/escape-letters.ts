/**
 * Letters that stand for characters behind a backslash, in Go and in the languages after it.
 * @spec https://go.dev/ref/spec#Rune_literals
 */

/** The characters by their letters. */
export const LETTER_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** How such a character is written, and the backslash itself. */
export const WRITTEN_ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};
