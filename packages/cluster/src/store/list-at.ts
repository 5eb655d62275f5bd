/**
 * Lists as they were at a revision of the past: the newest list with the changes since taken back.
 */
import { formatKey, keyOf } from '@argosy/kube';

import { compareObjects, type ObjectIndex } from './object-index.ts';
import type { StoreEvent, StoreList } from './store.ts';

/** Takes back the changes since a revision, newest first. */
export const listAt = (
  index: ObjectIndex,
  of: { readonly resource: string; readonly namespace: string | undefined; readonly at: number },
  changes: readonly StoreEvent[],
): StoreList => {
  const objects = new Map(index.list(of.resource, of.namespace).map((object) => [formatKey(keyOf(object)), object]));
  for (const change of changes.toReversed()) {
    if (of.namespace !== undefined && change.object.metadata.namespace !== of.namespace) continue;
    const key = formatKey(keyOf(change.object));
    if (change.previous) objects.set(key, change.previous);
    else objects.delete(key);
  }
  return { items: [...objects.values()].sort(compareObjects), revision: of.at };
};
