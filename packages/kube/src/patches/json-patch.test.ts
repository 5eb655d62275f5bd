import { describe, expect, it } from 'vitest';

import { applyJsonPatch } from './json-patch.ts';

describe('replace', () => {
  const operation = (path: string) => [{ op: 'replace', path, value: 1 }];

  it('puts a member where there is none, as upstream does', () => {
    expect(applyJsonPatch({ spec: {} }, operation('/spec/replicas'))).toEqual({
      ok: true,
      value: { spec: { replicas: 1 } },
    });
  });

  it('replaces an item only where there is one', () => {
    expect(applyJsonPatch({ list: [0] }, operation('/list/0'))).toEqual({ ok: true, value: { list: [1] } });
    expect(applyJsonPatch({ list: [0] }, operation('/list/1')).ok).toBe(false);
    expect(applyJsonPatch({ list: [0] }, operation('/list/-')).ok).toBe(false);
  });

  it('needs the object that the member is of', () => {
    expect(applyJsonPatch({}, operation('/spec/replicas')).ok).toBe(false);
    expect(applyJsonPatch({ spec: 'x' }, operation('/spec/replicas')).ok).toBe(false);
  });
});
