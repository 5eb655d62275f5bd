/**
 * Objects from the text of a file: documents checked, lists unrolled.
 * @upstream sigs.k8s.io/kustomize/api/resource/factory.go
 */
import { Failure } from '@argosy/base';

import { readDocuments } from '../document/read-documents.ts';
import {
  isEmptyValue,
  isMap,
  isMissing,
  memberOf,
  textOf,
  valueAt,
  type MapValue,
  type Value,
} from '../document/value.ts';
import { Resource } from './resource.ts';

/** Reads objects. Throws Failure `InvalidYAML`, or `InvalidManifest` for one without kind or name. */
export const parseResources = (text: string, file: string): readonly Resource[] => {
  const documents = readDocuments(text.replaceAll('\r\n', '\n'), file);
  return inlineLists(
    unwrapList(documents).flatMap((document) => toObjects(document, file)),
    file,
  ).map((document) => new Resource(document));
};

/** A file that is one List is its items. */
const unwrapList = (documents: readonly Value[]): readonly Value[] => {
  const [only] = documents;
  const kind = textOf(memberOf(only, 'kind'));
  if (documents.length !== 1 || (kind !== 'List' && kind !== 'ResourceList')) return documents;
  const items = memberOf(only, 'items');
  if (items === undefined && memberOf(only, 'functionConfig') === undefined) return documents;
  return Array.isArray(items) ? items : [];
};

const toObjects = (document: Value, file: string): readonly MapValue[] => {
  if (isEmptyValue(document)) return [];
  if (!isMap(document)) throw invalid(file, 'is not an object');
  const kind = textOf(memberOf(document, 'kind'));
  if (kind === '') throw invalid(file, 'has no kind; every object needs apiVersion, kind and metadata.name');
  if (!kind.endsWith('List') && textOf(valueAt(document, 'metadata', 'name')) === '')
    throw invalid(file, `(${kind}) has no metadata.name`);
  return [document];
};

/** Objects within a FooList come after the others. */
const inlineLists = (documents: readonly MapValue[], file: string): readonly MapValue[] => {
  const waiting = [...documents];
  const objects: MapValue[] = [];
  for (let document = waiting.shift(); document !== undefined; document = waiting.shift()) {
    const items = memberOf(document, 'items');
    if (!textOf(memberOf(document, 'kind')).endsWith('List') || items === undefined) {
      objects.push(document);
      continue;
    }
    if (isMissing(items)) continue;
    if (!Array.isArray(items))
      throw invalid(file, `(${textOf(memberOf(document, 'kind'))}) has items that are no list`);
    waiting.push(...items.flatMap((item) => toObjects(item, file)));
  }
  return objects;
};

const invalid = (file: string, what: string): Failure =>
  new Failure(`${file}: a document ${what}`, { code: 'InvalidManifest' });
