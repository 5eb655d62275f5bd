/**
 * The client of this process: the verbs called directly, frozen objects straight from memory.
 */
import { isObject } from '@argosy/base';
import type { Client, ServedResource } from '@argosy/client';
import {
  ApiStatusError,
  keyOf,
  notFound,
  PODS,
  type Binding,
  type KubeObject,
  type Pod,
  type ResourceType,
} from '@argosy/kube';

import type { PodAccess } from '../kubelet/pod-runtime.ts';
import { CRD_STORAGE } from '../kinds/kind-registry.ts';
import { STANDARD_VERBS, UNCONVERTED, type ServedKind } from '../kinds/served-kind.ts';
import { kindOf, type ApiContext } from './api-context.ts';
import { bindPod } from './writes/bind-pod.ts';
import { deleteObject } from './writes/delete-object.ts';
import { emptyDefinition } from './empty-definition.ts';
import { getObject, listObjects, watchObjects } from './reads/read-objects.ts';
import { createObject } from './writes/create-object.ts';
import { patchObject, updateObject } from './writes/write-objects.ts';
import { patchScale, updateScale } from './writes/write-scale.ts';

/** Creates the client. `podAccess` is asked at each call, because the kubelet starts after the API server. */
export const createInProcessClient = (context: ApiContext, podAccess: () => PodAccess | undefined): Client => ({
  get: async (resource, key) => typed(await getObject(context, kindIn(context, resource), key)),
  list: async (resource, options) => typed(await listObjects(context, kindIn(context, resource), options)),
  watch: (resource, options) => typed(watchObjects(context, kindIn(context, resource), options)),
  create: async (resource, object, options) => {
    if (options?.subresource === 'binding') {
      await bindPod(context, keyOf(object), { binding: object as KubeObject as Binding, options });
      return object;
    }
    return typed(await createObject(context, kindOf(context, resource), { object, ...(options ? { options } : {}) }));
  },
  update: async (resource, object, options) => {
    const { namespace, name = '' } = metadataOf(object);
    const key = { ...(namespace ? { namespace } : {}), name };
    const kind = kindIn(context, resource);
    if (options?.subresource === 'scale')
      return typed(await updateScale(context, kind, { key, scale: object, options }));
    return typed(await updateObject(context, kind, { key, object, ...(options ? { options } : {}) }));
  },
  patch: async (resource, key, patch, options) => {
    const kind = kindIn(context, resource);
    if (options?.subresource === 'scale') return typed(await patchScale(context, kind, { key, patch, options }));
    return typed(await patchObject(context, kind, { key, patch, ...(options ? { options } : {}) }));
  },
  delete: async (resource, key, options) => {
    const kind = kindIn(context, resource);
    const left = await deleteObject(context, kind, { key, ...(options ? { options } : {}) });
    if (kind.storage === CRD_STORAGE && !options?.dryRun) void emptyDefinition(context, left);
  },
  servedResources: async () =>
    context.registry.all().map((kind) => ({
      ...toServedResource(kind),
      ...(isUnconverted(context, kind) ? { unconverted: UNCONVERTED } : {}),
    })),
  async *logs(key, options = {}) {
    const pod = context.store.get('/pods', key) as Pod | undefined;
    if (!pod) throw notFound({ group: PODS.group, resource: PODS.resource }, key.name);
    const access = podAccess();
    if (!access)
      throw new ApiStatusError('ServiceUnavailable', 'no kubelet runs in this cluster: start one to read logs');
    yield* access.logs(pod, options);
  },
});

const kindIn = (context: ApiContext, resource: ResourceType): ServedKind => {
  const stored = resource.version === UNCONVERTED ? context.registry.unconverted(resource) : undefined;
  return stored ?? kindOf(context, resource);
};

const isUnconverted = (context: ApiContext, { group, plural }: ServedKind): boolean =>
  context.registry.unconverted({ group, resource: plural }) !== undefined;

/** A kind as discovery tells of it. */
const toServedResource = (kind: ServedKind): ServedResource => ({
  group: kind.group,
  version: kind.version,
  resource: kind.plural,
  kind: kind.kind,
  namespaced: kind.namespaced,
  singular: kind.singular,
  verbs: kind.verbs ?? STANDARD_VERBS,
  shortNames: kind.shortNames,
  categories: kind.categories,
  preferred: kind.preferred,
  ...(kind.scale ? { scale: kind.scale } : {}),
});

/** Gives a value the type the caller named with the resource; the server has checked the kind, the compiler cannot. */
const typed = (value: unknown): never => value as never;

const metadataOf = (object: KubeObject): KubeObject['metadata'] => {
  if (isObject(object) && isObject(object.metadata)) return object.metadata;
  throw new ApiStatusError('BadRequest', 'the object has no metadata');
};
