/**
 * The rules of a workflow spec, each finding with its field. @spec WF-VAL
 */
import type { FieldError } from '@argosy/kube';

import type { Workflow } from '../api/kinds.ts';
import type { WorkflowGraph } from './workflow-graph.ts';

/** `controller`: about to run; `lint`: a file on its own; `submit`: a template about to be submitted with its arguments. */
export type ValidationMode = 'controller' | 'lint' | 'submit';

/** Every finding; empty when the workflow may run. */
export const validateWorkflow = (
  _workflow: Workflow,
  graph: WorkflowGraph,
  _mode: ValidationMode,
): readonly FieldError[] => {
  const { entrypoint } = graph.spec;
  if (!entrypoint) return [{ reason: 'FieldValueRequired', field: 'spec.entrypoint', message: 'Required value' }];
  const resolved = graph.resolve(graph.localScope, { template: entrypoint });
  return resolved.ok ? [] : [{ reason: 'FieldValueNotFound', field: 'spec.entrypoint', message: resolved.error }];
};
