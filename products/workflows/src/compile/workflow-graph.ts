/**
 * The compiled workflow: the effective spec and everything its templates refer to, immutable. Compiled once per
 * workflow; a step of the engine only reads it.
 */
import { fail, ok, type Result } from '@argosy/base';

import type { Step, Task, Template, TemplateRef, WorkflowSpec } from '../api/template-schema.ts';
import type { DependsFailure } from '../nodes/dag-depends.ts';
import { withTemplateDefaults } from './merge-spec.ts';
import { type CompiledDag, compileDag } from './compile-dag.ts';

/** Who names a template: a step, a task, a hook or the entrypoint. */
export type TemplateCaller = Pick<Step, 'template' | 'templateRef' | 'inline'>;

/** A template and where the plain names inside it resolve: `local/<workflow>`, `namespaced/<name>`, `cluster/<name>`. */
export interface ResolvedTemplate {
  readonly template: Template;
  readonly scope: string;
  /** Key below `status.storedTemplates`, for templates of other objects. */
  readonly storedAs?: string;
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
    dagOf: rememberDags(),
  };
};

/** Compiles the tasks of each template once. */
const rememberDags = (): WorkflowGraph['dagOf'] => {
  const dags = new WeakMap<readonly Task[], Result<CompiledDag, DependsFailure>>();
  return (tasks) => {
    const known = dags.get(tasks);
    if (known) return known;
    const compiled = compileDag(tasks);
    dags.set(tasks, compiled);
    return compiled;
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
