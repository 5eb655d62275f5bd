/** What is fuzzed: everything that reads texts of users. A run returns, or throws what its contract names; else it is a fault. */
import { Failure } from '@argosy/base';
import {
  CEL_DYN,
  compileCel,
  compileGoTemplate,
  compileJq,
  evaluateExpression,
  evaluateWhen,
  formatJsonPath,
  fromJsonValue,
  getPath,
  HELM_FORMAT_FUNCTIONS,
  matchesGlob,
  readGoYaml,
  renderGoTemplate,
  runCel,
  runJq,
  runLua,
  setPath,
  SPRIG_TEMPLATE_FUNCTIONS,
  substituteTags,
  TemplateFailure,
  toCelValue,
  type ExprMap,
} from '@argosy/expressions';
import {
  createMemoryTree,
  evaluateJsonnet,
  parseYamlDocuments,
  renderHelmChart,
  renderKustomization,
} from '@argosy/manifests';

import type { Vocabulary } from './programs.ts';

/** A language, and how its texts are run. */
export interface FuzzTarget extends Vocabulary {
  readonly name: string;
  readonly run: (text: string) => unknown;
}

const DATA = { a: 1, b: 'text', c: [1, 'two', { d: null }], e: { f: true, g: 1.5, h: [] }, n: null, big: 1e300 };
const ports = { now: () => 1_700_000_000_000 };
const functions = { ...SPRIG_TEMPLATE_FUNCTIONS, ...HELM_FORMAT_FUNCTIONS };

/** Failures of a kind are part of a contract; everything else is not. */
const expecting = async (kind: new (...args: never[]) => Error, body: () => unknown): Promise<void> => {
  try {
    await body();
  } catch (thrown) {
    if (!(thrown instanceof kind)) throw thrown;
  }
};

const split = (text: string): readonly string[] => text.split(/[\s]+/).filter((word) => word !== '');
const SIGNS = split('( ) [ ] { } , . : ; | + - * / % == != < > <= >= && || ! = ? ?? .. ... "x" 0 1 2.5 -3 1e9 "" ');

const template: FuzzTarget = {
  name: 'templates',
  words: [
    ...split(
      '{{ }} {{- -}} . .a .b .c .e.f $ $x := = | ( ) "s" `r` 1 2.5 \'c\' true nil end else if range with define',
    ),
    ...split('template block break continue and or not eq ne lt len index slice printf print html js urlquery call'),
    ...Object.keys(functions).filter((name) => !/^gen|derive|crypt|buildCustom/i.test(name)),
    '/* c */',
    '"%d %s"',
    '"[a-z]+"',
    '$x := .c',
    'range $i, $v := .c',
  ],
  samples: [
    '{{ range $i, $v := .c }}{{ $i }}={{ $v | toJson }}{{ end }}',
    '{{ define "t" }}{{ .b | upper | quote }}{{ end }}{{ template "t" . }}',
    '{{- if and .e.f (gt .a 0) -}}{{ printf "%05d" .a }}{{- else -}}{{ fail "no" }}{{- end -}}',
    '{{ with .e }}{{ toYaml . | indent 2 }}{{ end }}{{ regexReplaceAll "t(.)" .b "$1" }}',
    '{{ $d := dict "k" (list 1 2 3) }}{{ index $d "k" | join "," }}{{ until 5 | reverse }}{{ now | date "2006" }}',
    '{{ block "r" . }}{{ template "r" . }}{{ end }}',
  ],
  run: (text) =>
    expecting(TemplateFailure, () => {
      const compiled = compileGoTemplate('t', text, { functions });
      if (compiled.ok)
        renderGoTemplate(compiled.value, DATA, { ports, budget: { steps: 200_000, outputBytes: 1_000_000 } });
    }),
};

const expr: FuzzTarget = {
  name: 'expr',
  words: [
    ...SIGNS,
    ...split('a b c e n big # #acc in not and or matches contains startsWith endsWith let if else nil true false'),
    ...split('filter map reduce all any one none count sum groupBy sortBy len keys values trim upper split join'),
    ...split('replace repeat int float string toJSON fromJSON now duration date first last take flatten min max mean'),
  ],
  samples: [
    'map(filter(c, {# != nil}), {string(#)}) | join(",")',
    'let x = a + 1; x > 1 && b matches "t.*" ? {"k": [x]} : nil',
    'reduce(1..100, #acc + #, 0) + len(keys(e))',
    'e?.f ?? b[0:2] + repeat(b, 3)',
    'date("2024-01-01").Year() + int("5") ** 2 % 3',
  ],
  run: (text) => void evaluateExpression(text, fromJsonValue(DATA) as ExprMap, { now: ports.now() }),
};

