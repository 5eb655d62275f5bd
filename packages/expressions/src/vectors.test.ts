import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import type { Json } from '@argosy/base';

import { getPath } from './paths/gjson-get.ts';
import { deletePath, setPath } from './paths/sjson-set.ts';
import { substituteTags, type TagValues, type UnresolvedPolicy } from './tags/substitute.ts';
import { evaluateWhen } from './when/evaluate-when.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/conformance/vectors/', import.meta.url));

interface Case<In, Out> {
  readonly name: string;
  readonly in: In;
  readonly out: Out;
}

const casesOf = <In, Out>(file: string): readonly Case<In, Out>[] =>
  existsSync(FOLDER)
    ? (JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as { cases: readonly Case<In, Out>[] }).cases
    : [];

const suite = describe.skipIf(!existsSync(FOLDER));

suite('vectors wf-when', () => {
  const cases = casesOf<{ readonly when: string }, { readonly run?: boolean; readonly error?: string }>('wf-when');
  it.each(cases.map((one, index) => [`${index} ${one.name}`, one] as const))('%s', (_, one) => {
    const result = evaluateWhen(one.in.when);
    expect(result.ok ? { run: result.value } : { error: result.error.reason }).toEqual(one.out);
  });
});

interface TagCase {
  readonly text: Json;
  readonly values: TagValues;
  readonly allowUnresolved?: boolean;
  readonly strictPrefixes?: readonly string[];
}

suite('vectors wf-tags', () => {
  const cases = casesOf<TagCase, { readonly value?: Json; readonly error?: true; readonly missingVariable?: boolean }>(
    'wf-tags',
  );
  it.each(cases.map((one, index) => [`${index} ${one.name} ${JSON.stringify(one.in.text)}`, one] as const))(
    '%s',
    (_, one) => {
      const unresolved: UnresolvedPolicy = one.in.strictPrefixes
        ? { kind: 'strict', prefixes: one.in.strictPrefixes }
        : { kind: one.in.allowUnresolved ? 'allow' : 'refuse' };
      const result = substituteTags(one.in.text, one.in.values, { unresolved, now: Date.UTC(2026, 0, 1) });
      expect(
        result.ok ? { value: result.value } : { error: true, missingVariable: result.error.missingVariable },
      ).toEqual(one.out);
    },
  );
});

interface GjsonCase {
  readonly op: 'get' | 'set' | 'setRaw' | 'delete';
  readonly json: string;
  readonly path: string;
  readonly value?: Json;
}

suite('vectors lang-gjson', () => {
  const cases = casesOf<GjsonCase, Readonly<Record<string, unknown>>>('lang-gjson');
  it.each(cases.map((one, index) => [`${index} ${one.in.op} ${one.in.path}`, one] as const))('%s', (_, one) => {
    if (one.in.op === 'get') {
      const found = getPath(one.in.json, one.in.path);
      expect(found ? { exists: true, type: found.type, string: found.string } : { exists: false }).toEqual(one.out);
      return;
    }
    const document = JSON.parse(one.in.json) as Json;
    const result =
      one.in.op === 'delete' ? deletePath(document, one.in.path) : setPath(document, one.in.path, one.in.value ?? null);
    expect(result.ok ? { result: result.value } : { error: true }).toEqual(one.out);
  });
});
