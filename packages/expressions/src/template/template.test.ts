import { createSeededRandom } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { goFunction } from './functions/signature.ts';
import { SPRIG_TEMPLATE_FUNCTIONS } from './sprig/sprig.ts';
import { compileGoTemplate, compileGoTemplates, renderGoTemplate, type RenderOptions } from './template.ts';
import { GoList, GoMap, GoNumber, type GoFunctions } from './values.ts';
import { fromGoValue, toGoValue } from './plain-data.ts';

const render = (
  text: string,
  data?: unknown,
  options: RenderOptions & { readonly compileWith?: GoFunctions } = {},
): string => {
  const compiled = compileGoTemplate('t', text, { functions: options.compileWith ?? SPRIG_TEMPLATE_FUNCTIONS });
  if (!compiled.ok) throw compiled.error;
  return renderGoTemplate(compiled.value, data, options);
};

const failing = (text: string, data?: unknown, options: RenderOptions = {}): unknown => {
  try {
    return render(text, data, options);
  } catch (thrown) {
    return thrown;
  }
};

describe('whole numbers of data', () => {
  it.each([
    ['float64', 'float64 1e+06'],
    ['int64', 'int64 1000000'],
    ['int', 'int 1000000'],
  ] as const)('are %s by choice', (integers, text) => {
    expect(render('{{ printf "%T %v" .n .n }}', toGoValue({ n: 1_000_000 }, integers))).toBe(text);
  });

  it('are int64 when given as bigint, exactly', () => {
    expect(render('{{ .n }} {{ add .n 1 }}', { n: 9_007_199_254_740_993n })).toBe('9007199254740993 9007199254740994');
  });

  it('keep fractions apart', () => {
    expect(render('{{ printf "%T" .n }}', toGoValue({ n: 1.5 }, 'int64'))).toBe('float64');
  });
});

describe('sets of templates', () => {
  const files = [
    { name: 'chart/templates/_helpers.tpl', text: '{{ define "name" }}{{ .x | default "none" }}{{ end }}' },
    { name: 'chart/templates/a.yaml', text: 'a: {{ include "name" . | quote }}' },
    { name: 'chart/templates/b.yaml', text: 'b: {{ template "name" . }}{{ define "name" }}  {{ end }}' },
  ];
  const include = goFunction(['string', 'any'], ([name, data], context) => context.render(name, data));
  const tpl = goFunction(['string', 'any'], ([text, data], context) => context.renderText(text, data));
  const functions = { ...SPRIG_TEMPLATE_FUNCTIONS, include, tpl };

  it('share what they define; a blank definition replaces nothing', () => {
    const set = compileGoTemplates(files, { functions });
    expect(set.ok).toBe(true);
    if (!set.ok) return;
    expect(renderGoTemplate(set.value, { x: 'y' }, { template: 'chart/templates/a.yaml' })).toBe('a: "y"');
    expect(renderGoTemplate(set.value, {})).toBe('b: none');
  });

  it('let a later file define again', () => {
    const later = { name: 'c', text: '{{ define "name" }}later{{ end }}{{ include "name" . }}' };
    const set = compileGoTemplates([...files, later], { functions });
    expect(set.ok && renderGoTemplate(set.value, {})).toBe('later');
  });

  it('render texts with the templates of the set', () => {
    const set = compileGoTemplates(
      [...files, { name: 'd', text: '{{ tpl "{{ include \\"name\\" . }}{{ .x }}" . }}' }],
      { functions },
    );
    expect(set.ok && renderGoTemplate(set.value, { x: 'v' })).toBe('vv');
  });

  it('render a blank text inside another as what it is', () => {
    const outer = JSON.stringify("a{{ tpl ' ' . }}b").replaceAll("'", '`');
    const set = compileGoTemplates([{ name: 'e', text: `{{ tpl ${outer} . }}|{{ tpl "" . }}|` }], { functions });
    expect(set.ok && renderGoTemplate(set.value, {})).toBe('a b||');
  });

  it('name the file and place of a fault inside an included template', () => {
    const bad = { name: 'bad.tpl', text: '\n{{ define "bad" }}{{ .a.b.c }}{{ end }}' };
    const set = compileGoTemplates([bad, { name: 'e', text: '{{ include "bad" . }}' }], { functions });
    expect(set.ok).toBe(true);
    if (!set.ok) return;
    expect(() => renderGoTemplate(set.value, { a: { b: 1 } })).toThrow(
      'template: e:1:3: executing "e" at <include "bad" .>: error calling include: template: bad.tpl:2:23: executing "bad" at <.a.b.c>: can\'t evaluate field c in type interface {}',
    );
  });
});

describe('failures', () => {
  it('of texts that are no templates carry the line', () => {
    const compiled = compileGoTemplate('t', 'a\n{{ if }}');
    expect(compiled).toMatchObject({
      ok: false,
      error: { code: 'template.parse', template: 't', line: 2, message: 'template: t:2: missing value for if' },
    });
  });

  it('of runs carry line and column in bytes', () => {
    expect(failing('é\né {{ .s.x }}', { s: 'text' })).toMatchObject({
      code: 'template.exec',
      template: 't',
      line: 2,
      column: 8,
      retryable: false,
    });
  });

  it('let bugs of functions through as they are', () => {
    const broken = goFunction([], () => {
      throw new TypeError('a bug');
    });
    expect(() => render('{{ broken }}', {}, { compileWith: { broken } })).toThrow(TypeError);
  });
});

