/**
 * Compiled workflows, each kept while its spec stays the same.
 */
import { fail, isEqual, ok, type Result } from '@argosy/base';
import { formatKey, keyOf, type ObjectKey } from '@argosy/kube';

import type { Workflow } from '../api/kinds.ts';
import type { WorkflowSpec } from '../api/template-schema.ts';
import { compileGraph, compileWorkflow } from '../compile/compile-workflow.ts';
import { formatFinding } from '../compile/rules/finding.ts';
import type { WorkflowGraph } from '../compile/workflow-graph.ts';
import { referencedSpecs, type WorkflowCaches } from './observe.ts';

/** The cache. */
export interface GraphCache {
  /** The graph of a workflow; one that has not begun is judged as well, and the error says everything that is wrong. */
  of(workflow: Workflow): Result<WorkflowGraph>;
  /** Uid of the workflow last compiled under a name. */
  uidOf(key: ObjectKey): string | undefined;
  forget(key: ObjectKey): void;
}

interface Compiled {
  readonly uid: string | undefined;
  readonly spec: WorkflowSpec | undefined;
  readonly graph: WorkflowGraph;
}

/** Creates an empty cache. */
export const createGraphCache = (caches: Pick<WorkflowCaches, 'templates' | 'clusterTemplates'>): GraphCache => {
  const compiled = new Map<string, Compiled>();
  return {
    of: (workflow) => {
      const { metadata, spec, status } = workflow;
      const key = formatKey(keyOf(workflow));
      const known = compiled.get(key);
      if (known && known.uid === metadata.uid && isEqual(known.spec, spec)) return ok(known.graph);
      const whole = { ...status?.storedWorkflowTemplateSpec, ...spec };
      const referenced = referencedSpecs(caches, metadata.namespace ?? '', whole);
      const graph = (status?.phase ?? '') === '' ? judged(workflow, referenced) : compileGraph(workflow, referenced);
      if (graph.ok) compiled.set(key, { uid: metadata.uid, spec, graph: graph.value });
      return graph;
    },
    uidOf: (key) => compiled.get(formatKey(key))?.uid,
    forget: (key) => void compiled.delete(formatKey(key)),
  };
};

const judged = (...of: Parameters<typeof compileWorkflow>): Result<WorkflowGraph> => {
  const compiled = compileWorkflow(...of);
  return compiled.ok ? compiled : fail(compiled.error.map(formatFinding).join('; '));
};
