/**
 * Phase of a DAG, seen from its targets backwards: each target takes the phase of the last completed task of its branch.
 * @upstream argo-workflows workflow/controller/dag.go#assessDAGPhase
 * @spec WF-DAG-05 … WF-DAG-08, WF-DAG-14
 */
import type { NodePhase } from '../api/kinds.ts';
import type { ContinueOn } from '../api/template-schema.ts';
import { continuesOn, isCompleted, isFailedOrError, isFulfilled } from './node-phase.ts';

/** A DAG as its phase sees it. */
export interface DagView {
  /** Tasks with the names of those they wait for. */
  readonly tasks: readonly {
    readonly name: string;
    readonly dependsOn: readonly string[];
    readonly continueOn?: ContinueOn;
  }[];
  /** State of each task that has a node. */
  readonly stateOf: (name: string) => { readonly phase: NodePhase; readonly daemoned?: boolean } | undefined;
  readonly targets: readonly string[];
  readonly failFast: boolean;
  readonly isShutdown: boolean;
}

/** Phase of the DAG's node: Running, or its verdict. Work is proportional to the tasks of the DAG. */
export const assessDagPhase = (view: DagView): NodePhase => {
  if (view.isShutdown) return 'Failed';
  const branches = branchPhases(view);
  if (branches === 'running') return 'Running';
  const continueOn = new Map(view.tasks.map((task) => [task.name, task.continueOn]));
  let result: NodePhase = 'Succeeded';
  for (const target of view.targets) {
    const phase = branches.get(target);
    if (phase === undefined) {
      result = 'Running';
      // Without failFast every target has to be complete before failures count.
      if (!view.failFast) break;
    } else if (isFailedOrError(phase) && !continuesOn(continueOn.get(target), phase)) {
      result = phase;
      if (view.failFast) break;
    }
  }
  return result;
};

/** Whether a branch is known to have failed, whatever still runs elsewhere: with failFast nothing new is started then. */
export const hasFailedBranch = (view: DagView): boolean => {
  const continueOn = new Map(view.tasks.map((task) => [task.name, task.continueOn]));
  const branches = branchPhases(view, true);
  if (branches === 'running') return false;
  return view.targets.some((target) => {
    const phase = branches.get(target);
    return phase !== undefined && isFailedOrError(phase) && !continuesOn(continueOn.get(target), phase);
  });
};

const branchPhases = (view: DagView, doSkipRunning = false): ReadonlyMap<string, NodePhase> | 'running' => {
  const dependents = new Map<string, string[]>();
  for (const task of view.tasks)
    for (const name of task.dependsOn) dependents.set(name, [...(dependents.get(name) ?? []), task.name]);
  const targets = new Set(view.targets);
  const phases = new Map<string, NodePhase>();
  const queue: { readonly name: string; readonly phase: NodePhase }[] = view.tasks
    .filter((task) => task.dependsOn.length === 0)
    .map((task) => ({ name: task.name, phase: 'Running' as const }));
  const seen = new Set<string>();
  for (let at = 0; at < queue.length; at += 1) {
    const { name, phase } = queue[at] ?? { name: '', phase: 'Running' };
    const key = `${name} ${phase}`;
    const state = view.stateOf(name);
    if (!state || seen.has(key)) continue;
    seen.add(key);
    if (!isFulfilled(state)) {
      if (doSkipRunning) continue;
      return 'running';
    }
    const branch = isCompleted(state.phase) ? state.phase : phase;
    if (targets.has(name)) phases.set(name, mergePhases(phases.get(name), branch));
    for (const dependent of dependents.get(name) ?? []) queue.push({ name: dependent, phase: branch });
  }
  return phases;
};

/** A target reached along two branches fails if either failed. */
const mergePhases = (previous: NodePhase | undefined, next: NodePhase): NodePhase =>
  previous === undefined || !isFailedOrError(previous) ? next : previous;
