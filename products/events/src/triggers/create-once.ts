/**
 * Creating an object so that doing it again after a crash does not make a second one: a generated name is computed from
 * the firing, and an object that is already there is recognised by its annotation.
 */
import { createSeededRandom, fnv1a32, randomSuffix } from '@argosy/base';
import type { ServedResource } from '@argosy/client';
import { isApiError, type KubeObject } from '@argosy/kube';

import { isFromFiring } from './origin.ts';
import type { TriggerContext, TriggerDeps } from './trigger-context.ts';

/** Lengths of the part appended to a generated name: as Kubernetes' own, and longer when that is taken. */
const SUFFIX_LENGTHS = [5, 10];
/** Kubernetes cuts `generateName` so that five characters fit into 63. */
const LONGEST_GENERATED = 58;

/** Creates, or finds what this firing created before. Throws AlreadyExists for an object of somebody else. */
export const createOnce = async (
  deps: TriggerDeps,
  context: TriggerContext,
  resource: ServedResource,
  object: KubeObject,
): Promise<KubeObject> => {
  const { name, generateName, ...metadata } = object.metadata;
  if (name) return createNamed(deps, context, resource, object);
  for (const length of SUFFIX_LENGTHS) {
    const base = (generateName ?? '').slice(0, LONGEST_GENERATED + 5 - length);
    const generated = `${base}${suffixOf(context, length)}`;
    try {
      const named = { ...object, metadata: { ...metadata, generateName, name: generated } };
      return await createNamed(deps, context, resource, named);
    } catch (thrown) {
      if (!isApiError(thrown, 'AlreadyExists') || length === SUFFIX_LENGTHS.at(-1)) throw thrown;
    }
  }
  return object;
};

const createNamed = async (
  deps: TriggerDeps,
  context: TriggerContext,
  resource: ServedResource,
  object: KubeObject,
): Promise<KubeObject> => {
  try {
    return await deps.client.create(resource, object);
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    const { namespace, name = '' } = object.metadata;
    const existing = await deps.client.get(resource, { ...(resource.namespaced ? { namespace } : {}), name });
    if (isFromFiring(existing, context)) return existing;
    throw thrown;
  }
};

/** Letters drawn from the firing, the trigger and the sensor. */
const suffixOf = ({ firing, plan, sensor }: TriggerContext, length: number): string =>
  randomSuffix(createSeededRandom(fnv1a32(`${firing.id} ${plan.name} ${sensor.metadata.uid ?? ''}`)), length);
