/**
 * What Helm adds to Sprig for formats. `include`, `tpl`, `required` and `lookup` are the renderer's own.
 * @spec helm.sh/helm/v3 pkg/engine/funcs.go
 */
import { goFunction } from '../functions/signature.ts';
import { readJson, writeJson } from '../encoding/json-text.ts';
import { GoError, goMap, GoList, GoMap, goTypeOf, type GoFunctions, type GoValue } from '../values.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { writePrettyYaml, writeYaml } from '../yaml/write-yaml.ts';
import { readToml } from './read-toml.ts';
import { writeToml } from './write-toml.ts';

/** Runs, and gives what `otherwise` makes of a refusal. Values that are endless stay refused. */
const attempt = (body: () => string, otherwise: (reason: string) => string): string => {
  try {
    return body();
  } catch (thrown) {
    if (thrown instanceof GoError && !thrown.message.startsWith('value ')) return otherwise(thrown.message);
    throw thrown;
  }
};

const yamlOf = (value: GoValue): string => writeYaml(value).replace(/\n$/, '');
const jsonOf = (value: GoValue): string => writeJson(value, { indent: '', escapesHtml: true });

const wrongKind = (language: 'json' | 'yaml', value: GoValue, wanted: string): string =>
  language === 'json'
    ? `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${wanted}`
    : `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonKind(value)} into Go value of type ${wanted}`;

const jsonKind = (value: GoValue): string => {
  if (value instanceof GoList) return 'array';
  if (value instanceof GoMap) return 'object';
  return typeof value === 'boolean' ? 'bool' : goTypeOf(value).replace('float64', 'number');
};

/** A map, or one whose only key `Error` says why not: templates cannot catch. */
const readMap = (language: 'json' | 'yaml', text: string): GoValue => {
  const read = language === 'json' ? readJson(text) : readYaml(text);
  if (!read.ok) return goMap([['Error', read.error]]);
  if (read.value === null || read.value === undefined) return goMap([]);
  if (read.value instanceof GoMap) return read.value;
  return goMap([['Error', wrongKind(language, read.value, 'map[string]interface {}')]]);
};

/** A list, or one whose only item says why not. */
const readList = (language: 'json' | 'yaml', text: string): GoValue => {
  const read = language === 'json' ? readJson(text) : readYaml(text);
  if (!read.ok) return new GoList([read.error]);
  if (read.value === null || read.value === undefined) return new GoList([]);
  return read.value instanceof GoList ? read.value : new GoList([wrongKind(language, read.value, '[]interface {}')]);
};

/** Functions of formats, for `compileGoTemplate` after Sprig's. */
export const HELM_FORMAT_FUNCTIONS: GoFunctions = {
  fromJson: goFunction(['string'], ([text]) => readMap('json', text)),
  fromJsonArray: goFunction(['string'], ([text]) => readList('json', text)),
  fromToml: goFunction(['string'], ([text]) => {
    const read = readToml(text);
    return read.ok ? read.value : goMap([['Error', read.error]]);
  }),
  fromYaml: goFunction(['string'], ([text]) => readMap('yaml', text)),
  fromYamlArray: goFunction(['string'], ([text]) => readList('yaml', text)),
  mustToJson: goFunction(['any'], ([value]) => jsonOf(value)),
  mustToYaml: goFunction(['any'], ([value]) => yamlOf(value)),
  toJson: goFunction(['any'], ([value]) =>
    attempt(
      () => jsonOf(value),
      () => '',
    ),
  ),
  toToml: goFunction(['any'], ([value]) => {
    // Upstream trips over nil, which stops the template; all else it tells in place of a text.
    if (value === null || value === undefined) throw new GoError('reflect: call of reflect.Value.Type on zero Value');
    return attempt(
      () => writeToml(value),
      (reason) => reason,
    );
  }),
  toYamlPretty: goFunction(['any'], ([value]) =>
    attempt(
      () => writePrettyYaml(value).replace(/\n$/, ''),
      () => '',
    ),
  ),
  toYaml: goFunction(['any'], ([value]) =>
    attempt(
      () => yamlOf(value),
      () => '',
    ),
  ),
};
