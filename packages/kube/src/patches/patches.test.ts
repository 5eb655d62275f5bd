import { deepFreeze, isEqual } from '@argosy/base';
import fc from 'fast-check';
import jsonpatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';

import { applyJsonPatch, applyMergePatch, createMergePatch } from './index.ts';

const names = fc.constantFrom('a', 'b', 'a/b', '~', '0', '__proto__x');
const value = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.constantFrom('x', true),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(names, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json;
const object = fc.dictionary(names, value, { maxKeys: 4, noNullPrototype: true });

describe('applyJsonPatch', () => {
  it('turns one object into another by the patch the oracle makes', () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        const patched = applyJsonPatch(deepFreeze(structuredClone(from)), jsonpatch.compare(from, to));
        expect(patched.ok && isEqual(patched.value, to)).toBe(true);
      }),
    );
  });

  it.each([
    {
      reason: 'a failed test leaves nothing applied',
      operations: [
        { op: 'remove', path: '/a' },
        { op: 'test', path: '/b', value: 1 },
      ],
    },
    {
      reason: 'inherited members do not exist',
      operations: [{ op: 'test', path: '/constructor/name', value: 'Object' }],
    },
    { reason: 'the prototype cannot be reached', operations: [{ op: 'add', path: '/__proto__/polluted', value: 1 }] },
    { reason: 'a value cannot move into itself', operations: [{ op: 'move', from: '/o', path: '/o/x' }] },
    { reason: 'unknown operation', operations: [{ op: 'merge', path: '/a' }] },
    { reason: 'value missing', operations: [{ op: 'add', path: '/a' }] },
    { reason: 'not a list', operations: { op: 'add' } },
    { reason: 'not an operation', operations: [null] },
    { reason: 'too many', operations: Array.from({ length: 10_001 }, () => ({ op: 'test', path: '', value: {} })) },
    {
      reason: 'copies that double an object without end',
      operations: [
        { op: 'add', path: '/l', value: [] },
        ...Array.from({ length: 60 }, () => ({ op: 'copy', from: '/l', path: '/l/-' })),
      ],
    },
  ])('refuses: $reason', ({ operations }) => {
    const before = deepFreeze({ a: 1, o: {} });
    expect(applyJsonPatch(before, operations).ok).toBe(false);
    expect(before).toEqual({ a: 1, o: {} });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('keeps a member named __proto__ as data', () => {
    const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { x: 1 } }]);
    expect(patched.ok && JSON.stringify(patched.value)).toBe('{"__proto__":{"x":1}}');
  });
});

describe('merge patches', () => {
  it('apply what was made', () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        expect(isEqual(applyMergePatch(deepFreeze(structuredClone(from)), createMergePatch(from, to)), to)).toBe(true);
      }),
    );
  });
  it('keep a member named __proto__ as data', () => {
    const merged = applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":1}}'));
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":1}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
