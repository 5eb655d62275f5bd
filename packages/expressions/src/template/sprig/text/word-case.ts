/**
 * Words of identifiers: snake, kebab and camel case, titles and initials.
 * @spec github.com/huandu/xstrings convert.go, Masterminds/goutils wordutils.go
 */
import { isInvalidByte, runesOf } from '../../go-text.ts';
import {
  isDigit,
  isLetter,
  isLower,
  isNumber,
  isPunctuation,
  isSpace,
  isTitle,
  isUpper,
  lowerRune,
  upperRune,
} from './letters.ts';

type WordKind = 'none' | 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

const isConnector = (rune: string): boolean => rune === '-' || rune === '_' || isSpace(rune);

/** `HTTPServer` → `http_server`, with the connector of choice. */
export const joinWords = (text: string, connector: string): string => new WordJoiner(text, connector).run();

class WordJoiner {
  private readonly runes: readonly string[];
  private readonly connector: string;
  private at = 0;
  private output = '';

  constructor(text: string, connector: string) {
    this.runes = runesOf(text);
    this.connector = connector;
  }

  run(): string {
    let word = this.next();
    while (this.at < this.runes.length) {
      if (word.kind !== 'connector') this.write(word);
      const previous = word;
      word = this.next();
      if (previous.kind === 'number') word = this.afterNumber(word);
      else if (previous.kind === 'connector') this.write(previous);
      else if (previous.kind !== 'punctuation') word = this.afterLetters(word);
    }
    this.write(word);
    return this.output;
  }

  private afterNumber(first: Word): Word {
    const word = this.writeRun(first);
    if (word.kind !== 'none' && word.kind !== 'punctuation' && word.kind !== 'connector') this.output += this.connector;
    return word;
  }

  private afterLetters(first: Word): Word {
    if (first.kind !== 'number') {
      if (first.kind !== 'connector' && first.kind !== 'punctuation') this.output += this.connector;
      return first;
    }
    if (this.at >= this.runes.length) return first;
    const word = this.next();
    if (word.kind !== 'letters') {
      this.write(first);
      if (word.kind !== 'connector' && word.kind !== 'punctuation') this.output += this.connector;
      return word;
    }
    this.output += this.connector;
    this.write(first);
    return this.afterNumber(word);
  }

  /** Writes letters and numbers as they come; gives the first word that is neither. */
  private writeRun(first: Word): Word {
    let word = first;
    while (word.kind === 'letters' || word.kind === 'number') {
      this.write(word);
      word = this.next();
    }
    return word;
  }

  private write(word: Word): void {
    if (word.kind !== 'upper' && word.kind !== 'connector') {
      this.output += word.text;
      return;
    }
    for (const rune of runesOf(word.text))
      this.output += isConnector(rune) ? this.connector : isUpper(rune) ? lowerRune(rune) : rune;
  }

  private next(): Word {
    const start = this.at;
    const first = this.runes[start];
    if (first === undefined) return { kind: 'none', text: '' };
    this.at += 1;
    const kind = this.readKind(first);
    return { kind, text: this.runes.slice(start, this.at).join('') };
  }

  private readKind(first: string): WordKind {
    if (isConnector(first)) return this.take(isConnector, 'connector');
    if (isPunctuation(first)) return this.take(isPunctuation, 'punctuation');
    if (isUpper(first)) return this.takeUpper();
    if (isLetter(first)) return this.take((rune) => isLetter(rune) && !isUpper(rune), 'letters');
    if (isNumber(first)) return this.take(isNumber, 'number');
    return this.take(
      (rune) => !isConnector(rune) && !isLetter(rune) && !isNumber(rune) && !isPunctuation(rune),
      'other',
    );
  }

  private take(belongs: (rune: string) => boolean, kind: WordKind): WordKind {
    while (this.at < this.runes.length && belongs(this.runes[this.at] ?? '')) this.at += 1;
    return kind;
  }

  /** An acronym, whose last capital belongs to the word after it; or a capitalised word. */
  private takeUpper(): WordKind {
    const next = this.runes[this.at] ?? '';
    if (!isUpper(next))
      return isLetter(next) ? this.take((rune) => isLetter(rune) && !isUpper(rune), 'upper') : 'upper';
    this.take(isUpper, 'upper');
    if (this.at < this.runes.length && isLetter(this.runes[this.at] ?? '')) this.at -= 1;
    return 'upper';
  }
}

const validRune = (rune: string): string => (isInvalidByte(rune) ? '\ufffd' : rune);

/** `http_server` → `HttpServer`. */
export const toPascalCase = (text: string): string => {
  const runes = runesOf(text).map(validRune);
  let at = 0;
  let output = '';
  while (at < runes.length && isConnector(runes[at] ?? '')) output += runes[at++] ?? '';
  // xstrings writes the last of nothing but connectors twice.
  if (at >= runes.length) return output + (runes.at(-1) ?? '');
  let isAfterUpper = isUpper(runes[at] ?? '');
  let current = upperRune(runes[at] ?? '');
  for (at += 1; at < runes.length; at += 1) {
    const before = current;
    current = runes[at] ?? '';
    if (isConnector(current) && isConnector(before)) {
      output += before;
      continue;
    }
    if (isConnector(before)) {
      isAfterUpper = isUpper(current);
      current = upperRune(current);
      continue;
    }
    if (isAfterUpper) {
      if (isUpper(current)) current = lowerRune(current);
      else isAfterUpper = false;
    }
    output += before;
  }
  return output + current;
};

/** First letters of words in upper case: strings.Title. */
export const toTitle = (text: string): string => {
  let before = ' ';
  return runesOf(text)
    .map((rune) => {
      const raised = isSeparator(before) ? upperRune(rune) : rune;
      before = rune;
      return raised;
    })
    .join('');
};

const isSeparator = (rune: string): boolean => {
  if (rune <= '\u007f') return !/[A-Za-z0-9_]/.test(rune);
  return !isLetter(rune) && !isDigit(rune) && isSpace(rune);
};

/** First letters of words in lower case. */
export const uncapitalize = (text: string): string => {
  let isFirst = true;
  return runesOf(text)
    .map((rune) => {
      if (isSpace(rune)) isFirst = true;
      else if (isFirst) {
        isFirst = false;
        return lowerRune(rune);
      }
      return rune;
    })
    .join('');
};

/** Upper to lower and back. goutils writes title case at word starts, which differs for ligatures only. */
export const swapCase = (text: string): string =>
  runesOf(text)
    .map((rune) => {
      if (isUpper(rune) || isTitle(rune)) return lowerRune(rune);
      return isLower(rune) ? upperRune(rune) : rune;
    })
    .join('');
