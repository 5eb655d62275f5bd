/**
 * Pods that a controller makes and deletes, each told as an event of their owner.
 * @upstream kubernetes pkg/controller/controller_utils.go#RealPodControl
 */
import { messageOf } from '@argosy/base';
import { isApiError, PODS, type KubeObject, type Pod } from '@argosy/kube';

import type { LoopDeps } from './loop-deps.ts';

/** Creates a pod and returns it as stored; a refusal is told as well, and thrown. */
export const createOwnPod = async (
  { client, recorder }: Pick<LoopDeps, 'client' | 'recorder'>,
  owner: KubeObject,
  pod: Pod,
): Promise<Pod> => {
  try {
    const created = await client.create(PODS, pod);
    const message = `Created pod: ${created.metadata.name}`;
    recorder.event(owner, { type: 'Normal', reason: 'SuccessfulCreate', message });
    return created;
  } catch (thrown) {
    const message = `Error creating: ${messageOf(thrown)}`;
    recorder.event(owner, { type: 'Warning', reason: 'FailedCreate', message });
    throw thrown;
  }
};

/** Deletes a pod, if it is still the same one. */
export const deleteOwnPod = async (
  { client, recorder }: Pick<LoopDeps, 'client' | 'recorder'>,
  owner: KubeObject,
  { name, uid }: { readonly name: string; readonly uid: string },
): Promise<void> => {
  try {
    const key = { namespace: owner.metadata.namespace ?? '', name };
    await client.delete(PODS, key, { preconditions: { uid }, propagationPolicy: 'Background' });
    recorder.event(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${name}` });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};
