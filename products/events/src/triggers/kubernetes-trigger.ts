/**
 * k8s triggers: create, update, patch or delete an object. @spec EV-KND-01, EV-KND-02
 * @upstream argoproj/argo-events pkg/sensors/triggers/standard-k8s/standard-k8s.go
 */
import { isObject } from '@argosy/base';
import type { ServedResource } from '@argosy/client';
import { isApiError, keyOf, type KubeObject, type ObjectKey, type UnstructuredObject } from '@argosy/kube';

import type { KubernetesTriggerSpec } from '../api/trigger-schema.ts';
import { PATCH_STRATEGIES } from '../sensor/validate-trigger.ts';
import { createOnce } from './create-once.ts';
import { withOrigin } from './origin.ts';
import { invalid, readTriggerObject, withParametersApplied } from './resource-source.ts';
import type { Executed, TriggerContext, TriggerDeps } from './trigger-context.ts';

/** Executes. Throws what the API answers, and Failure `InvalidTrigger`. */
export const executeKubernetes = async (
  deps: TriggerDeps,
  context: TriggerContext,
  spec: KubernetesTriggerSpec,
): Promise<Executed> => {
  const template = await readTriggerObject(deps, context, spec.source ?? {});
  if (spec.operation === 'update' && spec.liveObject === true) return updateLive(deps, context, spec, template);
  const object = withParametersApplied(template, spec.parameters, context);
  const { resource, placed } = await placeObject(deps, context, object);
  switch (spec.operation ?? '') {
    case 'update':
      return changeOrCreate(deps, context, { resource, object: placed }, () => overwrite(deps, resource, placed));
    case 'patch':
      return changeOrCreate(deps, context, { resource, object: placed }, () =>
        patch(deps, resource, placed, spec.patchStrategy),
      );
    case 'delete':
      return remove(deps, resource, placed);
    default:
      return create(deps, context, resource, placed);
  }
};

/** Finds an object's resource and puts it into the sensor's namespace unless it names one. */
export const placeObject = async (
  deps: TriggerDeps,
  context: TriggerContext,
  object: UnstructuredObject,
): Promise<{ readonly resource: ServedResource; readonly placed: UnstructuredObject }> => {
  const resource = await deps.resources.find(object.apiVersion, object.kind);
  if (!resource) throw invalid(`the cluster serves no kind ${object.kind} in ${object.apiVersion}`);
  if (!resource.namespaced) return { resource, placed: object };
  const namespace = object.metadata.namespace ?? context.sensor.metadata.namespace;
  return { resource, placed: { ...object, metadata: { ...object.metadata, namespace } } };
};

/** Creates with labels and annotations of where it came from. */
export const create = async (
  deps: TriggerDeps,
  context: TriggerContext,
  resource: ServedResource,
  object: KubeObject,
): Promise<Executed> => {
  const created = await createOnce(deps, context, resource, {
    ...object,
    metadata: withOrigin(object.metadata, deps, context),
  });
  return { done: `created ${describe(created)}`, object: { resource, live: created } };
};

/** Names an object in a sentence. */
export const describe = (object: KubeObject): string => {
  const { namespace, name = '' } = object.metadata;
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
};

const changeOrCreate = async (
  deps: TriggerDeps,
  context: TriggerContext,
  of: { readonly resource: ServedResource; readonly object: UnstructuredObject },
  change: () => Promise<Executed>,
): Promise<Executed> => {
  try {
    return await change();
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    return create(deps, context, of.resource, of.object);
  }
};

/** Updates that lose against others are decided again on the newest object, this often. */
const UPDATE_ATTEMPTS = 5;

const overwrite = (deps: TriggerDeps, resource: ServedResource, object: UnstructuredObject): Promise<Executed> =>
  updateNewest(deps, resource, keyOf(object), (live) => merge(live, object) as unknown as KubeObject);

const updateLive = async (
  deps: TriggerDeps,
  context: TriggerContext,
  spec: KubernetesTriggerSpec,
  template: UnstructuredObject,
): Promise<Executed> => {
  const { resource, placed } = await placeObject(deps, context, template);
  return updateNewest(deps, resource, keyOf(placed), (live) =>
    withParametersApplied(live as UnstructuredObject, spec.parameters, context),
  );
};

const updateNewest = async (
  deps: TriggerDeps,
  resource: ServedResource,
  key: ObjectKey,
  change: (live: KubeObject) => KubeObject,
): Promise<Executed> => {
  for (let attempt = 1; ; attempt += 1) {
    const live = await deps.client.get(resource, key);
    try {
      const updated = await deps.client.update(resource, change(live));
      return { done: `updated ${describe(updated)}`, object: { resource, live: updated } };
    } catch (thrown) {
      if (!isApiError(thrown, 'Conflict') || attempt >= UPDATE_ATTEMPTS) throw thrown;
    }
  }
};

/** Members of `over` win; lists are replaced. */
const merge = (under: object, over: object): Readonly<Record<string, unknown>> => {
  const merged: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isObject(value) && isObject(below) ? merge(below, value) : value;
  }
  return merged;
};

const patch = async (
  deps: TriggerDeps,
  resource: ServedResource,
  object: UnstructuredObject,
  strategy: string | undefined,
): Promise<Executed> => {
  const kind = PATCH_STRATEGIES[strategy ?? ''] ?? 'merge';
  const change = kind === 'apply' ? ({ kind, object, force: true } as const) : ({ kind, patch: object } as const);
  const patched = await deps.client.patch(resource, keyOf(object), change, { fieldManager: 'argo-events' });
  return { done: `patched ${describe(patched)}`, object: { resource, live: patched } };
};

const remove = async (deps: TriggerDeps, resource: ServedResource, object: UnstructuredObject): Promise<Executed> => {
  try {
    await deps.client.delete(resource, keyOf(object));
    return { done: `deleted ${describe(object)}` };
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    return { done: `${describe(object)} was gone already` };
  }
};
