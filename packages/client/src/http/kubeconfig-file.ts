/**
 * What a kubeconfig file holds, before anything is made of it.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import yaml from 'js-yaml';

import { Failure, isObject, messageOf } from '@argosy/base';

/** Fields, and the file they stand in: its folder is where relative paths begin. */
export interface ConfigEntry {
  readonly file: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads a file. Throws Failure `InvalidKubeconfig`. */
export const parseKubeconfig = (file: string): ConfigEntry => {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new Failure(
      `kubeconfig ${file} cannot be read: ${messageOf(thrown)}; is the platform running? start it with "argosy up"`,
      { code: 'InvalidKubeconfig', cause: thrown },
    );
  }
  const parsed = parseYaml(file, content);
  if (parsed === null || parsed === undefined) return { file, fields: {} };
  if (!isObject(parsed)) throw invalid(file, 'it is not an object');
  return { file, fields: parsed };
};

/** The value of `field` in the list's entry of that name. */
export const named = (list: unknown, name: string, field: string): ConfigEntry['fields'] | undefined => {
  const found = Array.isArray(list) ? list.find((item) => isObject(item) && item['name'] === name) : undefined;
  const value: unknown = isObject(found) ? found[field] : undefined;
  return isObject(value) ? value : undefined;
};

/** Certificates and keys: inline (`x-data`, base64) or in a file beside the kubeconfig. */
export const readMaterial = (entry: ConfigEntry, field: string): string | undefined => {
  const inline = text(entry.fields[`${field}-data`]);
  if (inline) return Buffer.from(inline, 'base64').toString('utf8');
  const elsewhere = text(entry.fields[field]);
  return elsewhere ? readBeside(entry, elsewhere) : undefined;
};

/** A path of the file, made absolute. */
export const besideOf = (entry: ConfigEntry, elsewhere: string): string =>
  path.resolve(path.dirname(entry.file), elsewhere);

/** A text that is there and not empty. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The error of a file that cannot be used as it is. */
export const invalid = (file: string, why: string): Failure =>
  new Failure(`kubeconfig ${file}: ${why}`, { code: 'InvalidKubeconfig' });

const parseYaml = (file: string, content: string): unknown => {
  try {
    return yaml.load(content);
  } catch (thrown) {
    // Only the first line: what follows quotes the file, which holds secrets.
    throw invalid(file, messageOf(thrown).split('\n')[0] ?? 'it is not YAML');
  }
};

const readBeside = (entry: ConfigEntry, elsewhere: string): string => {
  try {
    return readFileSync(besideOf(entry, elsewhere), 'utf8');
  } catch (thrown) {
    throw invalid(entry.file, messageOf(thrown));
  }
};
