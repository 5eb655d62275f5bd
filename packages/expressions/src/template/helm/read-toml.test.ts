import { describe, expect, it } from 'vitest';

import { SPRIG_TEMPLATE_FUNCTIONS } from '../sprig/sprig.ts';
import { compileGoTemplate, renderGoTemplate } from '../template.ts';
import { HELM_FORMAT_FUNCTIONS } from './format-functions.ts';

const render = (template: string, data: unknown): string => {
  const compiled = compileGoTemplate('t', template, {
    functions: { ...SPRIG_TEMPLATE_FUNCTIONS, ...HELM_FORMAT_FUNCTIONS },
  });
  if (!compiled.ok) throw compiled.error;
  return renderGoTemplate(compiled.value, data);
};
const read = (toml: string): string => render('{{ .t | fromToml | toRawJson }}', { t: toml });

// Answers of helm 3.22.
describe('fromToml', () => {
  it.each([
    ['', '{}'],
    ['a = 1\nb = -2_000\nc = 0xff\nd = 0o17\ne = 0b101', '{"a":1,"b":-2000,"c":255,"d":15,"e":5}'],
    ['a = 1.5\nb = 1e3\nc = -0.25\nd = 6.0', '{"a":1.5,"b":1000,"c":-0.25,"d":6}'],
    ['a = true # yes\n\n# no\nb = false', '{"a":true,"b":false}'],
    ['a = "x\\ty\\u00e9\\"" \nb = \'c:\\d\'', '{"a":"x\\tyé\\"","b":"c:\\\\d"}'],
    ["a = \"\"\"\nx\ny \\\n   z\"\"\"\nb = '''q''r'''", '{"a":"x\\ny z","b":"q\'\'r"}'],
    ['a = [1, [2, "x"], # c\n {b = 1, c.d = 2},\n]', '{"a":[1,[2,"x"],{"b":1,"c":{"d":2}}]}'],
    ['a.b.c = 1\n"x y".z = 2', '{"a":{"b":{"c":1}},"x y":{"z":2}}'],
    ['[t]\na = 1\n[t.u]\nb = 2\n[v.w]\n', '{"t":{"a":1,"u":{"b":2}},"v":{"w":{}}}'],
    ['[[l]]\na = 1\n[[l]]\na = 2\n[l.m]\nb = 3', '{"l":[{"a":1},{"a":2,"m":{"b":3}}]}'],
    [
      'a = 2020-01-02T03:04:05Z\nb = 2020-01-02T03:04:05.5+02:00',
      '{"a":"2020-01-02T03:04:05Z","b":"2020-01-02T03:04:05.5+02:00"}',
    ],
  ])('%j', (toml, json) => {
    expect(read(toml)).toBe(json);
  });

  it.each([
    ['a =', /^\{"Error":"toml: line 1: unexpected EOF; expected value"\}$/],
    ['a = 1\na = 2', /key a has already been defined/],
    ['[a]\n[a]', /table a has already been defined/],
    ['a = 1\n[a]', /has already been defined and is no table/],
    ['a = "x', /unterminated string/],
    ['a = 01', /invalid value/],
    ['a = 1 b = 2', /expected a new line/],
    ['a = [1', /expected/],
    [`a = ${'['.repeat(300)}`, /nested too deeply/],
  ])('refuses %j', (toml, message) => {
    expect(read(toml)).toMatch(message);
  });
});

describe('toYamlPretty', () => {
  it('indents lists, keeps long lines whole and floats as they are', () => {
    const data = {
      a2: [1, [2], []],
      a10: { b: [{ c: 'x '.repeat(60).trim() }] },
      big: 12_345_678,
      text: 'a\nb\n',
      '1b': 1,
      '1-': 2,
    };
    expect(render('{{ toYamlPretty .d }}', { d: data })).toBe(
      `1b: 1\n1-: 2\na2:\n  - 1\n  - - 2\n  - []\na10:\n  b:\n    - c: ${'x '.repeat(60).trim()}\nbig: 1.2345678e+07\ntext: |\n  a\n  b`,
    );
  });
});