describe('budgets', () => {
  it.each([
    ['steps', '{{ range until 1000 }}{{ range until 1000 }}{{ . }}{{ end }}{{ end }}', { steps: 10_000 }],
    ['steps of a list', '{{ $x := until 100000000 }}', {}],
    ['output', '{{ range until 1000 }}0123456789{{ end }}', { outputBytes: 5_000 }],
    ['a repeated text', '{{ repeat 1000000000 "x" }}', {}],
    ['a text that doubles', '{{ $x := "xxxxxxxx" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}', {}],
    ['depth', '{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}', {}],
    ['a number in a loop', '{{ range 100000000000 }}{{ end }}', {}],
  ] as const)('stop %s', (_, text, budget) => {
    expect(failing(text, {}, { budget })).toMatchObject({ code: 'template.budget' });
  });

  it('stop values that contain themselves, or stand for too much', () => {
    const self = '{{ $d := dict "a" 1 }}{{ $_ := set $d "self" $d }}';
    for (const use of ['{{ $d }}', '{{ toJson $d }}', '{{ deepCopy $d }}', '{{ deepEqual $d (deepCopy $d) }}'])
      expect(failing(self + use)).toMatchObject({ code: 'template.exec', message: expect.stringContaining('itself') });
    const doubling = '{{ $l := list 1 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ $l }}';
    expect(failing(doubling)).toMatchObject({ message: expect.stringContaining('too large') });
  });
});

describe('ports', () => {
  it('give time and chance', () => {
    const ports = { now: () => Date.UTC(2024, 1, 29, 13, 4, 5, 67), random: createSeededRandom(7) };
    expect(render('{{ now | date "2006-01-02" }} {{ now.Year }} {{ now.Format "05.000" }}', {}, { ports })).toBe(
      '2024-02-29 2024 05.067',
    );
    expect(render('{{ ago (toDate "2006-01-02" "2024-02-29") }}', {}, { ports })).toBe('13h4m5s');
    expect(render('{{ len (randAlphaNum 8) }} {{ len uuidv4 }}', {}, { ports })).toBe('8 36');
  });

  it('are missed by name', () => {
    expect(failing('{{ now }}')).toMatchObject({ message: expect.stringContaining('now needs the clock') });
    expect(failing('{{ uuidv4 }}')).toMatchObject({ message: expect.stringContaining('uuidv4 needs random numbers') });
  });

  it('do not reach the environment, the network or keys', () => {
    for (const call of ['env "HOME"', 'expandenv "$HOME"', 'getHostByName "a"', 'genCA "a" 1', 'genPrivateKey "rsa"'])
      expect(failing(`{{ ${call} }}`)).toMatchObject({ message: expect.stringContaining('is not supported') });
  });
});

describe('data', () => {
  it('of named types has methods', () => {
    const has = goFunction(['string'], ([name]) => name === 'v1');
    const versions = new GoList(['v1', 'v2'], 'string', false, { name: 'VersionSet', methods: { Has: has } });
    const files = new GoMap(new Map([['a.txt', 'A']]), 'string', {
      methods: { Get: goFunction(['string'], () => 'got') },
    });
    expect(render('{{ .v.Has "v1" }} {{ range .v }}{{ . }}{{ end }} {{ printf "%T" .v }}', { v: versions })).toBe(
      'true v1v2 VersionSet',
    );
    expect(render('{{ .f.Get "a.txt" }} {{ range $k, $v := .f }}{{ $k }}={{ $v }}{{ end }}', { f: files })).toBe(
      'got a.txt=A',
    );
  });

  it('given plain is not changed; given as Go values it is', () => {
    const plain = { a: { b: 1 } };
    const shared = toGoValue(plain) as GoMap;
    const text = '{{ $_ := set .a "c" "new" }}{{ .a.c }}';
    expect([render(text, plain), render(text, shared)]).toEqual(['new', 'new']);
    expect([plain, fromGoValue(shared)]).toEqual([{ a: { b: 1 } }, { a: { b: 1, c: 'new' } }]);
  });

  it('of bytes is text to sprig', () => {
    const bytes = new GoList(
      [195n, 169n].map((byte) => new GoNumber('uint8', 'uint8', byte)),
      'uint8',
    );
    expect(render('{{ toString .b }} {{ .b }}', { b: bytes })).toBe('é [195 169]');
  });

  it('may have keys of any name', () => {
    expect(render('{{ .__proto__ }} {{ .constructor }} {{ toJson . }}', JSON.parse('{"__proto__":"x"}'))).toBe(
      'x <no value> {"__proto__":"x"}',
    );
  });

  it('keeps bytes that are cut out of characters', () => {
    expect(render('{{ $a := trunc 1 "é" }}{{ $b := substr 1 2 "é" }}{{ len $a }}{{ printf "%s%s %x" $a $b $a }}')).toBe(
      '1é c3',
    );
  });
});
