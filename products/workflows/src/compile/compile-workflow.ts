/**
 * From a workflow object and the templates it refers to, to the graph that runs. Lint, submission and the controller
 * call this one function, so they cannot disagree.
 */
import { fail, ok, type Result } from '@argosy/base';
import type { Workflow, WorkflowTemplate } from '../api/kinds.ts';
import type { Step, Template, WorkflowSpec } from '../api/template-schema.ts';
import { joinSpecs } from './merge-spec.ts';
import type { Finding } from './rules/finding.ts';
import { validateWorkflow, type ValidationMode } from './validate-workflow.ts';
import { createWorkflowGraph, scopeOfRef, type ReferencedSpecs, type WorkflowGraph } from './workflow-graph.ts';

/** The spec a workflow runs with: its own over the template it refers to, which is frozen at the first look. */
const effectiveSpec = (workflow: Workflow, referenced: ReferencedSpecs): Result<WorkflowSpec> => {
  const spec = workflow.spec ?? {};
  if (!spec.workflowTemplateRef) return ok(joinSpecs(spec));
  const scope = scopeOfRef(spec.workflowTemplateRef);
  const base = workflow.status?.storedWorkflowTemplateSpec ?? referenced.get(scope);
  if (!base)
    return fail(
      `${spec.workflowTemplateRef.clusterScope ? 'clusterworkflowtemplates' : 'workflowtemplates'}.argoproj.io "${spec.workflowTemplateRef.name}" not found`,
    );
  return ok(joinSpecs(spec, base));
};

/** Compiles without judging: for a workflow that is already running. */
export const compileGraph = (workflow: Workflow, referenced: ReferencedSpecs): Result<WorkflowGraph> => {
  const spec = effectiveSpec(workflow, referenced);
  if (!spec.ok) return spec;
  return ok(
    createWorkflowGraph(
      workflow.metadata.name ?? workflow.metadata.generateName ?? '',
      spec.value,
      referenced,
      workflow.status?.storedTemplates,
    ),
  );
};

/** Compiles and judges; the error lists every finding. */
export const compileWorkflow = (
  workflow: Workflow,
  referenced: ReferencedSpecs,
  mode: ValidationMode = 'controller',
): Result<WorkflowGraph, readonly Finding[]> => compileAndJudge(workflow, referenced, { mode, isTemplate: false });

/** Compiles and judges a template; it runs nothing by itself, so the graph is only good for looking at. */
export const compileTemplate = (
  template: WorkflowTemplate,
  referenced: ReferencedSpecs,
  mode: ValidationMode = 'controller',
): Result<WorkflowGraph, readonly Finding[]> => {
  const { apiVersion, kind, metadata, spec } = template;
  return compileAndJudge({ apiVersion, kind, metadata, spec }, referenced, { mode, isTemplate: true });
};

const compileAndJudge = (
  workflow: Workflow,
  referenced: ReferencedSpecs,
  how: { readonly mode: ValidationMode; readonly isTemplate: boolean },
): Result<WorkflowGraph, readonly Finding[]> => {
  const graph = compileGraph(workflow, referenced);
  if (!graph.ok)
    return fail([{ rule: 'workflowTemplateRef not-found', field: 'spec.workflowTemplateRef', message: graph.error }]);
  const findings = validateWorkflow({ workflow, graph: graph.value, referenced, ...how });
  return findings.length > 0 ? fail(findings) : graph;
};

/** Scopes of other objects that a spec refers to, directly. */
export const referencesOf = (spec: WorkflowSpec): readonly string[] => {
  const scopes = new Set<string>();
  if (spec.workflowTemplateRef) scopes.add(scopeOfRef(spec.workflowTemplateRef));
  const add = (caller: Pick<Step, 'templateRef' | 'inline' | 'hooks'> | undefined): void => {
    if (!caller) return;
    if (caller.templateRef) scopes.add(scopeOfRef(caller.templateRef));
    if (caller.inline) addTemplate(caller.inline as Template);
    for (const hook of Object.values(caller.hooks ?? {}))
      if (hook.templateRef) scopes.add(scopeOfRef(hook.templateRef));
  };
  const addTemplate = (template: Template): void => {
    for (const step of template.steps?.flat() ?? []) add(step);
    for (const task of template.dag?.tasks ?? []) add(task);
  };
  for (const template of spec.templates ?? []) addTemplate(template);
  add({ hooks: spec.hooks });
  return [...scopes];
};