const jq: FuzzTarget = {
  name: 'jq',
  words: [
    ...SIGNS,
    ...split('. .a .c[] .e.f .. | // as $x $__loc__ def f: if then elif else end try catch reduce foreach label break'),
    ...split('map select empty error length keys to_entries from_entries add any all range floor sqrt tostring tojson'),
    ...split(
      'fromjson test match capture sub gsub split join ascii_downcase limit first until while recurse env input',
    ),
    ...split(
      'path paths getpath setpath delpaths del |= += // ?// @base64 @json @csv @text "\\(.a)" strptime mktime now',
    ),
  ],
  samples: [
    '.c | map(tostring) | join("-")',
    'def f(n): if n > 5 then n else f(n + 1) end; f(.a)',
    'reduce range(10) as $i ([]; . + [$i]) | .[2:4]',
    '[paths] | length, (.e |= with_entries(.value = 1)), (.b | test("T"; "i"))',
    '.. | select(type == "number")? // "none" | @json "v: \\(.)"',
  ],
  run: (text) => {
    const program = compileJq(text);
    if (program.ok) runJq(program.value, DATA, { ports, budget: { steps: 200_000, outputs: 1000, size: 1_000_000 } });
  },
};

const lua: FuzzTarget = {
  name: 'lua',
  words: [
    ...SIGNS,
    ...split(
      'local function end return if then elseif else for while do repeat until break goto nil true false and or not',
    ),
    ...split(
      'a b c e.f string.rep string.format string.gsub string.find string.byte table.insert table.concat table.sort',
    ),
    ...split(
      'pairs ipairs pcall error tostring tonumber setmetatable getmetatable select rawset math.floor os.time # .. ~=',
    ),
  ],
  samples: [
    'local s = 0 for i, v in ipairs(c) do s = s + i end return s',
    'hs = {} if e.f == true then hs.status = "Healthy" end return hs',
    'local t = setmetatable({}, {__index = function(t, k) return k .. "x" end}) return t.a',
    'return string.format("%5.2f %s", a, string.rep(b, 3)):gsub("t", "%0%0")',
    'while true do end',
    'local function f(n) return f(n + 1) end return f(1)',
  ],
  run: (text) => void runLua(text, { globals: DATA, now: ports.now(), steps: 100_000 }),
};

const cel: FuzzTarget = {
  name: 'cel',
  words: [
    ...SIGNS,
    ...split(
      'a b c e n self in true false null has( size( int( string( double( bytes( type( duration( timestamp( dyn(',
    ),
    ...split(
      '.all( .exists( .exists_one( .map( .filter( .matches( .startsWith( .split( .join( .replace( x , x.f optional.of(',
    ),
    ...split("'s' b'x' r'\\d' 1u 0x1F ip( cidr( quantity( url( format.named( math.least( sets.contains(["),
  ],
  samples: [
    "c.all(x, type(x) != int || x > 0) && b.matches('^t')",
    'e.f ? size(b) : has(e.g) ? 1 : 2',
    "duration('1h') + duration('30m') > duration('1h') && [1, 2].map(x, x * 2).exists(x, x == 4)",
    "{'k': [1, 2.5, 'x']}.k[0] == 1 && quantity('1Gi').isGreaterThan(quantity('1Mi'))",
    "b.split('').map(x, b.split('').map(y, x + y))",
  ],
  run: (text) => {
    const program = compileCel(text, Object.fromEntries(Object.keys(DATA).map((name) => [name, CEL_DYN])));
    const values = Object.fromEntries(Object.entries(DATA).map(([name, value]) => [name, toCelValue(value)]));
    if (program.ok) runCel(program.value, values, { cost: 200_000 });
  },
};

