/**
 * JSON patches on an object.
 * @upstream sigs.k8s.io/kustomize/api/filters/patchjson6902/patchjson6902.go
 */
import { Failure } from '@argosy/base';
import { applyJsonPatch } from '@argosy/kube';

import { isMap, isMissing, memberOf, valueAt, type MapValue } from '../document/value.ts';
import { fromJson, toJson } from '../document/write-document.ts';
import type { Resource } from '../resources/resource.ts';

/** Applies operations. Throws Failure `InvalidPatch` naming the operation. */
export const patchByJson = (resource: Resource, operations: readonly unknown[], source: string): void => {
  if (!resource.document) return;
  // Upstream's own annotations make sure that there are some, so that one can be added.
  const { isMarked } = resource;
  if (isMarked) putMark(resource.document);
  const patched = applyJsonPatch(toJson(resource.document), operations, { asV4: true });
  if (!patched.ok)
    throw new Failure(`patches: ${source}: ${patched.error}`, { code: 'InvalidPatch', object: resource.name });
  const document = fromJson(patched.value);
  if (!isMap(document))
    throw new Failure(`patches: ${source} leaves no object`, { code: 'InvalidPatch', object: resource.name });
  resource.document = document;
  if (isMarked && !takeMark(document)) resource.forgetOrigin();
};

/** Stands for the annotations in which upstream keeps an object's origin: a patch that takes them away takes it too. */
const MARK = 'internal.config.kubernetes.io/origin-mark';

const putMark = (document: MapValue): void => {
  const metadata = memberOf(document, 'metadata');
  if (!isMap(metadata)) return;
  if (isMissing(memberOf(metadata, 'annotations'))) metadata['annotations'] = {};
  const annotations = memberOf(metadata, 'annotations');
  if (isMap(annotations)) annotations[MARK] = '';
};

const takeMark = (document: MapValue): boolean => {
  const annotations = valueAt(document, 'metadata', 'annotations');
  if (!isMap(annotations) || memberOf(annotations, MARK) === undefined) return false;
  delete annotations[MARK];
  return true;
};
