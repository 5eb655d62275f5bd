/**
 * Which container of a pod a request means. @upstream kubernetes pkg/kubelet/kubelet_pods.go, pkg/registry/core/pod/strategy.go#LogLocation
 */
import { ApiStatusError, type Pod } from '@argosy/kube';

import { allContainersOf } from '../pod-containers.ts';

/** The container named, or the default one. Throws BadRequest in the words kubectl's users know. */
export const findContainer = (pod: Pod, wanted: string | undefined): string => {
  const spec = pod.spec ?? { containers: [] };
  const names = allContainersOf(pod).map(({ name }) => name);
  const podName = pod.metadata.name ?? '';
  const main = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const container = wanted ?? main ?? (spec.containers.length === 1 ? names[0] : undefined);
  if (container === undefined)
    throw new ApiStatusError(
      'BadRequest',
      `a container name must be specified for pod ${podName}, choose one of: [${names.join(' ')}]`,
    );
  if (!names.includes(container))
    throw new ApiStatusError('BadRequest', `container ${container} is not valid for pod ${podName}`);
  return container;
};
