/**
 * Which analysis runs a rollout has: starts them, ends them, and reads what they say. Pure.
 * @spec RO-AN-07, RO-AN-08, RO-AN-23, RO-AN-24, RO-AN-25, RO-AN-26, RO-AN-28, RO-CAN-07, RO-CAN-13, RO-BG-09, RO-BG-10
 */
import { isEqual } from '@argosy/base';
import { controllerReferenceTo } from '@argosy/kube';

import { composeRun } from '../../analysis-run/compose-run.ts';
import { isEnded } from '../../analysis-run/assess-metric.ts';
import { resolveRolloutArguments } from '../../analysis-run/run-arguments.ts';
import type { AnalysisRun, AnalysisRunSpec } from '../../api/analysis.ts';
import { successfulRunLimitOf, unsuccessfulRunLimitOf } from '../../api/defaults.ts';
import type { PauseCondition, RunReference } from '../../api/rollout.ts';
import type { RolloutAnalysis } from '../../api/strategy.ts';
import { HASH_LABEL, LABEL_ROLLOUT_TYPE, LABEL_STEP_INDEX, REVISION } from '../names.ts';
import { joinPlans, NO_PLAN, planOf, type Plan } from '../plan.ts';
import { carriedAnnotations, hashOf } from '../revisions.ts';
import type { RolloutView } from '../view.ts';

/** The four places an analysis is asked for. */
export type AnalysisRole = 'Step' | 'Background' | 'PrePromotion' | 'PostPromotion';

/** An analysis wanted now. */
export interface WantedAnalysis {
  readonly role: AnalysisRole;
  readonly analysis: RolloutAnalysis;
  /** End of the run's name: the step's index, `pre`, `post`, or nothing. */
  readonly suffix: string;
  /** The run the status names for this role. */
  readonly current: RunReference | undefined;
}

/** The run of a role after this pass. */
export interface RunState {
  readonly reference?: RunReference;
  /** Phase of the run; undefined before it is first seen. */
  readonly phase?: string;
  readonly plan: Plan;
  /** Why a run cannot be made. */
  readonly fault?: string;
}

/** Finds or starts the run of a wanted analysis. */
export const runFor = (view: RolloutView, wanted: WantedAnalysis): RunState => {
  const current = view.world.runs.find(({ metadata }) => metadata.name === wanted.current?.name);
  if (current && !needsNewRun(view, current)) return stateOf(current, wanted.current);
  return startRun(view, wanted);
};

/** What a run that has ended means for the rollout. */
export const verdictOf = (
  state: RunState,
  role: AnalysisRole,
): { readonly kind: 'abort'; readonly message: string } | { readonly kind: 'pause' } | { readonly kind: 'none' } => {
  if (state.phase === 'Inconclusive') return { kind: 'pause' };
  if (state.phase !== 'Failed' && state.phase !== 'Error') return { kind: 'none' };
  const said = state.reference?.message ? `: ${state.reference.message}` : '';
  return { kind: 'abort', message: `${ABORT_TEXT[role]} phase ${state.phase.toLowerCase()}${said}` };
};

const ABORT_TEXT: Readonly<Record<AnalysisRole, string>> = {
  Step: 'Step-based analysis',
  Background: 'Background analysis',
  PrePromotion: 'Blue/green pre-promotion analysis',
  PostPromotion: 'Blue/green post-promotion analysis',
};

/** Ends every running run that is not one of these. */
export const terminateOthers = (view: RolloutView, kept: readonly (string | undefined)[]): Plan =>
  planOf(
    view.world.runs
      .filter(
        (run) =>
          !isEnded(run.status?.phase) &&
          !run.spec?.terminate &&
          !run.metadata.deletionTimestamp &&
          !kept.includes(run.metadata.name),
      )
      .map((run) => ({ kind: 'terminate-run', name: run.metadata.name ?? '' })),
  );

/** Deletes runs of sets that are gone, and the oldest beyond the two limits; running and current ones stay. @spec RO-AN-23 */
export const collectRuns = (view: RolloutView, current: readonly (string | undefined)[]): Plan => {
  const old = view.world.runs.filter(
    (run) => !current.includes(run.metadata.name) && isEnded(run.status?.phase) && !run.metadata.deletionTimestamp,
  );
  const hashes = new Set(view.world.sets.filter((set) => !set.metadata.deletionTimestamp).map(hashOf));
  const isOrphan = (run: AnalysisRun): boolean => !hashes.has(run.metadata.labels?.[HASH_LABEL] ?? '');
  const kept = old.filter((run) => !isOrphan(run)).sort(newestFirst);
  const isGood = (run: AnalysisRun): boolean => run.status?.phase === 'Successful';
  const surplus = [
    ...kept.filter(isGood).slice(successfulRunLimitOf(view.spec)),
    ...kept.filter((run) => !isGood(run)).slice(unsuccessfulRunLimitOf(view.spec)),
  ];
  return planOf(
    [...old.filter(isOrphan), ...surplus].map((run) => ({
      kind: 'delete-run',
      name: run.metadata.name ?? '',
      uid: run.metadata.uid ?? '',
    })),
  );
};

