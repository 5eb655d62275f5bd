/**
 * Strategic merge patches on an object.
 * @upstream sigs.k8s.io/kustomize/api/resource/resource.go#ApplySmPatch, api/resmap/reswrangler.go#ApplySmPatch
 */
import { compareText } from '@argosy/expressions';

import { copyMap, isMap, memberOf, textOf } from '../document/value.ts';
import type { MergeSchema } from '../merge/merge-schema.ts';
import { mergeStrategically } from '../merge/strategic-merge.ts';
import type { Resource } from '../resources/resource.ts';

/** Merges a patch; name, kind and namespace stay unless the patch may change them. Throws Failure `InvalidPatch`. */
export const patchStrategically = (resource: Resource, patch: Resource, schema: MergeSchema): void => {
  const { name, namespace, kind, document } = resource;
  if (!document || !patch.document) return;
  if (patch.mayChangeName || patch.mayChangeKind) resource.rememberName();
  const isReplacement = textOf(memberOf(patch.document, '$patch')) === 'replace';
  const merged = mergeStrategically(document, copyMap(patch.document), schema);
  // Upstream drops what a whole object is replaced by: it changes what it patches in place.
  if (isReplacement) return;
  if (!isMap(merged) || Object.keys(merged).length === 0) {
    resource.document = undefined;
    return;
  }
  resource.document = merged;
  if (!patch.mayChangeKind) resource.setKind(kind);
  if (!patch.mayChangeName) resource.setName(name);
  resource.setNamespace(namespace);
};

/**
 * A patch as it goes to a chosen object: of its version, and with labels and annotations that are text. The latter
 * means, as it does upstream, that such a patch cannot take a label away by null.
 */
export const toTargetedPatch = (patch: Resource, target: Resource): Resource => {
  const copy = patch.copy();
  for (const field of ['labels', 'annotations'] as const) copy.setTexts(field, sortedTexts(patch, field));
  copy.setName(patch.name);
  copy.setNamespace(patch.namespace);
  copy.setApiVersion(target.apiVersion);
  return copy;
};

const sortedTexts = (patch: Resource, field: 'labels' | 'annotations'): ReadonlyMap<string, string> =>
  new Map([...patch.textsOf(field)].sort(([left], [right]) => compareText(left, right)));
