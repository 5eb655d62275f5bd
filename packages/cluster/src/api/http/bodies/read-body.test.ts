import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { MESSAGES } from '@argosy/kube';

import { parseBody } from './read-body.ts';

const parse = (text: string, validation: string): unknown =>
  parseBody(Buffer.from(text), {
    mediaType: 'application/yaml',
    messages: MESSAGES,
    validation,
    kind: () => 'Namespace',
  }).value;

const FILE = new URL('../../../../../../../shared/conformance/vectors/lang-yaml.json', import.meta.url).pathname;

interface Case {
  readonly name: string;
  readonly in: { readonly op: string; readonly yaml: string };
}

const strict = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, 'utf8')) as { readonly cases: readonly Case[] }).cases.filter(
      (one) => one.in.op === 'strict',
    )
  : [];

describe('bodies in YAML', () => {
  it('may hold a key twice, of which the last counts, unless validation is strict', () => {
    expect(parse('a: 1\na: 2\n', '')).toEqual({ a: 2 });
    expect(() => parse('a: 1\na: 2\n', 'Strict')).toThrow('line 2: key "a" already set in map');
  });

  it('may not stand for more than a body may hold, however short they are', () => {
    const levels = Array.from(
      { length: 40 },
      (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}, *a${at}]`,
    );
    expect(() => parse(['a0: &a0 x', ...levels].join('\n'), '')).toThrow('more than 250000 values');
    const repeated = Array.from({ length: 2000 }, () => '- *long').join('\n');
    expect(() => parse(`a: &long ${'x'.repeat(10_000)}\nb:\n${repeated}\n`, '')).toThrow('larger than');
  });

  it('may hold so many values and no more, in whatever language', () => {
    const ofJson = (count: number) =>
      parseBody(Buffer.from(`{"a":[${Array.from({ length: count }, () => '{}').join(',')}]}`), {
        mediaType: 'application/json',
        messages: MESSAGES,
        validation: '',
        kind: () => 'Namespace',
      }).value;
    expect(ofJson(249_000)).toBeDefined();
    expect(() => ofJson(250_000)).toThrow('more than 250000 values');
  });

  it('may use aliases as people do', () =>
    expect(parse('a: &a {b: [1, 2]}\nc: *a\nd: *a\n', '')).toEqual({
      a: { b: [1, 2] },
      c: { b: [1, 2] },
      d: { b: [1, 2] },
    }));

  it.skipIf(strict.length === 0)('vectors lang-yaml, strict (skipped where the conformance data is absent)', () => {
    for (const { in: given } of strict) expect(() => parse(given.yaml, 'Strict')).toThrow('already set in map');
    expect(strict.length).toBeGreaterThan(0);
  });
});
