/**
 * `.Files`: the files of a chart that are neither templates nor charts, as a map with methods.
 * @upstream helm pkg/engine/files.go, gobwas/glob
 */
import {
  compareText,
  compileGlob,
  fromBytes,
  goFunction,
  GoList,
  goMap,
  GoMap,
  GoNumber,
  textList,
  writeGoYaml,
  type GoFunctions,
  type GoValue,
} from '@argosy/expressions';

import type { ChartFile } from '../chart/chart.ts';

/** `.Files` of a chart. */
export const filesValue = (files: readonly ChartFile[]): GoMap => {
  const byName = new Map(
    [...files]
      .sort((left, right) => compareText(left.name, right.name))
      .map(({ name, data }): [string, Uint8Array] => [name, data]),
  );
  return new GoMap(new FileEntries(byName), '[]uint8', { name: 'engine.files', methods: methodsOf(byName) });
};

type Files = ReadonlyMap<string, Uint8Array>;

/** Entries whose bytes become a value only when somebody looks at them. */
class FileEntries extends Map<string, GoValue> {
  private readonly files: Files;

  constructor(files: Files) {
    super([...files.keys()].map((name): [string, GoValue] => [name, null]));
    this.files = files;
  }

  override get(name: string): GoValue {
    const data = this.files.get(name);
    return data && bytesValue(data);
  }
}

const BYTES: readonly GoNumber[] = Array.from(
  { length: 256 },
  (_, byte) => new GoNumber('uint8', 'uint8', BigInt(byte)),
);

const bytesValue = (data: Uint8Array): GoList => new GoList(lazyBytes(data), 'uint8', false, { bytes: data });

/**
 * Bytes that become values one by one, when somebody looks: `range .Files` hands out every file, and hardly a template
 * looks into one.
 */
const lazyBytes = (data: Uint8Array): readonly GoValue[] => {
  const indexOf = (key: string | symbol): number => (typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : -1);
  return new Proxy<readonly GoValue[]>([], {
    get: (target, key) => {
      if (key === 'length') return data.length;
      const index = indexOf(key);
      return index >= 0 ? BYTES[data[index] ?? -1] : Reflect.get(target, key);
    },
    has: (target, key) => {
      const index = indexOf(key);
      return index >= 0 ? index < data.length : Reflect.has(target, key);
    },
  });
};

const methodsOf = (files: Files): GoFunctions => {
  const textOf = (name: string): string => fromBytes(files.get(name) ?? new Uint8Array());
  const asYaml = (toText: (data: Uint8Array) => string): string =>
    writeGoYaml(goMap([...files].map(([name, data]): [string, GoValue] => [baseOf(name), toText(data)]))).replace(
      /\n$/,
      '',
    );
  return {
    Get: goFunction(['string'], ([name]) => textOf(name)),
    GetBytes: goFunction(['string'], ([name]) => bytesValue(files.get(name) ?? new Uint8Array())),
    Glob: goFunction(['string'], ([pattern]) => filesValue(matching(files, pattern))),
    AsConfig: goFunction([], () => asYaml(fromBytes)),
    AsSecrets: goFunction([], () => asYaml((data) => Buffer.from(data).toString('base64'))),
    Lines: goFunction(['string'], ([name]) => {
      const text = textOf(name);
      return textList(text === '' ? [] : text.replace(/\n$/, '').split('\n'));
    }),
  };
};

/** A pattern that is none matches everything, as upstream does. */
const matching = (files: Files, pattern: string): readonly ChartFile[] => {
  const glob = compileGlob(pattern, '/');
  return [...files].filter(([name]) => !glob.ok || glob.value.test(name)).map(([name, data]) => ({ name, data }));
};

const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
