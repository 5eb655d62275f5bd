import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { TagValues } from '@argosy/expressions';
import { describe, expect, it } from 'vitest';

import type { ValueFrom, WorkflowSpec } from '../api/template-schema.ts';
import { joinSpecs, mergeOver } from '../compile/merge-spec.ts';
import { resolveOutputParameter } from './variables/outputs.ts';
import { isAbsentReference } from './variables/scope.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/conformance/vectors/', import.meta.url));

const vectors = <In, Out>(file: string, check: (input: In, out: Out) => void): void => {
  describe.skipIf(!existsSync(FOLDER))(`vectors ${file}`, () => {
    const cases = existsSync(FOLDER)
      ? (
          JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as {
            cases: readonly { readonly name: string; readonly in: In; readonly out: Out }[];
          }
        ).cases
      : [];
    it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => check(one.in, one.out));
  });
};

vectors<{ valueFrom: ValueFrom; scope: TagValues }, object>('wf-output-parameters', ({ valueFrom, scope }, out) => {
  const value = resolveOutputParameter(valueFrom, scope, 0);
  expect(value.ok ? { value: value.value } : { error: true }).toEqual(out);
});

vectors<{ argument: string; scope: TagValues }, object>('wf-absent-optional', ({ argument, scope }, out) => {
  expect({ absentOptional: isAbsentReference(argument, scope) }).toEqual(out);
});

interface MergeCase {
  readonly op: 'join' | 'mergeTo' | 'joinMetadata';
  readonly workflow: WorkflowSpec;
  readonly template?: WorkflowSpec;
  readonly defaults?: WorkflowSpec;
  readonly patch: WorkflowSpec;
  readonly target: WorkflowSpec;
}
// One case spells a field `workflowMetaData`: Go reads keys whatever their case, our API refuses the unknown name.
const respelled = <T>(value: T): T =>
  JSON.parse((JSON.stringify(value) ?? 'null').replaceAll('workflowMetaData', 'workflowMetadata')) as T;

vectors<MergeCase, Readonly<Record<string, unknown>>>('wf-merge', (given, out) => {
  const input = respelled(given);
  const spec =
    input.op === 'mergeTo'
      ? mergeOver(input.target, input.patch)
      : input.op === 'join'
        ? joinSpecs(input.workflow, input.template, input.defaults)
        : undefined;
  const metadata = input.op === 'joinMetadata' ? mergeOver(input.workflow as object, input.defaults) : {};
  const artifacts = spec?.arguments?.artifacts ?? [];
  const all: Readonly<Record<string, unknown>> = {
    spec,
    arguments: spec?.arguments,
    artifactKeys: Object.fromEntries(artifacts.map((one) => [one.name, one.s3?.key])),
    ...metadata,
  };
  expect(Object.fromEntries(Object.keys(out).map((key) => [key, all[key]]))).toEqual(out);
});
