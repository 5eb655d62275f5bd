import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { createSeededRandom, type Json } from '@argosy/base';

import type { MissingKey } from './run/frame.ts';
import { SPRIG_TEMPLATE_FUNCTIONS } from './sprig/sprig.ts';
import { compileGoTemplate, renderGoTemplate } from './template.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/conformance/vectors/', import.meta.url));

interface TemplateCase {
  readonly name: string;
  readonly in: { readonly template: string; readonly data?: Json; readonly option?: string };
  readonly out: { readonly text?: string; readonly error?: 'parse' | 'exec' | true };
}

const casesOf = (file: string): readonly (readonly [string, TemplateCase])[] => {
  if (!existsSync(FOLDER)) return [];
  const { cases } = JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as { cases: readonly TemplateCase[] };
  return cases.map((one, index) => [`${index} ${one.name} ${one.in.template}`, one]);
};

const suite = describe.skipIf(!existsSync(FOLDER));

suite('vectors lang-go-template', () => {
  it.each(casesOf('lang-go-template'))('%s', (_, one) => {
    const compiled = compileGoTemplate('t', one.in.template);
    if (!compiled.ok) {
      expect({ error: 'parse' }).toEqual(one.out);
      return;
    }
    const missingKey = one.in.option?.split('=')[1] as MissingKey | undefined;
    let result: TemplateCase['out'];
    try {
      result = { text: renderGoTemplate(compiled.value, one.in.data ?? null, missingKey ? { missingKey } : {}) };
    } catch (thrown) {
      expect(thrown).toMatchObject({ name: 'TemplateFailure', code: 'template.exec' });
      result = { error: 'exec' };
    }
    expect(result).toEqual(one.out);
  });
});

suite('vectors lang-sprig', () => {
  const ports = { now: () => Date.UTC(2026, 0, 1), random: createSeededRandom(1) };
  it.each(casesOf('lang-sprig'))('%s', (_, one) => {
    let result: TemplateCase['out'] = { error: true };
    const compiled = compileGoTemplate('t', one.in.template, { functions: SPRIG_TEMPLATE_FUNCTIONS });
    if (compiled.ok)
      try {
        result = { text: renderGoTemplate(compiled.value, one.in.data ?? null, { ports }) };
      } catch (thrown) {
        expect(thrown).toMatchObject({ name: 'TemplateFailure', code: 'template.exec' });
      }
    expect(result).toEqual(one.out);
  });
});
