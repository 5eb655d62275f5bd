/**
 * `configMapGenerator` and `secretGenerator`.
 * @upstream sigs.k8s.io/kustomize/api/internal/generators, kyaml/yaml/datamap.go
 */
import { Failure } from '@argosy/base';
import { compareText } from '@argosy/expressions';

import { setMember, type MapValue } from '../document/value.ts';
import type { GeneratorEntry, GeneratorOptions } from '../file/kustomization.ts';
import { Resource, type Behavior } from '../resources/resource.ts';
import { collectPairs, decodeText, type ReadBytes } from './key-values.ts';

/** What is generated. */
export type GeneratedKind = 'ConfigMap' | 'Secret';

/** Base64 longer than this is broken into lines of this length. */
const LINE = 70;

/** Generates an object. Throws Failure `InvalidGenerator`, or what reading throws. */
export const generateData = async (kind: GeneratedKind, entry: GeneratorEntry, read: ReadBytes): Promise<Resource> => {
  if (!entry.name) throw new Failure(`generator of a ${kind} must have a name`, { code: 'InvalidGenerator' });
  const document: MapValue = { apiVersion: 'v1', kind, metadata: metadataOf(entry) };
  if (kind === 'Secret') document['type'] = entry.type || 'Opaque';
  const pairs = [...(await collectNaming(kind, entry, read))].sort(([left], [right]) => compareText(left, right));
  if (kind === 'Secret') document['data'] = {};
  for (const [key, bytes] of pairs) putValue(document, key, bytes);
  if (entry.options?.immutable) document['immutable'] = true;
  const resource = new Resource(document);
  resource.needsHash = entry.options?.disableNameSuffixHash !== true;
  resource.behavior = toBehavior(entry.behavior);
  return resource;
};

/** An entry's options, filled from those of all generators. */
export const mergeGeneratorOptions = (entry: GeneratorEntry, all: GeneratorOptions | undefined): GeneratorEntry => {
  if (!all) return entry;
  const own = entry.options ?? {};
  const options: GeneratorOptions = {
    labels: { ...all.labels, ...own.labels },
    annotations: { ...all.annotations, ...own.annotations },
    disableNameSuffixHash: own.disableNameSuffixHash === true || all.disableNameSuffixHash === true,
    immutable: own.immutable === true || all.immutable === true,
  };
  return { ...entry, options };
};

const collectNaming = async (
  kind: GeneratedKind,
  entry: GeneratorEntry,
  read: ReadBytes,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  try {
    return await collectPairs(entry, read);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new Failure(`generator of ${kind} ${entry.name ?? ''}: ${thrown.message}`, {
      code: thrown.code,
      cause: thrown,
    });
  }
};

const metadataOf = ({ name = '', namespace, options }: GeneratorEntry): MapValue => ({
  name,
  ...(namespace ? { namespace } : {}),
  ...nonEmpty('labels', options?.labels),
  ...nonEmpty('annotations', options?.annotations),
});

const nonEmpty = (field: string, texts: Readonly<Record<string, string>> | undefined): MapValue =>
  texts && Object.keys(texts).length > 0 ? { [field]: { ...texts } } : {};

const putValue = (document: MapValue, key: string, bytes: Uint8Array): void => {
  const text = document['kind'] === 'Secret' ? undefined : decodeText(bytes);
  const field = document['kind'] === 'Secret' || text !== undefined ? 'data' : 'binaryData';
  const map = (document[field] ??= {}) as MapValue;
  setMember(map, key, text ?? encodeBase64(bytes));
};

const encodeBase64 = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes).toString('base64');
  return text.length < LINE ? text : text.replace(/.{1,70}/g, '$&\n');
};

const toBehavior = (text: string | undefined): Behavior =>
  text === 'create' || text === 'replace' || text === 'merge' ? text : 'unspecified';
