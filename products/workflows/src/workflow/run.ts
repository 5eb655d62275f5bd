/**
 * The draft of one step of the engine: what is known, what has been decided so far. Local to `decideWorkflow`, which
 * is pure: it copies what it is given and returns what it made.
 */
import type { Instant, Json, Result } from '@argosy/base';
import type { TagValues } from '@argosy/expressions';
import type { Pod } from '@argosy/kube';

import type { NodeStatus, Workflow, WorkflowTaskResult } from '../api/kinds.ts';
import type { Arguments, Artifact, HttpTemplate, Parameter, Template } from '../api/template-schema.ts';
import type { TemplateCaller, WorkflowGraph } from '../compile/workflow-graph.ts';
import type { LockTable } from '../locks/lock-table.ts';

/** What the world says about a workflow. */
export interface WorkflowFacts {
  /** Pods of the workflow by node id. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** Task results by node id. */
  readonly taskResults: ReadonlyMap<string, WorkflowTaskResult>;
  /** Reads a key of a ConfigMap made for parameters. @spec WF-PARAM-04 */
  readonly configMapValue: (name: string, key: string) => ConfigMapLookup;
  /** Reads the limit of a semaphore; the error says what is wrong with it. @spec WF-SYNC-03 */
  readonly semaphoreLimit: (namespace: string, name: string, key: string) => Result<number>;
  /** Who holds which lock now. */
  readonly locks: LockTable;
}

/** Answer of a ConfigMap lookup. */
export type ConfigMapLookup =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly message: string };

/** What is to be done. Repeating an action is harmless. */
export type WorkflowAction =
  | { readonly kind: 'createPod'; readonly nodeId: string; readonly pod: Pod }
  | { readonly kind: 'sendRequest'; readonly nodeId: string; readonly http: HttpTemplate }
  | { readonly kind: 'deletePod'; readonly name: string; readonly uid?: string }
  | { readonly kind: 'labelPodCompleted'; readonly name: string }
  | { readonly kind: 'deleteTaskResults' }
  | { readonly kind: 'deleteWorkflow' };

/** One call of a template. */
export interface TemplateCall {
  readonly nodeName: string;
  readonly caller: TemplateCaller;
  /** Where plain names of the caller resolve. */
  readonly scope: string;
  readonly arguments: Arguments;
  readonly boundaryID?: string;
  /** Below an exit handler: runs although the workflow is being stopped. */
  readonly isExit?: boolean;
  readonly isHook?: boolean;
  /** Whether somebody reads `outputs.result`. */
  readonly includeResult?: boolean;
  /** `steps.name` or `tasks.name`. */
  readonly place?: TagValues;
}

/** A call whose template has been resolved and whose tags have been replaced. */
export interface PreparedCall extends TemplateCall {
  readonly template: Template;
  readonly templateScope: string;
  /** Before substitution, for attempts that substitute again. */
  readonly source: Template;
  readonly isAttempt?: boolean;
}

/** Runs templates; templates call each other, so the one that runs them travels with the draft. */
export interface TemplateRunner {
  /** Runs a call; `undefined` when a limit does not let the node start now. */
  execute(run: Run, call: TemplateCall): NodeStatus | undefined;
  /** Runs a call whose template is prepared, without retries. */
  executeByType(run: Run, call: PreparedCall): NodeStatus | undefined;
}

/** The draft. */
export interface Run {
  readonly workflow: Workflow;
  readonly name: string;
  readonly graph: WorkflowGraph;
  readonly facts: WorkflowFacts;
  readonly now: Instant;
  readonly nodes: Map<string, NodeStatus>;
  readonly actions: WorkflowAction[];
  /** Instants at which something is due. */
  readonly due: Instant[];
  readonly globals: Record<string, Json>;
  readonly globalArtifacts: Map<string, Artifact>;
  readonly outputs: { parameters: readonly Parameter[]; artifacts: readonly Artifact[] };
  readonly storedTemplates: Record<string, Template>;
  readonly shutdown: '' | 'Stop' | 'Terminate';
  readonly deadline: Instant | undefined;
  readonly runner: TemplateRunner;
  /** The locks as this step leaves them; shared by the copies of a draft. */
  readonly locks: { table: LockTable };
  /** Pods that are pending or running, for `parallelism`. */
  activePods: number;
  depth: number;
}

/** Values every template may read now. */
export const scopeWithGlobals = (run: Run, scope: TagValues): TagValues => ({ ...run.globals, ...scope });
