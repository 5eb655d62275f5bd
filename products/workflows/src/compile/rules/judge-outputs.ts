/**
 * Outputs: each from a source the type of the template has. @spec WF-PARAM-03, WF-OUT, WF-VAL-08
 */
import type { Artifact, Parameter, Template } from '../../api/template-schema.ts';
import { objectOf, type Finding } from './finding.ts';
import { judgeNames } from './judge-names.ts';
import type { TemplateType } from './judge-template.ts';
import { judgeExpression } from './known-names.ts';

const SOURCES = ['path', 'jsonPath', 'jqFilter', 'event', 'parameter', 'supplied', 'configMapKeyRef', 'expression'];

/** Judges the outputs of a template. */
export const judgeOutputs = (field: string, template: Template, type: TemplateType): readonly Finding[] => {
  const { parameters = [], artifacts = [] } = template.outputs ?? {};
  return [
    ...judgeNames(
      `${field}.outputs.parameters`,
      parameters.map((one) => one.name),
      'parameter',
    ),
    ...judgeNames(
      `${field}.outputs.artifacts`,
      artifacts.map((one) => one.name),
      'artifact',
    ),
    ...parameters.flatMap((one) => judgeParameter(`${field}.outputs.parameters.${one.name}`, one, type)),
    ...artifacts.flatMap((one) => judgeArtifact(`${field}.outputs.artifacts.${one.name}`, one, type)),
  ];
};

const judgeParameter = (field: string, parameter: Parameter, type: TemplateType): readonly Finding[] => {
  const from = objectOf(parameter.valueFrom);
  const sources = SOURCES.filter((source) => from[source] !== undefined);
  if (parameter.valueFrom === undefined)
    return parameter.value === undefined
      ? [{ rule: 'output missing-value-from', field, message: 'does not have valueFrom or value specified' }]
      : [];
  if (parameter.value !== undefined)
    return [{ rule: 'output value-twice', field, message: 'has both valueFrom and value specified. Choose one.' }];
  if (sources.length > 1)
    return [{ rule: 'output several-value-from', field, message: `has several sources: ${sources.join(', ')}` }];
  const wanted = sourcesOf(type);
  if (!wanted || sources.some((source) => wanted.sources.includes(source)))
    return typeof from['expression'] === 'string'
      ? judgeExpression(`${field}.valueFrom.expression`, from['expression'])
      : [];
  return [
    {
      rule: `output ${wanted.rule}`,
      field,
      message: `${wanted.sources.map((one) => `valueFrom.${one}`).join(' or ')} must be specified for ${type} templates`,
    },
  ];
};

const sourcesOf = (type: TemplateType): { readonly sources: readonly string[]; readonly rule: string } | undefined => {
  switch (type) {
    case 'container':
    case 'containerSet':
    case 'script':
      return { sources: ['path'], rule: 'path-required' };
    case 'resource':
      return { sources: ['jsonPath', 'jqFilter'], rule: 'json-path-or-jq-filter-required' };
    case 'steps':
    case 'dag':
      return { sources: ['parameter', 'expression'], rule: `parameter-or-expression-required-for-${type}` };
    case 'suspend':
      return { sources: ['supplied'], rule: 'supplied-required' };
    default:
      return undefined;
  }
};

const judgeArtifact = (field: string, artifact: Artifact, type: TemplateType): readonly Finding[] => {
  const isComposite = type === 'steps' || type === 'dag';
  if (isComposite && artifact.path !== undefined)
    return [
      {
        rule: 'artifact path-without-pod',
        field: `${field}.path`,
        message: 'only valid in container/script templates',
      },
    ];
  if (isComposite && artifact.from !== undefined && artifact.fromExpression !== undefined)
    return [{ rule: 'artifact from-twice', field, message: 'may not have both from and fromExpression' }];
  if (artifact.fromExpression !== undefined) return judgeExpression(`${field}.fromExpression`, artifact.fromExpression);
  return (type === 'container' || type === 'script') && artifact.path === undefined
    ? [{ rule: 'artifact missing-path', field: `${field}.path`, message: 'not specified' }]
    : [];
};
