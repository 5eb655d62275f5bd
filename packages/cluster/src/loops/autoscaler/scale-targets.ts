/**
 * What autoscalers scale: anything whose kind has scales, read and written as one, found by what the cluster serves.
 * @upstream kubernetes pkg/controller/podautoscaler/horizontal.go#scaleForResourceMappings
 */
import type { Client, ServedResource } from '@argosy/client';
import {
  ApiStatusError,
  matchesRequirements,
  parseApiVersion,
  parseLabelSelector,
  type HorizontalPodAutoscaler,
  type KubeObject,
  type ObjectKey,
  type Pod,
  type ResourceType,
} from '@argosy/kube';

import { checkReplicasThere, scaleNotFound, scaleOfObject, type Scale } from '../../api/reads/scale-of-object.ts';

/** A target as it is now. */
export interface ScaleTarget {
  readonly resource: ResourceType;
  readonly scale: Scale;
  readonly selection: PodSelection;
}

/** Which pods a target counts. */
export type PodSelection =
  | { readonly kind: 'known'; readonly selects: (pod: Pod) => boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly message: string };

/** Finds the target of an autoscaler; a text says in one line why it cannot be read. */
export const findScaleTarget = async (
  client: Client,
  autoscaler: HorizontalPodAutoscaler,
): Promise<ScaleTarget | string> => {
  const { kind = '', name = '', apiVersion = '' } = autoscaler.spec?.scaleTargetRef ?? {};
  const { group, version } = parseApiVersion(apiVersion);
  const served = (await client.servedResources()).filter((one) => one.kind === kind && one.group === group);
  const resource = served.find((one) => one.version === version) ?? served[0];
  if (!resource) return `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`;
  try {
    const scale = await readScale(client, resource, { namespace: autoscaler.metadata.namespace ?? '', name });
    return { resource, scale, selection: selectionOf(scale) };
  } catch (thrown) {
    if (!(thrown instanceof ApiStatusError)) throw thrown;
    return thrown.message;
  }
};

const readScale = async (client: Client, resource: ServedResource, key: ObjectKey): Promise<Scale> => {
  const { scale } = resource;
  if (!scale) throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
  const object = await client.get(resource, key).catch((thrown: unknown): KubeObject => {
    throw thrown instanceof ApiStatusError && thrown.reason === 'NotFound' ? scaleNotFound(resource, key.name) : thrown;
  });
  checkReplicasThere(scale, object);
  return scaleOfObject(scale, object);
};

const selectionOf = ({ status }: Scale): PodSelection => {
  const text = status?.selector ?? '';
  if (text === '') return { kind: 'missing' };
  const parsed = parseLabelSelector(text);
  if (parsed.ok) return { kind: 'known', selects: (pod) => matchesRequirements(parsed.value, pod.metadata.labels) };
  return { kind: 'invalid', message: parsed.error };
};
