/**
 * Templates and what Go 1.26 with Sprig 3.3 made of them. The files under cases/ hold data, templates and results.
 */
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import type { MissingKey } from './run/frame.ts';
import { SPRIG_TEMPLATE_FUNCTIONS } from './sprig/sprig.ts';
import { compileGoTemplate, renderGoTemplate } from './template.ts';
import type { GoFunctions } from './values.ts';

interface GoCase {
  readonly template: string;
  readonly option?: string;
  readonly text?: string;
  readonly parse?: string;
  readonly exec?: string;
}

const read = (name: string): { readonly data: unknown; readonly cases: readonly GoCase[] } =>
  JSON.parse(readFileSync(new URL(`./cases/${name}.json`, import.meta.url), 'utf8')) as ReturnType<typeof read>;

const run = (one: GoCase, data: unknown, functions: GoFunctions): Omit<GoCase, 'template' | 'option'> => {
  const compiled = compileGoTemplate('t', one.template, { functions });
  if (!compiled.ok) return { parse: compiled.error.message };
  const missingKey = one.option?.split('=')[1] as MissingKey | undefined;
  try {
    return {
      text: renderGoTemplate(compiled.value, data, { ports: { now: () => 0 }, ...(missingKey ? { missingKey } : {}) }),
    };
  } catch (thrown) {
    return { exec: (thrown as Error).message };
  }
};

describe.each([
  ['printf', {}],
  ['templates', {}],
  ['sprig', SPRIG_TEMPLATE_FUNCTIONS],
] as const)('Go renders %s', (name, functions) => {
  const { data, cases } = read(name);
  it.each(cases.map((one) => [one.template, one] as const))('%s', (_, one) => {
    const { template, option, ...wanted } = one;
    expect(run({ template, ...(option === undefined ? {} : { option }) }, data, functions)).toEqual(wanted);
  });
});
