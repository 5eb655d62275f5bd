/**
 * What one pass decides to do. Plans of single policies are joined in order.
 */
import type { Instant } from '@argosy/base';
import type { EventDraft } from '@argosy/controller';
import type { HTTPRoute, Ingress, ReplicaSet } from '@argosy/kube';

import type { AnalysisRun } from '../api/analysis.ts';

/** What may be done for a rollout. */
export type RolloutAction =
  /** Writes the default of spec.replicas, so that an autoscaler sees it (RO-SPEC-01). */
  | { readonly kind: 'write-replicas'; readonly replicas: number }
  | { readonly kind: 'create-set'; readonly set: ReplicaSet }
  | { readonly kind: 'update-set'; readonly set: ReplicaSet }
  | { readonly kind: 'delete-set'; readonly set: ReplicaSet }
  /** Writes the revision on the rollout itself. */
  | { readonly kind: 'annotate'; readonly revision: number }
  | { readonly kind: 'switch-service'; readonly service: string; readonly hash: string }
  | { readonly kind: 'write-ingress'; readonly ingress: Ingress; readonly isNew: boolean }
  | { readonly kind: 'write-route'; readonly route: HTTPRoute }
  | { readonly kind: 'create-run'; readonly run: AnalysisRun }
  | { readonly kind: 'terminate-run'; readonly name: string }
  | { readonly kind: 'delete-run'; readonly name: string; readonly uid: string };

/** A part of a decision. */
export interface Plan {
  readonly actions: readonly RolloutAction[];
  readonly events: readonly EventDraft[];
  /** Moments at which time alone changes what is decided. */
  readonly wakeAt: readonly Instant[];
}

/** Nothing to do. */
export const NO_PLAN: Plan = { actions: [], events: [], wakeAt: [] };

/** Joins plans in order. */
export const joinPlans = (...plans: readonly Plan[]): Plan => ({
  actions: plans.flatMap(({ actions }) => actions),
  events: plans.flatMap(({ events }) => events),
  wakeAt: plans.flatMap(({ wakeAt }) => wakeAt),
});

/** A plan of actions, and what is told of them. */
export const planOf = (actions: readonly RolloutAction[], events: readonly EventDraft[] = []): Plan => ({
  actions,
  events,
  wakeAt: [],
});

/** A plan that only looks again. */
export const wakeAt = (...at: readonly Instant[]): Plan => ({ ...NO_PLAN, wakeAt: at });