const newestFirst = (left: AnalysisRun, right: AnalysisRun): number =>
  (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? 1 : -1;

/** After a retry, and after somebody let an undecided rollout go on, the old verdict no longer counts. */
const needsNewRun = (view: RolloutView, current: AnalysisRun): boolean => {
  if (view.status.abortedAt) return isEnded(current.status?.phase);
  const waits = (view.status.pauseConditions ?? []).some(({ reason }) => reason === 'InconclusiveAnalysisRun');
  return view.status.controllerPause === true && !waits && current.status?.phase === 'Inconclusive';
};

const stateOf = (run: AnalysisRun, before: RunReference | undefined): RunState => {
  const phase = run.status?.phase ?? '';
  const message = run.status?.message;
  const reference: RunReference = { name: run.metadata.name ?? '', status: phase, ...(message ? { message } : {}) };
  const hasChanged = before !== undefined && before.status !== phase && phase !== '';
  const isBad = phase === 'Failed' || phase === 'Error';
  const told = hasChanged
    ? planOf(
        [],
        [
          {
            type: isBad ? 'Warning' : 'Normal',
            reason: `AnalysisRun${phase}`,
            message: `Analysis Run '${reference.name}' Status New: '${phase}' Previous: '${before.status}'`,
          },
        ],
      )
    : NO_PLAN;
  return { reference, phase, plan: told };
};

const startRun = (view: RolloutView, wanted: WantedAnalysis): RunState => {
  const hashes = { stable: view.status.stableRS ?? '', latest: view.hash };
  const args = resolveRolloutArguments(view.rollout, wanted.analysis.args, hashes);
  if (!args.ok) return { plan: NO_PLAN, fault: args.error };
  const content = composeRun(wanted.analysis, args.value, view.world.templates);
  if (!content.ok) return { plan: NO_PLAN, fault: content.error };
  const base = [view.rollout.metadata.name, view.hash, view.revision, wanted.suffix]
    .filter((part) => part !== '')
    .join('-');
  const named = freeName(view, base, content.value);
  if (named.existing) return stateOf(named.existing, undefined);
  const run = describeRun(view, wanted, { name: named.name, spec: content.value });
  return { reference: { name: named.name, status: '' }, plan: joinPlans(planOf([{ kind: 'create-run', run }])) };
};

/** A run made by a pass that was cut short is taken up again; an ended one keeps its name, and the next gets a number. */
const freeName = (
  view: RolloutView,
  base: string,
  spec: AnalysisRunSpec,
): { readonly name: string; readonly existing?: AnalysisRun } => {
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? base : `${base}.${number}`;
    const existing = view.world.runs.find(({ metadata }) => metadata.name === name);
    if (!existing) return { name };
    if (!isEnded(existing.status?.phase) && !existing.spec?.terminate && isEqual(plain(existing.spec), plain(spec)))
      return { name, existing };
  }
};

const plain = (spec: AnalysisRunSpec | undefined): unknown => JSON.parse(JSON.stringify(spec ?? {}));

const describeRun = (
  view: RolloutView,
  wanted: WantedAnalysis,
  of: { readonly name: string; readonly spec: AnalysisRunSpec },
): AnalysisRun => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: {
    name: of.name,
    namespace: view.rollout.metadata.namespace,
    labels: {
      ...wanted.analysis.analysisRunMetadata?.labels,
      [HASH_LABEL]: view.hash,
      [LABEL_ROLLOUT_TYPE]: wanted.role,
      ...(wanted.role === 'Step' ? { [LABEL_STEP_INDEX]: wanted.suffix } : {}),
    },
    annotations: {
      ...carriedAnnotations(view.rollout),
      ...wanted.analysis.analysisRunMetadata?.annotations,
      [REVISION]: String(view.revision),
    },
    ownerReferences: [controllerReferenceTo(view.rollout)],
  },
  spec: of.spec,
});

/** The pause an undecided run asks for. */
export const INCONCLUSIVE: PauseCondition['reason'] = 'InconclusiveAnalysisRun';
