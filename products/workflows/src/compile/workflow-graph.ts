/**
 * The compiled workflow: the effective spec and everything its templates refer to, immutable. Compiled once per
 * workflow; a step of the engine only reads it.
 */
import { fail, ok, type Result } from '@argosy/base';

import type { Step, Task, Template, TemplateRef, WorkflowSpec } from '../api/template-schema.ts';
import { dependenciesOf, type DependsFailure, type TaskDependencies } from '../nodes/dag-depends.ts';
import { withTemplateDefaults } from './merge-spec.ts';

/** Who names a template: a step, a task, a hook or the entrypoint. */
export type TemplateCaller = Pick<Step, 'template' | 'templateRef' | 'inline'>;

/** A template and where the plain names inside it resolve: `local/<workflow>`, `namespaced/<name>`, `cluster/<name>`. */
export interface ResolvedTemplate {
  readonly template: Template;
  readonly scope: string;
  /** Key below `status.storedTemplates`, for templates of other objects. */
  readonly storedAs?: string;
}

/** A task with its dependencies read. */
export interface CompiledTask {
  readonly task: Task & { readonly name: string };
  readonly dependencies: TaskDependencies;
  /** Everything it waits for, directly or not. */
  readonly ancestors: ReadonlySet<string>;
}

/** A DAG in an order in which every task follows what it waits for. */
export interface CompiledDag {
  readonly tasks: readonly CompiledTask[];
  readonly byName: ReadonlyMap<string, CompiledTask>;
  /** Tasks nobody waits for, sorted. */
  readonly leaves: readonly string[];
}

/** Specs of other objects, by scope (`namespaced/<name>`, `cluster/<name>`). */
export type ReferencedSpecs = ReadonlyMap<string, WorkflowSpec>;

/** The compiled workflow. */
export interface WorkflowGraph {
  readonly workflow: string;
  readonly spec: WorkflowSpec;
  readonly localScope: string;
  /** Finds the template a caller names; the error says what is missing. */
  resolve(scope: string, caller: TemplateCaller): Result<ResolvedTemplate>;
  /** Compiles the tasks of a dag template. */
  dagOf(tasks: readonly Task[]): Result<CompiledDag, DependsFailure>;
}

/** Name of the scope a reference leads to. */
export const scopeOfRef = (reference: Pick<TemplateRef, 'name' | 'clusterScope'>): string =>
  `${reference.clusterScope ? 'cluster' : 'namespaced'}/${reference.name}`;

/** Compiles a graph. `stored`: templates a run has already used, which win over later edits. @spec WF-TMPL-13, WF-SPEC-03 */
export const createWorkflowGraph = (
  workflow: string,
  spec: WorkflowSpec,
  referenced: ReferencedSpecs,
  stored: Readonly<Record<string, Template>> = {},
): WorkflowGraph => {
  const localScope = `local/${workflow}`;
  const local = new Map(
    (spec.templates ?? []).map((template) => [
      template.name ?? '',
      withTemplateDefaults(template, spec.templateDefaults),
    ]),
  );
  const sources: TemplateSources = { localScope, local, stored, referenced, defaults: spec.templateDefaults };
  const dags = new WeakMap<readonly Task[], Result<CompiledDag, DependsFailure>>();
  const resolved = new Map<string, Result<ResolvedTemplate>>();
  // One answer per template, so that what is cached by its parts is found again.
  const fromScope = (scope: string, name: string): Result<ResolvedTemplate> => {
    const key = `${scope}/${name}`;
    const known = resolved.get(key);
    if (known) return known;
    const found = findTemplate(sources, scope, name);
    resolved.set(key, found);
    return found;
  };
  return {
    workflow,
    spec,
    localScope,
    resolve: (scope, caller) => {
      if (caller.inline)
        return ok({ template: withTemplateDefaults(caller.inline as Template, spec.templateDefaults), scope });
      if (caller.templateRef) return fromScope(scopeOfRef(caller.templateRef), caller.templateRef.template);
      if (!caller.template) return fail('one of template, templateRef or inline is required');
      return fromScope(scope, caller.template);
    },
    dagOf: (tasks) => {
      const known = dags.get(tasks);
      if (known) return known;
      const compiled = compileDag(tasks);
      dags.set(tasks, compiled);
      return compiled;
    },
  };
};

