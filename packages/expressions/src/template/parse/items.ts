/**
 * What a template is made of before it is parsed.
 */
import { quoteGo } from '../format/quote.ts';

/** Kinds of items. Keywords are their own kinds. */
export type ItemKind =
  | 'error'
  | 'bool'
  | 'char'
  | 'character'
  | 'comment'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelimiter'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelimiter'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | 'dot'
  | 'nil'
  | Keyword;

/** An item. */
export interface Item {
  readonly kind: ItemKind;
  readonly at: number;
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** An item as Go names it in messages. */
export const describeItem = (item: Item): string => {
  if (item.kind === 'eof') return 'EOF';
  if (item.kind === 'error') return item.text;
  if (isKeyword(item.kind) || item.kind === 'dot' || item.kind === 'nil') return `<${item.text}>`;
  const runes = [...item.text];
  return runes.length > 10 ? `${quoteGo(runes.slice(0, 10).join(''))}...` : quoteGo(item.text);
};

/** Whether a word is a keyword. */
export const isKeyword = (word: string): word is Keyword => (KEYWORDS as readonly string[]).includes(word);

type Keyword = (typeof KEYWORDS)[number];

const KEYWORDS = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'] as const;
