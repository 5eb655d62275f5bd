/** Texts that are nearly programs: words of a language in any order, and samples with parts cut, doubled, swapped. */
import fc from 'fast-check';

/** What texts of a language are made of. */
export interface Vocabulary {
  readonly words: readonly string[];
  /** Programs that work. */
  readonly samples: readonly string[];
}

const ODD_WORDS = [
  '',
  ' ',
  '\n',
  '\t',
  '\0',
  'é',
  '😀',
  '\ud83d',
  '\uffff',
  '\\',
  '"',
  "'",
  '`',
  '#',
  '-1',
  '0',
  '1e999',
];
const DEEP = ['(', '[', '{', '-', '!', '((((((((', '[[[[[[[[', '{{{{{{{{'];

/** Texts of a language. */
export const programsOf = ({ words, samples }: Vocabulary): fc.Arbitrary<string> => {
  const word = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_WORDS) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6, unit: 'binary' }) },
  );
  const glue = fc.constantFrom('', ' ', ' ', '\n');
  const sequence = fc
    .array(fc.tuple(word, glue), { maxLength: 25 })
    .map((parts) => parts.map(([text, after]) => text + after).join(''));
  const change = fc.tuple(
    fc.nat(),
    fc.nat(),
    fc.oneof(word, sequence),
    fc.constantFrom('cut', 'put', 'swap', 'double'),
  );
  const changed = fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 4 }))
    .map(([sample, changes]) => changes.reduce(applyChange, sample));
  const repeated = fc
    .tuple(fc.oneof(fc.constantFrom(...DEEP), word), fc.integer({ min: 50, max: 20_000 }), fc.constantFrom(...samples))
    .map(([text, count, sample]) => text.repeat(Math.min(count, Math.floor(60_000 / (text.length + 1)))) + sample);
  return fc.oneof(
    { weight: 10, arbitrary: changed },
    { weight: 8, arbitrary: sequence },
    { weight: 1, arbitrary: repeated },
    { weight: 1, arbitrary: fc.string({ maxLength: 60, unit: 'binary' }) },
  );
};

const applyChange = (text: string, [at, length, put, how]: readonly [number, number, string, string]): string => {
  const from = at % (text.length + 1);
  const to = Math.min(text.length, from + (length % 12));
  const part = text.slice(from, to);
  if (how === 'cut') return text.slice(0, from) + text.slice(to);
  if (how === 'put') return text.slice(0, from) + put + text.slice(from);
  if (how === 'swap') return text.slice(0, from) + put + text.slice(to);
  return text.slice(0, to) + part + text.slice(to);
};
