/**
 * Scalars as goyaml.v2 writes them, for the texts nearly all are: printable, and no number or truth value by accident.
 * Whatever else there is, `writeGoYaml` knows; it looks at every rune, which is slow for descriptions of megabytes.
 * @upstream sigs.k8s.io/yaml/goyaml.v2/emitterc.go
 */

/** Where a scalar stands. */
export interface ScalarPlace {
  /** Column after the blank before it. */
  readonly column: number;
  /** Column of the lines it is continued on. */
  readonly indent: number;
}

const WIDTH = 80;
const PRINTABLE = /^[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]+$/;
const PRINTABLE_LINES = /^[\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]+$/;
/** First characters after which a text can only be a word. */
const WORD_START = /^[A-Za-z_/$(]/;
/** A text of one line that begins as a word, and holds no sign that needs quotes. */
const PLAIN =
  /^[A-Za-z_/$(][\x21-\x39\x3b-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*(?:(?::(?! |$)| (?!#|$))[\x21-\x39\x3b-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*)*$/;
/** First characters that need quotes, and no more. */
const QUOTED_START = /^[#,[\]{}&*!|>'"%@` ]/;
const WORDS: ReadonlySet<string> = new Set(
  'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF null Null NULL'.split(' '),
);
const LONGEST_WORD = 5;

/** A short text as a key or value that stays on its line; `undefined` when it is not one. */
export const writePlainWord = (text: string): string | undefined =>
  text.length <= WIDTH && isPlain(text) ? text : undefined;

/** A text in its style, continued lines included; `undefined` when it is none of those known here. */
export const writeText = (text: string, place: ScalarPlace): string | undefined => {
  if (isPlain(text)) return fold(text, place);
  if (text.includes('\n')) return writeLiteral(text, place.indent);
  if (!PRINTABLE.test(text) || WORDS.has(text)) return undefined;
  const isQuoted = QUOTED_START.test(text);
  if (!isQuoted && !WORD_START.test(text)) return undefined;
  return writeSingleQuoted(text, place);
};

const isPlain = (text: string): boolean => PLAIN.test(text) && (text.length > LONGEST_WORD || !WORDS.has(text));

/** Breaks a text at single blanks once it is beyond the width. */
const fold = (text: string, { column, indent }: ScalarPlace): string => {
  if (column + text.length <= WIDTH) return text;
  const lineStart = `\n${' '.repeat(indent)}`;
  let folded = '';
  let start = 0;
  // Up to the width no blank is looked at.
  let at = text.indexOf(' ', WIDTH - column + 1);
  while (at >= 0) {
    if (text[at - 1] === ' ' || text[at + 1] === ' ') {
      at = text.indexOf(' ', at + 1);
      continue;
    }
    folded += `${text.slice(start, at)}${lineStart}`;
    start = at + 1;
    at = text.indexOf(' ', start + Math.max(0, WIDTH - indent + 1));
  }
  return folded + text.slice(start);
};

const writeSingleQuoted = (text: string, { column, indent }: ScalarPlace): string | undefined => {
  // Blanks at the ends are never broken at, and neither are those beside them: left to the other writer.
  if (text.startsWith(' ') || text.endsWith(' ')) return undefined;
  return `'${fold(text.replaceAll("'", "''"), { column: column + 1, indent })}'`;
};

/** Lines as they are; `undefined` where a block cannot hold them. */
const writeLiteral = (text: string, indent: number): string | undefined => {
  if (!PRINTABLE_LINES.test(text) || text.endsWith(' ') || text.includes(' \n')) return undefined;
  const hint = text.startsWith(' ') || text.startsWith('\n') ? '2' : '';
  const keeps = text === '\n' || text.endsWith('\n\n');
  const chomping = text.endsWith('\n') ? (keeps ? '+' : '') : '-';
  const pad = ' '.repeat(indent);
  return `|${hint}${chomping}\n${text.replace(/^(?=[^\n])/gm, pad)}`;
};
