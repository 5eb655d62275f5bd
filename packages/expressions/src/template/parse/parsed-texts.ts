/**
 * Texts that templates bring along, parsed once for as long as they are asked for.
 */
import type { GoFunction } from '../values.ts';
import type { TemplateTree } from './nodes.ts';
import type { Delimiters } from './tokenize.ts';

type Parsed = ReadonlyMap<string, TemplateTree>;

/** With what a text is parsed. */
interface Grammar {
  readonly delimiters: Delimiters;
  readonly functions: ReadonlyMap<string, GoFunction>;
}

/** Texts kept parsed with a set's functions: charts run the same few, of values and partials, over and over. */
interface ParsedTexts {
  readonly byText: Map<string, Parsed>;
  characters: number;
}

/** A set's share: some hundreds of texts as charts have them. */
const MOST_CHARACTERS = 50_000;
const parsedTexts = new WeakMap<Grammar['functions'], ParsedTexts>();

/** What `parse` makes of a text; it is asked once for the same text under the same name. */
export const parseOften = (
  set: Grammar,
  file: { readonly name: string; readonly text: string },
  parse: () => Parsed,
): Parsed => {
  const key = [set.delimiters.left, set.delimiters.right, file.name, file.text].join('\n');
  const known = parsedTexts.get(set.functions)?.byText.get(key);
  if (known) return known;
  const parsed = parse();
  let texts = parsedTexts.get(set.functions);
  if (!texts || texts.characters + key.length > MOST_CHARACTERS) texts = { byText: new Map(), characters: 0 };
  texts.byText.set(key, parsed);
  texts.characters += key.length;
  parsedTexts.set(set.functions, texts);
  return parsed;
};
