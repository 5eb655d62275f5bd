/**
 * A CustomResourceDefinition goes only after its objects: a finalizer holds it until the last of them is gone.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go
 */
import { messageOf } from '@argosy/base';
import { isApiError, keyOf, type CustomResourceDefinition, type KubeObject } from '@argosy/kube';

import { CLEANUP_FINALIZER } from '../kinds/strategies/definitions.ts';
import { kindOf, type ApiContext } from './api-context.ts';
import { deleteObject } from './writes/delete-object.ts';
import { patchObject } from './writes/write-objects.ts';

/** Deletes the objects of a definition that is being deleted, then lets it go. Failures are logged; a restart resumes. */
export const emptyDefinition = async (context: ApiContext, object: KubeObject): Promise<void> => {
  if (!object.metadata.deletionTimestamp || !object.metadata.finalizers?.includes(CLEANUP_FINALIZER)) return;
  try {
    await deleteInstances(context, object as CustomResourceDefinition);
    const finalizers = object.metadata.finalizers.filter((name) => name !== CLEANUP_FINALIZER);
    const definitions = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };
    const patch = { kind: 'merge' as const, patch: { metadata: { finalizers } } };
    await patchObject(context, kindOf(context, definitions), { key: keyOf(object), patch });
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return;
    context.log.error('empty a definition', { name: object.metadata.name ?? '', error: messageOf(thrown) });
  }
};

const deleteInstances = async (context: ApiContext, definition: CustomResourceDefinition): Promise<void> => {
  const { spec } = definition;
  // As stored: also what nobody serves or converts any more must go.
  const kind = spec && context.registry.unconverted({ group: spec.group, resource: spec.names.plural });
  if (!kind) return;
  for (;;) {
    const { items, revision } = context.store.list(kind.storage);
    const fresh = items.filter(({ metadata }) => !metadata.deletionTimestamp);
    await Promise.all(fresh.map((item) => deleteObject(context, kind, { key: keyOf(item) }).catch(ifGone)));
    if (context.store.count(kind.storage) === 0) return;
    // What finalizers hold goes later: each change is a reason to look again.
    const next = new AbortController();
    for await (const _event of context.store.watch(kind.storage, { from: revision, signal: next.signal })) {
      next.abort();
      break;
    }
    if (!next.signal.aborted) return;
  }
};

const ifGone = (thrown: unknown): void => {
  if (!isApiError(thrown, 'NotFound')) throw thrown;
};
