/**
 * Functions that print: JSON, YAML, TOML, INI, Python, XML.
 */
import { JsonnetObject } from '../runtime/object.ts';
import { toText, withArticle } from '../runtime/operations.ts';
import { force, isArray, type JsonnetArray, type Value } from '../runtime/values.ts';
import { writeJson, writeScalar, quote } from '../runtime/write-json.ts';
import type { Call, Native, Natives } from './native.ts';
import { writeToml } from './toml-text.ts';
import { writeYamlDocument } from './yaml-text.ts';

const flag = (call: Call, at: number, fallback: boolean): boolean => (call.has(at) ? call.truth(at) : fallback);

const json = (
  call: Call,
  layout: { readonly indent: string; readonly newline: string; readonly colon: string },
): string =>
  writeJson(call.machine, call.value(0), {
    ...layout,
    empty: (margin) => `${layout.newline}${layout.newline}${margin}`,
  });

const yamlStream = (call: Call): string => {
  const style = { indentsArrays: flag(call, 1, false), quotesKeys: flag(call, 3, true) };
  const documents = call.list(0).map((item) => writeYamlDocument(call.machine, force(item), style));
  return `---\n${documents.join('\n---\n')}${flag(call, 2, true) ? '\n...\n' : '\n'}`;
};

const python = (call: Call, value: Value): string => {
  call.machine.enter();
  const text = pythonText(call, value);
  call.machine.leave();
  call.machine.reserve(text.length);
  return text;
};

const pythonText = (call: Call, value: Value): string => {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isArray(value)) return `[${value.map((item) => python(call, force(item))).join(', ')}]`;
  if (!(value instanceof JsonnetObject)) return writeScalar(value);
  const fields = value.names({ hidden: false }).map((name) => `${quote(name)}: ${python(call, value.get(name))}`);
  return `{${fields.join(', ')}}`;
};

const iniLines = (call: Call, section: Value): readonly string[] => {
  if (!(section instanceof JsonnetObject)) throw call.fail(`a section is an object, not ${withArticle(section)}`);
  return section.names({ hidden: false }).flatMap((name) => {
    const value = section.get(name);
    const values: JsonnetArray = isArray(value) ? value : [value];
    return values.map((item) => `${name} = ${toText(call.machine, force(item))}`);
  });
};

const ini = (call: Call): string => {
  const config = call.object(0);
  const sections = config.get('sections');
  if (!(sections instanceof JsonnetObject)) throw call.fail(`sections is an object, not ${withArticle(sections)}`);
  const lines = config.has('main') ? [...iniLines(call, config.get('main'))] : [];
  for (const name of sections.names({ hidden: false })) lines.push(`[${name}]`, ...iniLines(call, sections.get(name)));
  return lines.map((line) => `${line}\n`).join('');
};

/** `[tag, attributes?, children…]`. Nothing is escaped, as in the library this one follows. */
const xml = (call: Call, value: Value): string => {
  if (typeof value === 'string') return value;
  if (!isArray(value)) throw call.fail(`an element is an array, not ${withArticle(value)}`);
  const [tag, second] = [force(value[0] ?? null), force(value[1] ?? null)];
  if (typeof tag !== 'string') throw call.fail(`an element begins with its tag, not ${withArticle(tag)}`);
  call.machine.enter();
  const attributes =
    second instanceof JsonnetObject
      ? second.names({ hidden: false }).map((name) => ` ${name}="${toText(call.machine, second.get(name))}"`)
      : [];
  const children = value.slice(second instanceof JsonnetObject ? 2 : 1).map((child) => xml(call, force(child)));
  call.machine.leave();
  return `<${tag}${attributes.join('')}>${children.join('')}</${tag}>`;
};

const elementOnly: Native[1] = (call) => {
  call.list(0);
  return xml(call, call.value(0));
};

/** By name. */
export const MANIFEST_FUNCTIONS: Natives = {
  manifestJson: ['value', (call) => json(call, { indent: '    ', newline: '\n', colon: ': ' })],
  manifestJsonMinified: [
    'value',
    (call) =>
      writeJson(call.machine, call.value(0), { indent: '', newline: '', separator: ',', colon: ':', empty: () => '' }),
  ],
  manifestJsonEx: [
    'value indent newline? key_val_sep?',
    (call) =>
      json(call, {
        indent: call.text(1),
        newline: call.has(2) ? call.text(2) : '\n',
        colon: call.has(3) ? call.text(3) : ': ',
      }),
  ],
  manifestYamlDoc: [
    'value indent_array_in_object? quote_keys?',
    (call) =>
      writeYamlDocument(call.machine, call.value(0), {
        indentsArrays: flag(call, 1, false),
        quotesKeys: flag(call, 2, true),
      }),
  ],
  manifestYamlStream: ['value indent_array_in_object? c_document_end? quote_keys?', yamlStream],
  manifestToml: ['value', (call) => writeToml(call.machine, call.object(0), '  ')],
  manifestTomlEx: ['value indent', (call) => writeToml(call.machine, call.object(0), call.text(1))],
  manifestIni: ['ini', ini],
  manifestPython: ['v', (call) => python(call, call.value(0))],
  manifestPythonVars: [
    'conf',
    (call) => {
      const config = call.object(0);
      const lines = config.names({ hidden: false }).map((name) => `${name} = ${python(call, config.get(name))}\n`);
      return lines.join('');
    },
  ],
  manifestXmlJsonml: ['value', elementOnly],
};
