/**
 * What a rollout is decided from, beside itself.
 */
import type { HTTPRoute, Ingress, ReplicaSet, Service } from '@argosy/kube';

import type { AnalysisRun } from '../api/analysis.ts';
import type { AnalysisTemplates } from '../analysis-run/compose-run.ts';

/** The world of one rollout. Records hold only what exists. */
export interface RolloutWorld {
  /** The sets it controls. */
  readonly sets: readonly ReplicaSet[];
  /** Services it names, by name. */
  readonly services: Readonly<Record<string, Service>>;
  /** Stable and canary Ingresses, by name. */
  readonly ingresses: Readonly<Record<string, Ingress>>;
  /** HTTPRoutes it names, by `namespace/name`. */
  readonly routes: Readonly<Record<string, HTTPRoute>>;
  /** The runs it controls. */
  readonly runs: readonly AnalysisRun[];
  /** Templates it names, and those these name. */
  readonly templates: AnalysisTemplates;
}