const jsonnet: FuzzTarget = {
  name: 'jsonnet',
  words: [
    ...SIGNS,
    ...split(
      'local function if then else for in self super $ error assert import importstr importbin tailstrict null true',
    ),
    ...split(
      ':: ::: +: +:: a b x y f std std.map( std.foldl( std.range( std.format( std.manifestYamlDoc( std.sort( std.set(',
    ),
    ...split(
      'std.join( std.split( std.parseJson( std.parseYaml( std.mergePatch( std.prune( std.repeat( std.substr( std.base64(',
    ),
    ...split("'s' @'v' <<  >> & ^ | ~ ||| [x] {a:1} [1,2] \"%d\" \"%-5s|%(a)s\" 'a.libsonnet'"),
    '|||\n  t\n|||',
  ],
  samples: [
    "local f(x, y=2) = x * y; { a: f(3), b: self.a + 1, c:: 'hidden', [if true then 'd']: [i for i in std.range(1, 3) if i != 2] }",
    "{ a: { b: 1 } } + { a+: { c: super.b, d: $.a.b } } + { assert self.a.b == 1 : 'no' }",
    "std.manifestYamlDoc({ k: ['x\\n', {}, []], t: '%05.1f|%-5s|%x' % [1.25, 'a', 255] })",
    'local l(n, s=0) = if n == 0 then s else l(n - 1, s + n) tailstrict; l(1000)',
    'std.foldl(function(a, b) a + b, std.makeArray(20, function(i) [i]), []) + std.set([3, 1, 2], function(x) -x)',
    "(import 'a.libsonnet') { b: std.parseJson('{\"x\": 1}').x } + std.mergePatch({ a: 1 }, { a: null })",
  ],
  run: (text) =>
    expecting(Failure, () =>
      evaluateJsonnet(createMemoryTree({ 'main.jsonnet': text, 'a.libsonnet': '{ a: 1 }' }), 'main.jsonnet', {
        budget: { steps: 200_000, size: 4_000_000 },
      }),
    ),
};

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "nginx:1", env: [{name: A, value: b}]}]}
`;

const kustomize: FuzzTarget = {
  name: 'kustomize',
  words: [
    ...split(
      'resources: bases: components: patches: patch: target: - a.yaml b.yaml ../up . namePrefix: nameSuffix: namespace:',
    ),
    ...split(
      'labels: pairs: includeSelectors: true commonLabels: commonAnnotations: images: name: newTag: digest: replicas: count:',
    ),
    ...split(
      'configMapGenerator: secretGenerator: literals: files: envs: behavior: merge options: replacements: source: kind:',
    ),
    ...split(
      'fieldPath: targets: select: vars: objref: apiVersion: v1 op: replace add path: /spec/replicas value: 3 $patch: delete',
    ),
    ...split(
      '{ } [ ] "x" | > & * !!str ? sortOptions: order: fifo generatorOptions: buildMetadata: crds: openapi: transformers:',
    ),
    '\n  ',
    '\n- ',
    '\n    ',
  ],
  samples: [
    'resources:\n- a.yaml\nnamePrefix: x-\nlabels:\n- pairs: {t: u}\n  includeSelectors: true\n',
    'resources: [a.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/template/spec/containers/0/image, value: x}\n',
    'resources: [a.yaml]\nconfigMapGenerator:\n- name: c\n  literals: [a=b]\n  files: [a.yaml]\nimages: [{name: nginx, newTag: "2"}]\nreplicas: [{name: web, count: 3}]\n',
    'resources: [a.yaml]\nreplacements:\n- source: {kind: Deployment, fieldPath: metadata.name}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [spec.template.spec.containers.[name=main].image]\n    options: {delimiter: ":", index: 1}\n',
    'resources: [a.yaml]\nvars:\n- name: V\n  objref: {kind: Deployment, name: web, apiVersion: apps/v1}\n  fieldref: {fieldpath: metadata.name}\nnamespace: n\n',
  ],
  run: (text) =>
    expecting(Failure, async () => {
      const tree = createMemoryTree({ 'k/kustomization.yaml': text, 'k/a.yaml': DEPLOYMENT, 'k/b.yaml': text });
      void (await renderKustomization(tree, 'k')).text;
    }),
};

const yaml: FuzzTarget = {
  name: 'yaml',
  words: [
    ...split(
      'a: b: - -- --- ... & &x * *x ! !!str !!binary !!int ? | |- |+2 > >- { } [ ] , : # % %YAML "q" \'s\' << <<: ~ null',
    ),
    ...split('yes 0x10 0o7 .inf .nan 1e3 2001-01-01 "\\u00e9" "\\x" {{ }} @ `'),
    '\n',
    '\n  ',
    '\n    ',
    '\t',
  ],
  samples: [
    'a: &x {b: 1}\nc: *x\n<<: *x\nd: [1, "two", ~]\n',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  t: |\n    x\n    y\n---\n- a\n- b: >-\n    f\n',
    '? [a, b]\n: c\n"k": !!binary aGk=\n',
    'a: &a [x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n',
  ],
  run: async (text) => {
    await expecting(Failure, () => parseYamlDocuments(text, 'f.yaml'));
    readGoYaml(text);
  },
};

