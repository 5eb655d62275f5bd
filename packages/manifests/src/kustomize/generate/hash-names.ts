/**
 * Hash suffixes of generated objects: another content is another name.
 * @upstream sigs.k8s.io/kustomize/api/hasher/hasher.go
 */
import { sha256Hex } from '@argosy/base';

import { isMap, memberOf, textOf, type MapValue } from '../document/value.ts';
import { writeCompactJson } from '../document/write-document.ts';
import type { Transform } from '../transform/transformer.ts';

/** Adds a hash to the names of objects that ask for one. */
export const hashNames: Transform = (list) => {
  for (const resource of list.all) {
    if (!resource.needsHash || !resource.document) continue;
    const hash = hashOf(resource.document);
    resource.rememberName();
    resource.setName(`${resource.name}-${hash}`);
  }
};

const LETTERS: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

const hashOf = (document: MapValue): string => {
  const hex = sha256Hex(writeCompactJson(hashedPart(document))).slice(0, 10);
  return [...hex].map((digit) => LETTERS[digit] ?? digit).join('');
};

/** What counts. The name is in it, but upstream looks for it where it is not, and finds nothing. */
const hashedPart = (document: MapValue): MapValue => {
  const kind = textOf(memberOf(document, 'kind'));
  if (kind !== 'ConfigMap' && kind !== 'Secret') return document;
  const part = (field: string): MapValue => {
    const value = memberOf(document, field);
    return value === undefined ? {} : { [field]: isMap(value) ? value : textOf(value) };
  };
  const other = kind === 'ConfigMap' ? 'binaryData' : 'stringData';
  const hasOther = isMap(memberOf(document, other));
  const type: MapValue = kind === 'Secret' ? { type: textOf(memberOf(document, 'type')) } : {};
  return { kind, name: '', data: '', ...type, ...part('data'), ...(hasOther ? part(other) : {}) };
};
