/**
 * Walks the templates the way a run does, with names in place of values: what a step reads must have been given, must
 * have run before it, or must be of the whole workflow. Templates are found by the graph that runs them, so what is
 * judged is what would run. @spec WF-VAL-03 … WF-VAL-05, WF-DAG-11, WF-STEP
 */
import type { Arguments, Template } from '../../api/template-schema.ts';
import { isDynamic, type Finding, type Loose } from './finding.ts';
import { judgeDag } from './judge-dag.ts';
import { judgeSteps } from './judge-steps.ts';
import { judgeTemplate, templateTypeOf } from './judge-template.ts';
import { joinNames, judgeTags, namesOf, type KnownNames } from './known-names.ts';
import type { Body, Call, Walk } from './walk.ts';

/** Judges a call and, the first time, the template behind it; returns that template if there is one. */
export const judgeCall = (walk: Walk, call: Call): Template | undefined => {
  const name = call.caller.inline ? '' : (call.caller.templateRef?.template ?? call.caller.template ?? '');
  if (isDynamic(name) || isDynamic(call.caller.templateRef?.name ?? '')) return undefined;
  const resolved = walk.graph.resolve(call.scope, call.caller);
  if (!resolved.ok) {
    const rule = call.caller.templateRef
      ? 'template-ref not-found'
      : call.caller.template
        ? 'template undefined'
        : 'template missing';
    walk.findings.push({ rule, field: call.field, message: resolved.error });
    return undefined;
  }
  const { template, scope } = resolved.value;
  const field = name === '' ? `${call.field}.inline` : `templates.${name}`;
  if (call.arguments !== 'any') walk.findings.push(...missingInputs(call.field, template, call.arguments));
  const key = `${scope}/${name}`;
  if (name === '' || !walk.visited.has(key)) {
    walk.visited.add(key);
    judgeBody(walk, { field, template, scope });
  }
  return template;
};

const missingInputs = (field: string, template: Template, given: Arguments): readonly Finding[] => {
  const { parameters = [], artifacts = [] } = template.inputs ?? {};
  return [
    ...parameters
      .filter(
        (one) =>
          one.value === undefined &&
          one.default === undefined &&
          one.valueFrom === undefined &&
          !given.parameters?.some((other) => other.name === one.name),
      )
      .map((one) => ({
        rule: 'missing-parameter-value',
        field,
        message: `inputs.parameters.${one.name} was not supplied`,
      })),
    ...artifacts
      .filter(
        (one) => one.optional !== true && !hasSource(one) && !given.artifacts?.some((other) => other.name === one.name),
      )
      .map((one) => ({ rule: 'missing-artifact', field, message: `inputs.artifacts.${one.name} was not supplied` })),
  ];
};

const PLACES_ONLY = new Set(['name', 'path', 'mode', 'recurseMode', 'optional', 'archive', 'globalName', 'subPath']);

/** Whether an artifact says where it comes from, in whatever way. */
const hasSource = (artifact: object): boolean => Object.keys(artifact).some((key) => !PLACES_ONLY.has(key));

const judgeBody = (walk: Walk, body: Body): void => {
  const { field, template } = body;
  const own = judgeTemplate(field, template);
  walk.findings.push(...own);
  const type = templateTypeOf(template);
  if (type === undefined) return;
  const { inputs, metrics: _metrics, ...rest } = template as Template & Loose;
  const known = joinNames(walk.globals, namesInside(template));
  walk.findings.push(...judgeTags(`${field}.inputs`, inputs, known));
  if (template.steps) return judgeSteps(walk, body, template.steps, known);
  if (template.dag) return judgeDag(walk, body, known);
  walk.findings.push(...judgeTags(field, rest, known));
};

/** Names every template has: its inputs, where its outputs go, where it stands. */
const namesInside = (template: Template): KnownNames => {
  const { parameters = [], artifacts = [] } = template.inputs ?? {};
  return namesOf(
    [
      'pod.name',
      'node.name',
      'steps.name',
      'tasks.name',
      ...(template.inputs?.parameters ? ['inputs.parameters'] : []),
      ...parameters.map((one) => `inputs.parameters.${one.name}`),
      ...artifacts.flatMap((one) => [`inputs.artifacts.${one.name}`, `inputs.artifacts.${one.name}.path`]),
      ...(template.outputs?.artifacts ?? []).map((one) => `outputs.artifacts.${one.name}.path`),
      ...(template.outputs?.parameters ?? []).map((one) => `outputs.parameters.${one.name}.path`),
    ],
    // Names that hold tags, and outputs a template reads of itself in hooks and metrics.
    parameters.some((one) => isDynamic(one.name)) ? ['inputs.parameters.'] : [],
  );
};
