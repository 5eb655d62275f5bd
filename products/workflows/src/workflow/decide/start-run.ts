/**
 * The draft with which a step begins.
 */
import { parseTimestamp, type Instant } from '@argosy/base';

import type { Workflow } from '../../api/kinds.ts';
import type { WorkflowGraph } from '../../compile/workflow-graph.ts';
import { executeByType, executeTemplate } from '../templates/execute.ts';
import { globalsOf } from '../variables/globals.ts';
import type { Run, WorkflowFacts } from '../run.ts';

/** The draft, with everything that is known before anything is decided. */
export const startRun = (graph: WorkflowGraph, workflow: Workflow, facts: WorkflowFacts, now: Instant): Run => {
  const { status } = workflow;
  const { spec } = graph;
  const startedAt = parseTimestamp(status?.startedAt) ?? now;
  const run: Run = {
    workflow,
    name: workflow.metadata.name ?? '',
    graph,
    facts,
    now,
    nodes: new Map(Object.entries(status?.nodes ?? {})),
    actions: [],
    due: [],
    globals: globalsOf(workflow, spec, now),
    globalArtifacts: new Map((status?.outputs?.artifacts ?? []).map((artifact) => [artifact.name, artifact])),
    outputs: { parameters: status?.outputs?.parameters ?? [], artifacts: status?.outputs?.artifacts ?? [] },
    storedTemplates: { ...status?.storedTemplates },
    shutdown:
      workflow.spec?.shutdown === 'Stop' || workflow.spec?.shutdown === 'Terminate' ? workflow.spec.shutdown : '',
    deadline: spec.activeDeadlineSeconds === undefined ? undefined : startedAt + spec.activeDeadlineSeconds * 1000,
    runner: { execute: executeTemplate, executeByType },
    locks: { table: facts.locks },
    activePods: 0,
    depth: 0,
  };
  resolveGlobalParameters(run);
  if (run.deadline !== undefined && now < run.deadline) run.due.push(run.deadline);
  return run;
};

/** Workflow arguments that come from ConfigMaps. */
const resolveGlobalParameters = (run: Run): void => {
  for (const parameter of run.graph.spec.arguments?.parameters ?? []) {
    const reference = parameter.valueFrom?.configMapKeyRef;
    if (!reference || parameter.value !== undefined) continue;
    const found = run.facts.configMapValue(reference.name ?? '', reference.key);
    if (found.kind === 'found') run.globals[`workflow.parameters.${parameter.name}`] = found.value;
    else if (parameter.valueFrom?.default !== undefined)
      run.globals[`workflow.parameters.${parameter.name}`] = String(parameter.valueFrom.default);
  }
};
