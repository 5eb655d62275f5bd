import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import type { Workflow, WorkflowTemplate } from '../api/kinds.ts';
import { compileTemplate, compileWorkflow } from './compile-workflow.ts';
import type { ValidationMode } from './validate-workflow.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/conformance/', import.meta.url));
const HAS_FOLDER = existsSync(FOLDER);

interface Case {
  readonly name: string;
  readonly in: { readonly object: Workflow; readonly mode: ValidationMode };
  readonly out: { readonly valid: boolean; readonly reason?: readonly string[]; readonly field?: string };
}

const compile = (given: Workflow, mode: ValidationMode) => {
  const object = { ...given, metadata: given.metadata ?? {} };
  return object.kind === 'Workflow'
    ? compileWorkflow(object, new Map(), mode)
    : compileTemplate(object as WorkflowTemplate, new Map(), mode);
};

describe.skipIf(!HAS_FOLDER)('vectors wf-validation', () => {
  const cases = HAS_FOLDER
    ? (JSON.parse(readFileSync(`${FOLDER}vectors/wf-validation.json`, 'utf8')) as { cases: readonly Case[] }).cases
    : [];
  it('are all there', () => expect(cases.length).toBe(98));
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const compiled = compile(one.in.object, one.in.mode);
    const [first] = compiled.ok ? [] : compiled.error;
    expect({
      valid: compiled.ok,
      ...(first ? { reason: first.rule.split(' ') } : {}),
      ...(first && one.out.field !== undefined ? { field: first.field } : {}),
    }).toEqual(one.out);
  });
});
