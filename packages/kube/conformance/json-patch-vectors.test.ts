/** Cases computed with the library the API server uses. */
import { existsSync, readFileSync } from 'node:fs';

import { isEqual } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { applyJsonPatch, applyMergePatch, createMergePatch } from '../src/index.ts';

interface PatchCase {
  readonly name: string;
  readonly in: {
    readonly op: string;
    readonly document?: unknown;
    readonly patch?: unknown;
    readonly from?: unknown;
    readonly to?: unknown;
  };
  readonly out: unknown;
}

const file = new URL('../../../../shared/conformance/vectors/k8s-json-patch.json', import.meta.url);
const cases: readonly PatchCase[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).cases : [];

const run = (input: PatchCase['in']): unknown => {
  if (input.op === 'mergePatch') return { result: applyMergePatch(input.document, input.patch) };
  if (input.op === 'createMergePatch') return { patch: createMergePatch(input.from, input.to) };
  const patched = applyJsonPatch(input.document, input.patch);
  return patched.ok ? { result: patched.value } : { error: true };
};

describe.skipIf(cases.length === 0)('vectors k8s-json-patch (skipped when the shared folder is absent)', () => {
  it.each(cases)('$name', (one) => expect(run(one.in)).toEqual(one.out));
  it('prints how many held', () => {
    const held = cases.filter((one) => isEqual(run(one.in), one.out)).length;
    process.stdout.write(`k8s-json-patch.json: ran ${cases.length}, held ${held}, not yet applicable 0
`);
    expect(held).toBe(cases.length);
  });
});
