/**
 * Names below `workflow.`: those a run makes values for, so the two cannot drift apart. @spec WF-VAR-13
 */
import type { Template } from '../../api/template-schema.ts';
import { globalsOf } from '../../workflow/variables/globals.ts';
import type { Validation } from '../validate-workflow.ts';
import { isDynamic } from './finding.ts';
import { joinNames, namesOf, type KnownNames } from './known-names.ts';

/** Names known everywhere in a workflow. */
export const globalNames = (validation: Validation): KnownNames => {
  const { workflow, graph, isTemplate } = validation;
  const { spec } = graph;
  const values = globalsOf(workflow, spec, 0);
  const parameters = (spec.arguments?.parameters ?? []).map((one) => `workflow.parameters.${one.name}`);
  const { labels, labelsFrom, annotations } = spec.workflowMetadata ?? {};
  const metadata = [
    ...Object.keys({ ...labels, ...labelsFrom }).map((key) => `workflow.labels.${key}`),
    ...Object.keys(annotations ?? {}).map((key) => `workflow.annotations.${key}`),
  ];
  const open = [
    'workflow.creationTimestamp.',
    // Set by the controller or by whoever submits.
    'workflow.labels.workflows.argoproj.io/',
    ...(isTemplate ? ['workflow.labels.', 'workflow.annotations.', 'workflow.scheduledTime', 'workflow.priority'] : []),
  ];
  return joinNames(namesOf([...Object.keys(values), ...parameters, ...metadata], open), outputNames(validation));
};

/** `workflow.outputs.…` may be read anywhere if some template exports the name. */
const outputNames = ({ graph, referenced }: Validation): KnownNames => {
  const all = [graph.spec, ...referenced.values()].flatMap((spec) => spec.templates ?? []);
  const exact: string[] = [];
  const open: string[] = [];
  const add = (kind: 'parameters' | 'artifacts', name: string): void => {
    if (isDynamic(name)) open.push(`workflow.outputs.${kind}.`);
    else exact.push(`workflow.outputs.${kind}.${name}`);
  };
  const read = (template: Template): void => {
    for (const one of template.outputs?.parameters ?? []) if (one.globalName) add('parameters', one.globalName);
    for (const one of template.outputs?.artifacts ?? []) if (one.globalName) add('artifacts', one.globalName);
    for (const step of [...(template.steps?.flat() ?? []), ...(template.dag?.tasks ?? [])])
      if (step.inline) read(step.inline as Template);
  };
  all.forEach(read);
  return namesOf(exact, open);
};
