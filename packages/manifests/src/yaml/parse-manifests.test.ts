import { describe, expect, it } from 'vitest';

import { parseYamlDocuments } from './parse-manifests.ts';

const read = (text: string): unknown => parseYamlDocuments(text, 'a.yaml')[0];

describe('merge keys', () => {
  it.each<readonly [string, string, unknown]>([
    ['before own keys', 'b: &b {x: 1, z: 1}\nc: {<<: *b, x: 5}\n', { x: 5, z: 1 }],
    ['after own keys', 'b: &b {x: 1, z: 1}\nc: {x: 5, <<: *b}\n', { x: 1, z: 1 }],
    ['of several mappings', 'b: [&a {x: 1}, &b {x: 2, z: 2}]\nc: {<<: [*a, *b]}\n', { x: 1, z: 2 }],
    ['twice', 'b: [&a {x: 1}, &b {z: 2}]\nc: {<<: *a, <<: *b}\n', { x: 1, z: 2 }],
    ['of mappings that merge', 'a: &a {x: 1}\nb: &b {<<: *a, z: 2}\nc: {<<: *b}\n', { x: 1, z: 2 }],
    ['beside keys that are whole numbers', 'b: &b {1: a, 2: b}\nc: {<<: *b, 1: own}\n', { 1: 'own', 2: 'b' }],
    ['quoted: no merge', 'c: {"<<": {x: 1}}\n', { '<<': { x: 1 } }],
    ['as a value', 'c: {x: <<}\n', { x: '<<' }],
  ])('%s', (_, text, expected) => expect((read(text) as { readonly c: unknown }).c).toEqual(expected));

  it('refuses what is no mapping', () => {
    expect(() => read('c: {<<: 5}\n')).toThrow('a.yaml: map merge requires map or sequence of maps as the value');
  });
});

describe('values', () => {
  it('are copies: aliases share nothing', () => {
    const { a, b } = read('a: &x {list: [1]}\nb: *x\n') as Record<string, { readonly list: readonly number[] }>;
    expect(a).toEqual(b);
    expect([a === b, a?.list === b?.list]).toEqual([false, false]);
  });

  it('may be called like the prototype of all objects', () => {
    const object = read('__proto__: {a: 1}\nb: 2\n') as object;
    expect(JSON.stringify(object)).toBe('{"__proto__":{"a":1},"b":2}');
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  });

  it.each([
    [
      'too deep',
      Array.from({ length: 202 }, (_, at) => `a${at}: &a${at} [${at === 0 ? 'x' : `*a${at - 1}`}]`).join('\n'),
      'nested deeper than 200',
    ],
    ['no JSON', 'a: .inf', 'a number that JSON does not have'],
    ['a mapping as a key', '{{ .Values.x }}: 1', 'a mapping as a key'],
    [
      'made of aliases of aliases',
      Array.from({ length: 9 }, (_, at) =>
        at === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x]' : `a${at}: &a${at} [${`*a${at - 1},`.repeat(8)}]`,
      ).join('\n'),
      'aliases expanded',
    ],
  ])('are refused: %s', (_case, text, message) => expect(() => read(text)).toThrow(message));
});
