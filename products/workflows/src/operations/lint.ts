/**
 * Judges objects before they are submitted, by the functions that admit and run them. @spec WF-VAL-01, WF-CLI-08
 */
import { fail, ok, type Result } from '@argosy/base';
import { validateAgainstSchema, type KindDefinition, type KubeObject } from '@argosy/kube';

import type { CronWorkflow } from '../api/cron-workflow.ts';
import { WORKFLOW_KINDS, type Workflow, type WorkflowTemplate } from '../api/kinds.ts';
import { compileTemplate, compileWorkflow } from '../compile/compile-workflow.ts';
import type { ReferencedSpecs } from '../compile/workflow-graph.ts';
import { formatFinding, type Finding } from '../compile/rules/finding.ts';
import { runOf } from '../cron-workflow/run-workflow.ts';

/** Whether an object is of a kind that can be judged. */
export const isLintable = (object: KubeObject): boolean => definitionOf(object) !== undefined;

/** Everything wrong with an object; empty when it can be submitted and would run. */
export const lintObject = (object: KubeObject, referenced: ReferencedSpecs): readonly string[] => {
  const definition = definitionOf(object);
  if (!definition) return [`kind ${object.kind} is not a kind of Argo Workflows`];
  const admitted = admit(definition, object);
  if (!admitted.ok) return admitted.error;
  const compiled = compile(object, referenced);
  return compiled.ok ? [] : compiled.error;
};

/** The specs of the templates among objects, for references between files. */
export const specsOf = (objects: readonly KubeObject[]): ReferencedSpecs =>
  new Map(
    objects.flatMap((object) => {
      const { spec } = object as WorkflowTemplate;
      const name = object.metadata?.name ?? '';
      if (!spec || (object.kind !== 'WorkflowTemplate' && object.kind !== 'ClusterWorkflowTemplate')) return [];
      return [[`${object.kind === 'WorkflowTemplate' ? 'namespaced' : 'cluster'}/${name}`, spec] as const];
    }),
  );

const definitionOf = (object: KubeObject): KindDefinition | undefined =>
  WORKFLOW_KINDS.find((definition) => definition.kind === object.kind && object.apiVersion === 'argoproj.io/v1alpha1');

/** What the API server would say. */
const admit = (definition: KindDefinition, object: KubeObject): Result<void, readonly string[]> => {
  const findings = [...validateAgainstSchema(definition.schema, object), ...(definition.validate?.(object) ?? [])];
  return findings.length > 0 ? fail(findings.map((one) => `${one.field}: ${one.message}`)) : ok(undefined);
};

/** What the controller would say. */
const compile = (object: KubeObject, referenced: ReferencedSpecs): Result<unknown, readonly string[]> => {
  const compiled = compileKind(object, referenced);
  return compiled.ok ? compiled : fail(compiled.error.map(formatFinding));
};

const compileKind = (object: KubeObject, referenced: ReferencedSpecs): Result<unknown, readonly Finding[]> => {
  switch (object.kind) {
    case 'Workflow':
      return compileWorkflow(object as Workflow, referenced, 'lint');
    case 'WorkflowTemplate':
    case 'ClusterWorkflowTemplate':
      return compileTemplate(object as WorkflowTemplate, referenced, 'lint');
    case 'CronWorkflow':
      // It runs without anybody to give it arguments.
      return compileWorkflow(runOf(object as CronWorkflow, 0), referenced);
    default:
      return ok(undefined);
  }
};
