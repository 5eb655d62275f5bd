/**
 * Chart.lock: the exact versions that a chart's dependencies were resolved to, and a digest that tells whether it
 * still belongs to the dependencies.
 * @upstream helm internal/resolver/resolver.go#HashReq, pkg/downloader/manager.go#Build
 */
import { Failure, isObject, sha256Hex } from '@argosy/base';
import { fromBytes } from '@argosy/expressions';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import type { ChartFile } from './chart.ts';
import { textOfScalar } from './typed-fields.ts';

/** What the lock says a dependency is. */
export interface LockedDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

/**
 * The locked dependencies of a chart; `undefined` without a lock. `urlOf` gives the address behind `@name`. Throws
 * Failure `MissingDependency` when the lock belongs to other dependencies, as `helm dependency build` does.
 */
export const readChartLock = (
  files: readonly ChartFile[],
  urlOf: (alias: string) => string | undefined,
): readonly LockedDependency[] | undefined => {
  const documentOf = (name: string): unknown => {
    const file = files.find((one) => one.name === name);
    return file && parseYamlDocuments(fromBytes(file.data), name)[0];
  };
  const isVersion1 = files.some(({ name }) => name === 'requirements.yaml');
  const [lockName, listName] = isVersion1 ? ['requirements.lock', 'requirements.yaml'] : ['Chart.lock', 'Chart.yaml'];
  const lock = documentOf(lockName);
  if (!isObject(lock)) return undefined;
  const wanted = dependenciesIn(documentOf(listName));
  const locked = dependenciesIn(lock);
  const named = wanted.map((entry) => {
    const url = urlOf(textIn(entry, 'repository'));
    return url === undefined ? entry : { ...entry, repository: url };
  });
  const digest = textIn(lock, 'digest');
  const known = [
    hashOf([named, locked].map((list) => list.map(inOrder))),
    hashOf({ dependencies: wanted.map(inOrder) }),
  ];
  if (!known.slice(0, isVersion1 ? 2 : 1).includes(digest))
    throw new Failure(
      `the lock file (${lockName}) is out of sync with the dependencies file (${listName}). Please update the dependencies`,
      { code: 'MissingDependency' },
    );
  return locked.map((entry) => ({
    name: textIn(entry, 'name'),
    version: textIn(entry, 'version'),
    repository: textIn(entry, 'repository'),
  }));
};

type Fields = Readonly<Record<string, unknown>>;

const dependenciesIn = (document: unknown): readonly Fields[] => {
  const list = isObject(document) ? document['dependencies'] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
};

const textIn = (fields: Fields, name: string): string => textOfScalar(fields[name] ?? null) ?? '';

/** The fields as Go writes them: in the order of its struct, those that are empty left out. */
const inOrder = (entry: Fields): Fields => {
  const list = (name: string): readonly unknown[] => (Array.isArray(entry[name]) ? entry[name] : []);
  const text = (name: string): Fields => (textIn(entry, name) === '' ? {} : { [name]: textIn(entry, name) });
  return {
    name: textIn(entry, 'name'),
    ...text('version'),
    repository: textIn(entry, 'repository'),
    ...text('condition'),
    ...(list('tags').length > 0 && { tags: list('tags') }),
    ...(entry['enabled'] === true && { enabled: true }),
    ...(list('import-values').length > 0 && { 'import-values': list('import-values').map(withSortedKeys) }),
    ...text('alias'),
  };
};

const withSortedKeys = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)))
    : value;

/** Go's JSON writes what HTML would take for markup as escapes: constraints are full of it. */
const hashOf = (value: unknown): string =>
  `sha256:${sha256Hex(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )}`;
