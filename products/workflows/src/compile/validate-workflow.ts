/**
 * The rules of a workflow spec, each finding with its field. They are judged on the graph a run would step through, so
 * lint and execution cannot disagree about what a name means. @spec WF-VAL
 */
import type { Workflow } from '../api/kinds.ts';
import type { WorkflowSpec } from '../api/template-schema.ts';
import { globalNames } from './rules/global-names.ts';
import { isDynamic, objectOf, type Finding, type Loose } from './rules/finding.ts';
import { judgeArguments } from './rules/judge-arguments.ts';
import { judgeCall } from './rules/judge-calls.ts';
import { judgeMetrics } from './rules/judge-metrics.ts';
import { judgeNames, judgeObjectName, LONGEST_WORKFLOW_NAME } from './rules/judge-names.ts';
import { judgeHooks } from './rules/judge-step.ts';
import { judgeSynchronization } from './rules/judge-synchronization.ts';
import { judgePodResources } from './rules/judge-template.ts';
import { joinNames, judgeTags, namesOf } from './rules/known-names.ts';
import type { Walk } from './rules/walk.ts';
import type { ReferencedSpecs, WorkflowGraph } from './workflow-graph.ts';

/** `controller`: about to run; `lint`: a file on its own; `submit`: a template about to be submitted with its arguments. */
export type ValidationMode = 'controller' | 'lint' | 'submit';

/** What is judged. */
export interface Validation {
  readonly workflow: Workflow;
  readonly graph: WorkflowGraph;
  readonly referenced: ReferencedSpecs;
  readonly mode: ValidationMode;
  /** A template: values may be missing, an entrypoint too, and labels come from whoever runs it. */
  readonly isTemplate: boolean;
}

/** Every finding, the gravest first; empty when the workflow may run. */
export const validateWorkflow = (validation: Validation): readonly Finding[] => {
  const { workflow, graph, mode, isTemplate } = validation;
  const { spec } = graph;
  const mayLackValues = mode === 'lint' || (isTemplate && mode !== 'submit');
  const shape = [
    ...judgeObjectName(isTemplate ? 'workflow template' : 'workflow', workflow.metadata.name, LONGEST_WORKFLOW_NAME),
    ...judgeReference(workflow.spec ?? {}),
    ...judgeNames(
      'spec.templates',
      (spec.templates ?? []).map((template) => template.name ?? ''),
      'template',
    ),
    ...judgeArguments('spec.arguments', spec.arguments, { mayLackValues }),
    ...judgePodResources('spec.podResources', objectOf((spec as Loose)['podResources'])),
    ...judgeMetrics('spec', objectOf((spec as Loose)['metrics'])),
    ...judgePodGarbage(spec),
    ...judgeSynchronization('spec', spec.synchronization),
    ...judgeOwnTimes(spec),
  ];
  // Names that are not unique would make the walk judge the wrong template.
  return shape.length > 0 ? shape : judgeTemplates(validation, mayLackValues);
};

const judgeReference = (spec: WorkflowSpec): readonly Finding[] =>
  spec.workflowTemplateRef && (spec.templates ?? []).length > 0
    ? [
        {
          rule: 'templates with-workflowTemplateRef',
          field: 'spec.templates',
          message: 'is invalid field in spec if workflow referred WorkflowTemplate reference',
        },
      ]
    : [];

const STRATEGIES = ['', 'OnPodCompletion', 'OnPodSuccess', 'OnWorkflowCompletion', 'OnWorkflowSuccess'];

const judgePodGarbage = (spec: WorkflowSpec): readonly Finding[] => {
  const strategy = spec.podGC?.strategy ?? '';
  return STRATEGIES.includes(strategy)
    ? []
    : [
        {
          rule: 'podGC unknown-strategy',
          field: 'spec.podGC.strategy',
          message: `unknown strategy '${strategy}'; one of ${STRATEGIES.slice(1).join(', ')}`,
        },
      ];
};

/** Times of a pod mean nothing on steps and dags; defaults for all templates may reach them and do no harm. */
const judgeOwnTimes = (spec: WorkflowSpec): readonly Finding[] =>
  (spec.templates ?? []).flatMap((template): readonly Finding[] =>
    (template.steps ?? template.dag) !== undefined && template.activeDeadlineSeconds !== undefined
      ? [
          {
            rule: 'activeDeadlineSeconds on-composite',
            field: `templates.${template.name ?? ''}.activeDeadlineSeconds`,
            message: 'is only valid for leaf templates',
          },
        ]
      : [],
  );

const judgeTemplates = (validation: Validation, mayLackValues: boolean): readonly Finding[] => {
  const { graph, isTemplate } = validation;
  const { spec, localScope: scope } = graph;
  const globals = globalNames(validation);
  const walk: Walk = { graph, globals, findings: [], visited: new Set(), judgeCall };
  const { entrypoint } = spec;
  if (!entrypoint && !isTemplate)
    return [{ rule: 'entrypoint missing', field: 'spec.entrypoint', message: 'is required' }];
  if (entrypoint && !isDynamic(entrypoint))
    judgeCall(walk, {
      field: 'spec.entrypoint',
      caller: { template: entrypoint },
      scope,
      arguments: mayLackValues ? 'any' : (spec.arguments ?? {}),
    });
  const late = { ...walk, globals: joinNames(globals, namesOf(['workflow.status', 'workflow.failures'])) };
  judgeHooks(late, { field: 'spec', scope, hooks: spec.hooks, onExit: spec.onExit, known: late.globals });
  // What nobody calls here may be called from elsewhere, by an exit handler too.
  for (const { name = '' } of spec.templates ?? [])
    if (!walk.visited.has(`${scope}/${name}`))
      judgeCall(late, { field: `templates.${name}`, caller: { template: name }, scope, arguments: 'any' });
  const { templates: _templates, templateDefaults: _defaults, hooks: _hooks, ...rest } = spec as WorkflowSpec & Loose;
  walk.findings.push(
    ...judgeTags('spec', rest, joinNames(late.globals, namesOf([], ['inputs.', 'outputs.', 'pod.', 'node.']))),
  );
  return walk.findings;
};
