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
