/**
 * Health of Argo's own kinds. @upstream argo-cd health_argo.go, resource_customizations/argoproj.io @spec CD-HLTH-16, CD-HLTH-22
 */
import { findCondition, type Condition, type KubeObject } from '@argosy/kube';

import { health, type Health } from './health.ts';

/** @spec CD-HLTH-16 */
export const assessWorkflow = (object: KubeObject): Health => {
  const status = (object.status ?? {}) as { readonly phase?: string; readonly message?: string };
  switch (status.phase ?? '') {
    case '':
    case 'Pending':
    case 'Running':
      return health('Progressing', status.message);
    case 'Succeeded':
      return health('Healthy', status.message);
    case 'Failed':
    case 'Error':
      return health('Degraded', status.message);
    default:
      return health('Unknown', status.message);
  }
};

interface RolloutStatus {
  readonly observedGeneration?: string;
  readonly phase?: string;
  readonly message?: string;
  readonly conditions?: readonly Condition[];
}

/** @spec CD-HLTH-22 */
export const assessRollout = (object: KubeObject): Health => {
  const status = (object.status ?? {}) as RolloutStatus;
  if (
    status.observedGeneration === undefined ||
    status.observedGeneration !== String(object.metadata.generation ?? '')
  ) {
    return health('Progressing', 'Waiting for rollout spec update to be observed');
  }
  const invalid = findCondition(status.conditions, 'InvalidSpec');
  if (invalid) return health('Degraded', invalid.message);
  switch (status.phase) {
    case 'Healthy':
      return health('Healthy', status.message);
    case 'Paused':
      return health('Suspended', status.message ?? 'Rollout is paused');
    case 'Degraded':
      return health('Degraded', status.message);
    default:
      return health('Progressing', status.message ?? 'Waiting for rollout to finish');
  }
};

/** @upstream resource_customizations/argoproj.io/AnalysisRun/health.lua */
export const assessAnalysisRun = (object: KubeObject): Health => {
  const status = (object.status ?? {}) as { readonly phase?: string; readonly message?: string };
  switch (status.phase) {
    case 'Successful':
      return health('Healthy', status.message ?? 'Analysis run completed successfully');
    case 'Failed':
      return health('Degraded', status.message ?? 'Analysis run failed');
    case 'Error':
      return health('Degraded', status.message ?? 'Analysis run had an error');
    case 'Inconclusive':
      return health('Unknown', status.message ?? 'Analysis run was inconclusive');
    case 'Pending':
      return health('Progressing', 'Analysis run is running');
    default:
      return health('Progressing', 'Analysis run is running');
  }
};
