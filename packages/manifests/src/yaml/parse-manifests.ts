/**
 * YAML and JSON manifests as Kubernetes' own tools read them: YAML 1.1 booleans and octals, the last of duplicate keys,
 * numbers never rounded, nothing executed.
 * @upstream sigs.k8s.io/yaml (goyaml.v2); behaviour measured in the vectors lang-yaml
 */
import yaml from 'js-yaml';

import { Failure, isObject } from '@argosy/base';
import { readYamlFloat, readYamlInteger } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';

import { BINARY_TYPE, describeYamlProblem } from './yaml-reader.ts';

/** Most documents of one file, and the deepest nesting: beyond, it is an attack and not a manifest. */
const MOST_DOCUMENTS = 10_000;
const DEEPEST = 200;
const MOST_NODES = 2_000_000;

const BOOLEANS: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((text) => [text, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((text) => [text, false] as const),
]);
const LONGEST_BOOLEAN = 'false'.length;
const SPECIAL_FLOAT = /^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/;

const booleanType = new yaml.Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  // To look a long text up costs as much as reading it.
  resolve: (text: unknown) =>
    typeof text === 'string' && text.length <= LONGEST_BOOLEAN && Object.hasOwn(BOOLEANS, text),
  construct: (text: string) => BOOLEANS[text] ?? false,
});
const integerType = new yaml.Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && readYamlInteger(text) !== undefined,
  construct: (text: string) => toInteger(text),
});
const floatType = new yaml.Type('tag:yaml.org,2002:float', {
  kind: 'scalar',
  resolve: (text: unknown) =>
    typeof text === 'string' && (SPECIAL_FLOAT.test(text) || readYamlFloat(text) !== undefined),
  construct: (text: string) => readYamlFloat(text) ?? Number.NaN,
});
const nullType = new yaml.Type('tag:yaml.org,2002:null', {
  kind: 'scalar',
  resolve: (text: unknown) =>
    text === null || text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL',
  construct: () => null,
});
/**
 * Keys `<<` are kept apart, each under a name of its own, and merged afterwards in the order they stand: js-yaml's own merge
 * goes below all of a mapping's keys, wherever it is written.
 */
const MERGE_PREFIX = '\u0000<<';
let merges = 0;
const mergeType = new yaml.Type('tag:argosy,2026:merge', {
  kind: 'scalar',
  resolve: (text: unknown) => text === '<<',
  construct: () => `${MERGE_PREFIX}${merges++}`,
});
/** Tags nobody knows leave the value as it is. */
const anyTag = (tag: string, kind: 'scalar' | 'sequence' | 'mapping') =>
  new yaml.Type(tag, {
    kind,
    multi: true,
    construct: (value: unknown) => (kind === 'scalar' ? (value ?? '') : value),
  });
const KUBERNETES_SCHEMA = yaml.FAILSAFE_SCHEMA.extend({
  implicit: [nullType, booleanType, integerType, floatType, mergeType],
  explicit: [BINARY_TYPE, ...(['scalar', 'sequence', 'mapping'] as const).map((kind) => anyTag('', kind))],
});

/** Reads every document of a text; empty ones are left out. Throws Failure `InvalidYAML` naming the file and line. */
export const parseYamlDocuments = (text: string, file: string): readonly unknown[] => {
  const documents: unknown[] = [];
  try {
    yaml.loadAll(
      text,
      (document: unknown) => {
        if (documents.length >= MOST_DOCUMENTS) throw new Error(`more than ${MOST_DOCUMENTS} documents`);
        if (document !== null && document !== undefined) documents.push(document);
      },
      { schema: KUBERNETES_SCHEMA, json: true, filename: file },
    );
    const budget = { nodes: MOST_NODES };
    return documents.map((document) => toJsonValue(document, 0, budget));
  } catch (thrown) {
    throw new Failure(`${file}: ${describeYamlProblem(thrown)}`, { code: 'InvalidYAML', cause: thrown });
  }
};

/**
 * Reads Kubernetes objects; a List becomes its items. Throws Failure `InvalidYAML`, or `InvalidManifest` for a document
 * without apiVersion, kind or name.
 */
