import { describe, expect, it } from 'vitest';

import { applyJsonPatch } from './json-patch.ts';

const lenient = { asV4: true };

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

describe('as v4 has it, judged by a kube-apiserver of 1.32', () => {
  const document = { data: { a: 'b' }, list: ['1', '2', '3'] };
  const withList = (...list: readonly string[]) => ({ ...document, list });
  const withData = (data: object) => ({ ...document, data });

  it.each([
    [{ op: 'test', path: '/data/zz', value: null }, document],
    [{ op: 'test', path: '/data/zz' }, document],
    [{ op: 'test', path: '/none', value: null }, document],
    [{ op: 'test', path: '/none/zz', value: null }, undefined],
    [{ op: 'test', path: '/data/a/zz', value: null }, undefined],
    [{ op: 'test', path: '/data/a', value: null }, undefined],
    [{ op: 'test', path: '/list/3', value: null }, undefined],
    [{ op: 'test', path: '/list/-', value: null }, undefined],
    [{ op: 'test', path: '', value: document }, undefined],
    [{ op: 'test', path: '/list/-1', value: '3' }, document],
    [{ op: 'test', path: '/list/-3', value: '1' }, document],
    [{ op: 'add', path: '/data/q' }, withData({ a: 'b', q: null })],
    [{ op: 'add', path: 'x/data', value: {} }, withData({})],
    [{ op: 'add', path: '/list/-1', value: '9' }, withList('1', '2', '3', '9')],
    [{ op: 'add', path: '/list/-4', value: '9' }, withList('9', '1', '2', '3')],
    [{ op: 'add', path: '/list/-5', value: '9' }, undefined],
    [{ op: 'add', path: '/list/+1', value: '9' }, withList('1', '9', '2', '3')],
    [{ op: 'add', path: '/list/4', value: '9' }, undefined],
    [{ op: 'add', path: '', value: {} }, undefined],
    [{ op: 'remove', path: '/list/-3' }, withList('2', '3')],
    [{ op: 'remove', path: '/list/-4' }, undefined],
    [{ op: 'remove', path: '/list/-' }, undefined],
    [{ op: 'remove', path: '/data/zz' }, undefined],
    [{ op: 'remove', path: '' }, undefined],
    [{ op: 'replace', path: '/list/-1', value: '9' }, withList('1', '2', '9')],
    [{ op: 'replace', path: '/list/3', value: '9' }, undefined],
    [{ op: 'replace', path: '/data/zz' }, withData({ a: 'b', zz: null })],
    [{ op: 'replace', path: '/none/zz', value: '1' }, undefined],
    [{ op: 'replace', path: '', value: { n: 'm' } }, { n: 'm' }],
    [{ op: 'replace', path: '', value: 'x' }, document],
    [{ op: 'copy', from: '/data/zz', path: '/data/y' }, withData({ a: 'b', y: null })],
    [{ op: 'copy', from: '/list/9', path: '/list/-' }, undefined],
    [{ op: 'copy', path: '/data/x' }, undefined],
    [{ op: 'move', from: '/data/zz', path: '/data/y' }, undefined],
    [{ op: 'move', from: '/data', path: '/data/x' }, undefined],
    [{ op: 'move', from: '/list/0', path: '/list/2' }, withList('2', '3', '1')],
  ])('%o', (operation, want) => {
    const patched = applyJsonPatch(document, [operation], { asV4: true });
    expect(patched.ok ? patched.value : undefined).toEqual(want);
  });
});

it('a patch that moves items of a long list over and over is refused', () => {
  const list = Array.from({ length: 60_000 }, () => 0);
  const operations = (op: string) => Array.from({ length: 10_000 }, () => ({ op, path: '/0', value: 1 }));
  for (const op of ['add', 'remove'])
    expect(applyJsonPatch(list, operations(op))).toMatchObject({
      ok: false,
      error: expect.stringContaining('moves too many items of lists'),
    });
  expect(applyJsonPatch(list.slice(0, 1_000), operations('add'))).toMatchObject({ ok: true });
});
