/**
 * Health of a pod. @upstream argo-cd gitops-engine/pkg/health/health_pod.go @spec CD-HLTH-09
 */
import { isConditionTrue, type ContainerStatus, type KubeObject, type Pod } from '@argosy/kube';

import { health, type Health } from './health.ts';

const HOOK = 'argocd.argoproj.io/hook';
const IGNORE_RESTART_POLICY = 'argocd.argoproj.io/ignore-restart-policy';

/** Judges a pod: one that should always run is well while ready, one that should end is well once it has ended well. */
export const assessPod = (object: KubeObject): Health => {
  const pod = object as Pod;
  const isHook = pod.metadata.annotations?.[HOOK] !== undefined;
  const ignoresPolicy = !isHook && pod.metadata.annotations?.[IGNORE_RESTART_POLICY] === 'true';
  const alwaysRuns = (pod.spec?.restartPolicy ?? 'Always') === 'Always' || ignoresPolicy;
  const stuck = alwaysRuns ? stuckMessages(pod) : [];
  if (stuck.length > 0) return health('Degraded', stuck.join(', '));
  switch (pod.status?.phase) {
    case 'Pending':
      return health('Progressing', pod.status.message);
    case 'Succeeded':
      return health('Healthy', pod.status.message);
    case 'Failed':
      return health('Degraded', failureMessage(pod));
    case 'Running':
      return assessRunning(pod, alwaysRuns);
    default:
      return health('Unknown', pod.status?.message);
  }
};

const stuckMessages = (pod: Pod): readonly string[] =>
  [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    .map((container) => container.state?.waiting)
    .filter((waiting) => waiting !== undefined)
    .filter(({ reason = '' }) => reason.startsWith('Err') || reason.endsWith('Error') || reason.endsWith('BackOff'))
    .map((waiting) => waiting.message ?? '');

const failureMessage = (pod: Pod): string => {
  if (pod.status?.message) return pod.status.message;
  const containers: readonly ContainerStatus[] = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  for (const container of containers) {
    const ended = container.state?.terminated;
    if (!ended) continue;
    if (ended.message) return ended.message;
    if (ended.reason === 'OOMKilled') return ended.reason;
    if (ended.exitCode !== 0) return `container "${container.name}" failed with exit code ${ended.exitCode}`;
  }
  return '';
};

const assessRunning = (pod: Pod, alwaysRuns: boolean): Health => {
  // One that ends by itself is on its way however ready it is.
  if (!alwaysRuns) return health('Progressing', pod.status?.message);
  if (isConditionTrue(pod.status?.conditions, 'Ready')) return health('Healthy', pod.status?.message);
  const hasCrashed = (pod.status?.containerStatuses ?? []).some(
    (container) => container.lastState?.terminated !== undefined,
  );
  return hasCrashed ? health('Degraded', pod.status?.message) : health('Progressing', pod.status?.message);
};