/** Where templates are looked for; those of the workflow itself have their defaults already. */
interface TemplateSources {
  readonly localScope: string;
  readonly local: ReadonlyMap<string, Template>;
  readonly stored: Readonly<Record<string, Template>>;
  readonly referenced: ReferencedSpecs;
  readonly defaults: WorkflowSpec['templateDefaults'];
}

const findTemplate = (of: TemplateSources, scope: string, name: string): Result<ResolvedTemplate> => {
  if (scope === of.localScope) {
    const template = of.local.get(name);
    return template ? ok({ template, scope }) : fail(`template ${name} undefined`);
  }
  const storedAs = `${scope}/${name}`;
  const template =
    (Object.hasOwn(of.stored, storedAs) ? of.stored[storedAs] : undefined) ??
    of.referenced.get(scope)?.templates?.find((one) => one.name === name);
  if (template) return ok({ template: withTemplateDefaults(template, of.defaults), scope, storedAs });
  const missing = `template reference ${scope.split('/')[1] ?? scope}.${name} not found`;
  if (of.referenced.has(scope)) return fail(missing);
  const kind = scope.startsWith('cluster/') ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate';
  return fail(`${missing}: there is no ${kind} of that name`);
};

const compileDag = (tasks: readonly Task[]): Result<CompiledDag, DependsFailure> => {
  const given = new Map(tasks.map((task) => [task.name ?? '', task]));
  const dependencies = new Map<string, TaskDependencies>();
  for (const task of tasks) {
    const read = dependenciesOf({ ...task, name: task.name ?? '' }, (name) => given.get(name)?.continueOn);
    if (!read.ok) return read;
    const unknown = read.value.dependsOn.find((name) => !given.has(name));
    if (unknown !== undefined)
      return fail({ reason: 'unknownTask', message: `task '${task.name ?? ''}' dependency '${unknown}' not defined` });
    dependencies.set(task.name ?? '', read.value);
  }
  const order = sortTasks(
    tasks.map((task) => task.name ?? ''),
    dependencies,
  );
  if (!order.ok) return order;
  const byName = new Map<string, CompiledTask>();
  for (const name of order.value) {
    const own = dependencies.get(name) ?? { dependsOn: [], logic: '' };
    const ancestors = new Set<string>(own.dependsOn);
    for (const parent of own.dependsOn)
      for (const ancestor of byName.get(parent)?.ancestors ?? []) ancestors.add(ancestor);
    byName.set(name, { task: { ...given.get(name), name }, dependencies: own, ancestors });
  }
  const waitedFor = new Set([...dependencies.values()].flatMap((one) => one.dependsOn));
  return ok({
    tasks: [...byName.values()],
    byName,
    leaves: [...byName.keys()].filter((name) => !waitedFor.has(name)).sort(),
  });
};

/** Kahn's algorithm; among tasks that are free at the same time the author's order decides. */
const sortTasks = (
  names: readonly string[],
  dependencies: ReadonlyMap<string, TaskDependencies>,
): Result<readonly string[], DependsFailure> => {
  const waiting = new Map(names.map((name) => [name, dependencies.get(name)?.dependsOn.length ?? 0]));
  const dependents = new Map<string, string[]>();
  for (const [name, one] of dependencies)
    for (const parent of one.dependsOn) {
      const list = dependents.get(parent);
      if (list) list.push(name);
      else dependents.set(parent, [name]);
    }
  const order = names.filter((name) => waiting.get(name) === 0);
  for (let at = 0; at < order.length; at += 1) {
    for (const dependent of dependents.get(order[at] ?? '') ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      if (left === 0) order.push(dependent);
    }
  }
  if (order.length === waiting.size) return ok(order);
  const cycle = names.filter((name) => (waiting.get(name) ?? 0) > 0);
  return fail({ reason: 'evaluate', message: `cycle detected among tasks ${cycle.join(', ')}` });
};
