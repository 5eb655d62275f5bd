import { describe, expect, it } from 'vitest';

import { applyJsonPatch } from './json-patch.ts';

const lenient = { replacesMissing: true };

describe('replace', () => {
  const operation = (path: string) => [{ op: 'replace', path, value: 1 }];

  it('fails where there is no member', () => {
    expect(applyJsonPatch({ spec: {} }, operation('/spec/replicas')).ok).toBe(false);
  });

  it('puts a member where there is none for who asks for that', () => {
    expect(applyJsonPatch({ spec: {} }, operation('/spec/replicas'), lenient)).toEqual({
      ok: true,
      value: { spec: { replicas: 1 } },
    });
  });

  it('replaces an item only where there is one', () => {
    expect(applyJsonPatch({ list: [0] }, operation('/list/0'), lenient)).toEqual({ ok: true, value: { list: [1] } });
    expect(applyJsonPatch({ list: [0] }, operation('/list/1'), lenient).ok).toBe(false);
    expect(applyJsonPatch({ list: [0] }, operation('/list/-'), lenient).ok).toBe(false);
  });

  it('needs the object that the member is of', () => {
    expect(applyJsonPatch({}, operation('/spec/replicas'), lenient).ok).toBe(false);
    expect(applyJsonPatch({ spec: 'x' }, operation('/spec/replicas'), lenient).ok).toBe(false);
  });
});
