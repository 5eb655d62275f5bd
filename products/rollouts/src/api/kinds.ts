/**
 * The kinds of Argo Rollouts this version serves. @spec RO-CTL-01
 */
import type { KindDefinition } from '@argosy/kube';

import { ANALYSIS_RUN, ANALYSIS_TEMPLATE, CLUSTER_ANALYSIS_TEMPLATE } from './analysis-kinds.ts';
import { ROLLOUT } from './rollout.ts';

/** All of them, for whoever serves or installs them. */
export const ROLLOUT_KINDS: readonly KindDefinition[] = [
  ROLLOUT as unknown as KindDefinition,
  ANALYSIS_TEMPLATE as unknown as KindDefinition,
  CLUSTER_ANALYSIS_TEMPLATE as unknown as KindDefinition,
  ANALYSIS_RUN as unknown as KindDefinition,
];
