/**
 * The configuration of a plugin: what upstream's sidecars read from `plugin.yaml`.
 * @spec CD-CMP-01, CD-CMP-02
 * @upstream argo-cd cmpserver/plugin/config.go
 */
import { Failure, isObject } from '@argosy/base';

import { parseYamlDocuments } from '../yaml/parse-manifests.ts';

/** A command in exec form. */
export interface PluginCommand {
  readonly command: readonly string[];
  readonly args: readonly string[];
}

/** A parameter that a plugin says it takes. */
export interface PluginParameter {
  readonly name: string;
  readonly title?: string;
  readonly tooltip?: string;
  readonly required?: boolean;
  readonly itemType?: string;
  readonly collectionType?: 'string' | 'array' | 'map';
  readonly string?: string;
  readonly array?: readonly string[];
  readonly map?: Readonly<Record<string, string>>;
}

/** A plugin. */
export interface PluginConfig {
  /** With `-<version>` when it has one: what applications name. @spec CD-CMP-03 */
  readonly name: string;
  readonly init: PluginCommand | undefined;
  readonly generate: PluginCommand;
  /** The first of these that is there decides; none: applications must name the plugin. @spec CD-CMP-04 */
  readonly discover:
    | { readonly kind: 'fileName'; readonly pattern: string }
    | { readonly kind: 'glob'; readonly pattern: string }
    | { readonly kind: 'command'; readonly command: PluginCommand }
    | undefined;
  readonly staticParameters: readonly PluginParameter[];
  readonly dynamicParameters: PluginCommand | undefined;
}

/** Reads a configuration. Throws Failure `InvalidPlugin` naming the file and field, `NotSupported`. */
export const parsePluginConfig = (text: string, file: string): PluginConfig => {
  const documents = parseYamlDocuments(text, file);
  const [document] = documents;
  const at = (field: string): string => `${file}: ${field}`;
  if (documents.length !== 1 || !isObject(document)) throw invalid(file, 'holds one ConfigManagementPlugin');
  if (document['kind'] !== 'ConfigManagementPlugin') throw invalid(at('kind'), 'is ConfigManagementPlugin');
  const metadata = fieldsOf(document['metadata'], at('metadata'), undefined);
  const spec = fieldsOf(document['spec'], at('spec'), SPEC_FIELDS);
  for (const field of UNSUPPORTED)
    if (spec[field] === true)
      throw new Failure(`${file}: not supported yet: spec.${field}; remove it`, { code: 'NotSupported' });
  const name = textOf(metadata['name'], at('metadata.name'));
  const version = spec['version'] === undefined ? '' : textOf(spec['version'], at('spec.version'));
  const generate = readCommand(spec['generate'], at('spec.generate'));
  if (!generate) throw invalid(at('spec.generate.command'), 'is needed');
  const parameters = fieldsOf(spec['parameters'] ?? {}, at('spec.parameters'), ['static', 'dynamic']);
  return {
    name: version === '' ? name : `${name}-${version}`,
    init: readCommand(spec['init'], at('spec.init')),
    generate,
    discover: readDiscover(spec['discover'], at('spec.discover')),
    staticParameters: parseAnnouncement(parameters['static'] ?? [], at('spec.parameters.static')),
    dynamicParameters: readCommand(parameters['dynamic'], at('spec.parameters.dynamic')),
  };
};

/** Reads parameters that a plugin announces. Throws Failure `InvalidPlugin`. */
export const parseAnnouncement = (value: unknown, where: string): readonly PluginParameter[] => {
  if (!Array.isArray(value)) throw invalid(where, 'is a list');
  return value.map((item: unknown, index) => {
    const parameter = fieldsOf(item, `${where}[${index}]`, PARAMETER_FIELDS);
    textOf(parameter['name'], `${where}[${index}].name`);
    // Its fields are those of the type; they are only shown.
    return parameter as unknown as PluginParameter;
  });
};

const SPEC_FIELDS = 'version init generate discover parameters preserveFileMode provideGitCreds lockRepo'.split(' ');
/** A copy of the source is each run's own, hence `lockRepo` holds by itself. */
const UNSUPPORTED = ['preserveFileMode', 'provideGitCreds'];
const PARAMETER_FIELDS = 'name title tooltip required itemType collectionType string array map'.split(' ');

const readDiscover = (value: unknown, where: string): PluginConfig['discover'] => {
  if (value === undefined) return undefined;
  const discover = fieldsOf(value, where, ['fileName', 'find']);
  if (discover['fileName'] !== undefined && discover['fileName'] !== '')
    return { kind: 'fileName', pattern: textOf(discover['fileName'], `${where}.fileName`) };
  const find = fieldsOf(discover['find'] ?? {}, `${where}.find`, ['glob', 'command', 'args']);
  if (find['glob'] !== undefined && find['glob'] !== '')
    return { kind: 'glob', pattern: textOf(find['glob'], `${where}.find.glob`) };
  const { glob: _glob, ...rest } = find;
  const command = readCommand(rest, `${where}.find`);
  return command && { kind: 'command', command };
};

const readCommand = (value: unknown, where: string): PluginCommand | undefined => {
  if (value === undefined || value === null) return undefined;
  const { command, args } = fieldsOf(value, where, ['command', 'args']);
  const given = textsOf(command ?? [], `${where}.command`);
  if (given.length === 0) {
    if (args !== undefined) throw invalid(`${where}.command`, 'is needed where args are');
    return undefined;
  }
  return { command: given, args: textsOf(args ?? [], `${where}.args`) };
};

const fieldsOf = (value: unknown, where: string, known: readonly string[] | undefined): Record<string, unknown> => {
  if (!isObject(value)) throw invalid(where, 'is an object');
  const unknown = known && Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`${where}.${unknown}`, `is not known; there are ${known?.join(', ')}`);
  return value;
};

const textOf = (value: unknown, where: string): string => {
  if (typeof value !== 'string' || value === '') throw invalid(where, 'is a text that is not empty');
  return value;
};

const textsOf = (value: unknown, where: string): readonly string[] => {
  if (!Array.isArray(value)) throw invalid(where, 'is a list of texts');
  return value.map((item: unknown, at) => {
    if (typeof item !== 'string') throw invalid(`${where}[${at}]`, 'is a text');
    return item;
  });
};

const invalid = (where: string, what: string): Failure => new Failure(`${where} ${what}`, { code: 'InvalidPlugin' });
