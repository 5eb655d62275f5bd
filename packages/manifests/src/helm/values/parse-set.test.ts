import { describe, expect, it } from 'vitest';

import { fromGoValue, goTypeOf, GoMap, readGoYaml } from '@argosy/expressions';

import { parseSet, type SetKind } from './parse-set.ts';

const table = (yaml: string): GoMap => {
  const read = readGoYaml(yaml);
  if (!read.ok || !(read.value instanceof GoMap)) throw new Error('no table');
  return read.value;
};
const set = (text: string, kind: SetKind = 'set', over = '{}') =>
  fromGoValue(parseSet(text, table(over), { kind, readFile: (path) => `content of ${path}` }));

// Answers of helm 3.22.
describe('parseSet', () => {
  it.each<readonly [string, unknown]>([
    ['a=1,b=true,c=null,d=x,e=', { a: 1, b: true, c: null, d: 'x', e: '' }],
    ['a.b.c=1', { a: { b: { c: 1 } } }],
    ['a=01,b=0,c=-5,d=1.5', { a: '01', b: 0, c: -5, d: '1.5' }],
    ['a={x,1,true,null,}', { a: ['x', 1, true, null, ''] }],
    ['a[1]=x', { a: [null, 'x'] }],
    ['a[0][1]=x', { a: [[null, 'x']] }],
    ['a[1].b=x,a[0].c=y', { a: [{ c: 'y' }, { b: 'x' }] }],
    ['a\\.b=1,c=d\\,e,f\\=g=h', { 'a.b': 1, c: 'd,e', 'f=g': 'h' }],
    ['a=b=c', { a: 'b=c' }],
    ['a={x}y=z', { a: ['x'], y: 'z' }],
    ['a=1,', { a: 1 }],
    ['', {}],
    ['x[0][1]', { x: [] }],
  ])('%s', (text, expected) => {
    expect(set(text)).toEqual(expected);
  });

  it.each<readonly [SetKind, string, unknown]>([
    ['string', 'a=1,b=true,c={1,2}', { a: '1', b: 'true', c: ['1', '2'] }],
    ['json', 'a={"b":[1,"x,y"]} ,c=null,d="]",e=1.5,f=', { a: { b: [1, 'x,y'] }, c: null, d: ']', e: 1.5, f: null }],
    ['json', 'a[1]={"b":1}', { a: [null, { b: 1 }] }],
    ['file', 'a=x.txt,b.c=y.txt', { a: 'content of x.txt', b: { c: 'content of y.txt' } }],
    ['literal', 'a.b=x,y={z}\\', { a: { b: 'x,y={z}\\' } }],
  ])('%s %s', (kind, text, expected) => {
    expect(set(text, kind)).toEqual(expected);
  });

  it('lays over what is there and leaves that alone', () => {
    const over = table('a: {b: 1, c: [1, {d: 2}]}');
    expect(fromGoValue(parseSet('a.b=2,a.c[1].e=3', over, { kind: 'set' }))).toEqual({
      a: { b: 2, c: [1, { d: 2, e: 3 }] },
    });
    expect(fromGoValue(over)).toEqual({ a: { b: 1, c: [1, { d: 2 }] } });
  });

  it('makes whole numbers int64, exactly', () => {
    const value = parseSet('a=9007199254740993', new GoMap(), { kind: 'set' }).entries.get('a');
    expect([goTypeOf(value ?? null), value]).toMatchObject(['int64', { value: 9_007_199_254_740_993n }]);
  });

  it.each<readonly [string, SetKind, RegExp]>([
    ['a', 'set', /^failed parsing --set data: key "a" has no value$/],
    ['a,b=1', 'set', /key "a" has no value \(cannot end with ,\)/],
    ['a={1', 'set', /list must terminate with '}'/],
    ['a[x]=1', 'set', /error parsing index: strconv\.Atoi: parsing "x": invalid syntax/],
    ['a[-1]=1', 'set', /negative -1 index not allowed/],
    ['a[99999]=1', 'set', /index of 99999 is greater than maximum supported index of 65536/],
    ['a[0]x=1', 'set', /unexpected data at end of array index: \['x'\]/],
    [`${'a.'.repeat(31)}b=1`, 'set', /nested level is greater than maximum supported nested level of 30/],
    ['s.x=1', 'set', /s is not a map/],
    ['s[0]=1', 'set', /s is not a list/],
    ['a={', 'json', /^failed parsing --set-json data a=\{$/],
  ])('refuses %s', (text, kind, message) => {
    expect(() => set(text, kind, 's: text')).toThrow(message);
  });
});
