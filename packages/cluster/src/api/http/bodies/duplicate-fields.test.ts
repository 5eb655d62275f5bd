import { expect, it } from 'vitest';

import { duplicateFields } from './duplicate-fields.ts';

it.each([
  { text: '{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', found: [] },
  { text: '{"a":1,"a":2}', found: ['a'] },
  { text: '{"spec":{"replicas":1,"x":{},"replicas":2,"replicas":3}}', found: ['spec.replicas'] },
  { text: '{"c":[{"n":1},{"n":1,"e":[[],[{"v":1,"v":1}]],"n":2}]}', found: ['c[1].e[1][0].v', 'c[1].n'] },
  { text: String.raw`{"a":"\"a\":{,[","b":"\\","a\"":1,"b":"}"}`, found: ['b'] },
  { text: String.raw`{"\u0061":1,"a":2}`, found: ['a'] },
  { text: '{"a":"a","b":["a","a"],"c":{"a":"b"}}', found: [] },
  { text: '"text"', found: [] },
])('of $text', ({ text, found }) => expect(duplicateFields(text)).toEqual(found));

it('tells of a hundred, wherever they are', () => {
  const pairs = Array.from({ length: 300 }, (_, at) => `"k${at}":1,"k${at}":2`).join(',');
  const found = duplicateFields(`${'{"a":'.repeat(400)}{${pairs}}${'}'.repeat(400)}`);
  expect(found).toHaveLength(100);
  expect(found[0]).toBe(`${'a.'.repeat(400)}k0`);
});