const jsonPath: FuzzTarget = {
  name: 'jsonpath',
  words: split(
    '{ } $ @ . .. .a .c .e [ ] [0] [*] [-1:] [?( )] [?(@.d)] == != < > && || * , : "x" \'a\' range end 0 1 -1 length',
  ),
  samples: ['{.c[?(@.d == null)].d}', '$.e.f', "{.c[*]['d']}", '{..d}', '{.c[0:2]}', '{range .c[*]}{@}{end}'],
  run: (text) => void formatJsonPath(DATA, text),
};

const gjson: FuzzTarget = {
  name: 'gjson',
  words: split(
    'a c e f . | # #( )# ) == != > % !% @reverse @ugly @pretty @this @join @keys @values : { } [ ] ! "x" \\ * ? ~ ..',
  ),
  samples: ['c.#(d==null)#.d', 'e.{f,"x":g}', 'c.2.d|@pretty:{"indent":" "}', '{a,b}.@values', '..#.a', 'c.#(>1)#'],
  run: (text) => {
    getPath(JSON.stringify(DATA), text);
    setPath(DATA, text, 1);
  },
};

const when: FuzzTarget = {
  name: 'when',
  words: split(
    '( ) && || ! == != < > <= >= =~ !~ in , "a" \'b\' a b 1 2.5 -1 true false + - * / % ** ? : ?? [ ] & | ^ ~ << >> {{ }} "["',
  ),
  samples: [
    '"a" == "b" && (1 < 2 || !false)',
    'x =~ "^x" ? true : false',
    "'a' in ('a', 'b')",
    '1 + 2 * 3 > 6',
    '2024-01-01 < 2025-01-01',
  ],
  run: (text) => void evaluateWhen(text),
};

const tags: FuzzTarget = {
  name: 'tags',
  words: split(
    '{{ }} {{= a b c e.f item inputs.parameters.x steps.s.outputs sprig. = + ( ) [ ] "x" toJson jsonpath( asInt( {{{ }}}',
  ),
  samples: ['{{a}}-{{=b + "x"}}', '{{=sprig.trim(b)}}', '{{=jsonpath(toJson(e), "$.f")}}', "{{= item.x ?? 'y' }}"],
  run: (text) => void substituteTags({ text, deep: [text] }, DATA, { unresolved: { kind: 'allow' }, now: ports.now() }),
};

const glob: FuzzTarget = {
  name: 'globs',
  words: split('* ** ? [ ] [a-z] [!a] { } , \\ a b / . - ^ {a,b} {a,{b,c}}'),
  samples: ['{*.yml,*.yaml}', '**/a*[!b]?', 'a{b,c}d*', '*a*a*a*a*a*a*b'],
  run: (text) => {
    matchesGlob(text, 'aaaaaaaaaaaaaaaaaaaaaaaa/b.yaml');
    matchesGlob(text, 'a/b/c', '/');
  },
};

const chart: FuzzTarget = {
  name: 'charts',
  words: [
    ...template.words.slice(0, 60),
    ...split(
      '.Values.a .Values.e .Release.Name .Files.Get .Chart include "t" tpl toYaml nindent required lookup kind: v1',
    ),
  ],
  samples: [
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata: {{ toYaml .Values.e | nindent 2 }}\n',
    '{{ define "t" }}x: {{ . }}{{ end }}{{ include "t" .Values.a | nindent 2 }}',
    '{{ tpl .Values.b . }}{{ .Files.Get "values.yaml" | b64enc }}{{ range .Files.Lines "values.yaml" }}# {{ . }}\n{{ end }}',
  ],
  run: (text) =>
    expecting(Failure, () =>
      renderHelmChart(
        createMemoryTree({
          'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
          'values.yaml': 'a: 1\nb: "{{ .Values.a }}"\ne: {f: true}\n',
          'templates/t.yaml': text,
        }),
        { ports, budget: { steps: 200_000, outputBytes: 1_000_000 } },
      ),
    ),
};

/** All of them. */
export const TARGETS: readonly FuzzTarget[] = [
  template,
  expr,
  jq,
  lua,
  cel,
  jsonnet,
  kustomize,
  yaml,
  jsonPath,
  gjson,
  when,
  tags,
  glob,
  chart,
];
