/**
 * The log of a pod's container, once it has run.
 */
import type { LogOptions } from '@argosy/client';
import { ApiStatusError, keyOf, type Pod } from '@argosy/kube';

import { containerStatusesOf } from '../pod-containers.ts';
import type { PodRuntime } from '../pod-runtime.ts';
import { findContainer } from '../streams/find-container.ts';

/** Opens it. Throws ApiStatusError BadRequest for a container that is unknown or waits to start. */
export const openPodLog = (runtime: PodRuntime, pod: Pod, options: LogOptions): AsyncIterable<Uint8Array> => {
  const podName = pod.metadata.name ?? '';
  const container = findContainer(pod, options.container);
  const status = containerStatusesOf(pod).find(({ name }) => name === container);
  const everRan = status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated;
  if (!everRan) {
    const reason = status?.state?.waiting?.reason ?? 'ContainerCreating';
    throw new ApiStatusError(
      'BadRequest',
      `container "${container}" in pod "${podName}" is waiting to start: ${reason}`,
    );
  }
  const key = { ...keyOf(pod), uid: pod.metadata.uid ?? '' };
  return runtime.logs(key, container, options);
};