export const parseManifests = (text: string, file: string): readonly KubeObject[] =>
  parseYamlDocuments(text, file).flatMap((document, at) => toKubeObjects(document, documentName(file, at)));

const documentName = (file: string, at: number): string => (at === 0 ? file : `${file} (document ${at + 1})`);

/** A document as objects; `where` names it in errors. Throws Failure `InvalidManifest`. */
export const toKubeObjects = (document: unknown, where: string): readonly KubeObject[] => {
  if (!isObject(document)) throw invalid(where, 'is not an object');
  const { apiVersion, kind, metadata, items } = document;
  if (typeof kind !== 'string' || kind === '')
    throw invalid(where, 'has no kind; every manifest needs apiVersion, kind and metadata.name');
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw invalid(where, 'has no apiVersion; every manifest needs apiVersion, kind and metadata.name');
  if (kind.endsWith('List') && Array.isArray(items))
    return items.flatMap((item, at) => toKubeObjects(item, `${where} items[${at}]`));
  if (!isObject(metadata) || (typeof metadata['name'] !== 'string' && typeof metadata['generateName'] !== 'string'))
    throw invalid(where, `(${kind}) has no metadata.name`);
  // Checked above: it has the shape every object has.
  return [document as unknown as KubeObject];
};

const invalid = (where: string, what: string): Failure => new Failure(`${where} ${what}`, { code: 'InvalidManifest' });

/** What is left to visit: aliases make one node stand in many places, and counting keeps "billion laughs" finite. */
interface Budget {
  nodes: number;
}

/** A copy, so that no two places share a node. By hand: a file of many definitions has a million nodes. */
const toJsonValue = (value: unknown, depth: number, budget: Budget): unknown => {
  budget.nodes -= 1;
  if (budget.nodes < 0) throw new Error(`more than ${MOST_NODES} values, aliases expanded`);
  if (depth > DEEPEST) throw new Error(`nested deeper than ${DEEPEST}`);
  switch (typeof value) {
    case 'string':
      return isMerge(value) ? '<<' : value;
    case 'bigint':
      return Number(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Error('a number that JSON does not have (.inf, .nan)');
      return value;
    case 'object':
      if (value === null) return value;
      if (!Array.isArray(value)) return toJsonObject(value as Readonly<Record<string, unknown>>, depth, budget);
      return value.map((part) => toJsonValue(part, depth + 1, budget));
    default:
      return value;
  }
};

const isMerge = (text: string): boolean => text.charCodeAt(0) === 0 && text.startsWith(MERGE_PREFIX);

const toJsonObject = (
  value: Readonly<Record<string, unknown>>,
  depth: number,
  budget: Budget,
): Readonly<Record<string, unknown>> => {
  const copy: Record<string, unknown> = {};
  let hasMerges = false;
  for (const key of Object.keys(value)) {
    if (key === '[object Object]') throw new Error('a mapping as a key; quote {{ … }}');
    hasMerges ||= isMerge(key);
    const part = toJsonValue(value[key], depth + 1, budget);
    if (key === '__proto__') Object.defineProperty(copy, key, { ...PLAIN, value: part });
    else copy[key] = part;
  }
  return hasMerges ? Object.fromEntries(withMerges(Object.entries(copy))) : copy;
};

/** How a property is that was assigned; assigning this one name would do something else. */
const PLAIN = { configurable: true, enumerable: true, writable: true };

type Entry = readonly [key: string, value: unknown];

/** The later of two entries of one name wins. Where keys that are whole numbers stood is not known: they win. */
const withMerges = (entries: readonly Entry[]): readonly Entry[] => [
  ...entries.flatMap(([key, part]) => (isMerge(key) ? merged(part) : [[key, part] as const])),
  ...entries.filter(([key]) => /^\d+$/.test(key)),
];

/** Of several mappings the first wins. @spec https://yaml.org/type/merge.html */
const merged = (part: unknown): readonly Entry[] => {
  const sources: readonly unknown[] = Array.isArray(part) ? part.toReversed() : [part];
  return sources.flatMap((source) => {
    if (!isObject(source)) throw new Error('map merge requires map or sequence of maps as the value');
    return Object.entries(source);
  });
};

const toInteger = (text: string): number | bigint => {
  const value = readYamlInteger(text) ?? 0n;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
};
