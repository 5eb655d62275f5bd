import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { writeGoYaml } from '@argosy/expressions';

import { toGoData } from './go-data.ts';
import { PlainScalar, type Value } from './value.ts';
import { writeYamlDocument } from './yaml-writer.ts';

/** Pieces that texts of manifests are made of, and those that make trouble. */
const PIECES = [
  ...Array.from('abcXYZ019 -_.:#/\'"\n\t{}[],&*!|>%@`?=~<$()\\'),
  '\n\n',
  '  ',
  ': ',
  ' #',
  ' \n',
  '- ',
  'true',
  'null',
  'yes',
  '1.5',
  '0x1',
  '---',
  'é',
  '日本',
  '🙂',
  '\u2028',
  '\u0085',
  'a word ',
  'a longer sentence that goes on for a while and then stops ',
];
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join(''));
const key = fc.oneof(fc.constantFrom('name', 'spec', 'x-kubernetes-a', 'a10', 'a2', 'A', '1', 'yes', ''), text);
const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    text as fc.Arbitrary<Value>,
    fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.constantFrom('0644', '1.50', '12345678901234567890').map((number): Value => new PlainScalar('number', number)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
  ),
}));

describe('writeYamlDocument', () => {
  it('writes what the writer of runes writes', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(writeYamlDocument(value)).toBe(writeGoYaml(toGoData(value)));
      }),
      { numRuns: 3000 },
    );
  });
});
