/**
 * Arguments: those of the workflow and those a step gives to its template. @spec WF-PARAM-03, WF-PARAM-05, WF-VAL-08, WF-VAL-09
 */
import type { Arguments, Artifact, Parameter } from '../../api/template-schema.ts';
import { toAnyText } from '../any-string.ts';
import { isDynamic, objectOf, type Finding, type Loose } from './finding.ts';
import { judgeNames } from './judge-names.ts';
import { judgeExpression } from './known-names.ts';

/** Whether values may still be missing: a file to be submitted with `-p`, a template. */
export interface ArgumentRules {
  readonly mayLackValues: boolean;
}

/** Judges arguments; `field` is `spec.arguments` or `templates.main.steps[0].a.arguments`. */
export const judgeArguments = (
  field: string,
  given: Arguments | undefined,
  rules: ArgumentRules,
): readonly Finding[] => {
  const { parameters = [], artifacts = [] } = given ?? {};
  return [
    ...judgeNames(
      `${field}.parameters`,
      parameters.map((one) => one.name),
      'parameter',
    ),
    ...judgeNames(
      `${field}.artifacts`,
      artifacts.map((one) => one.name),
      'artifact',
    ),
    ...parameters.flatMap((one) => judgeParameter(`${field}.${one.name}`, one, rules)),
    ...artifacts.flatMap((one) => judgeArtifact(`${field}.${one.name}`, one)),
  ];
};

const judgeParameter = (field: string, parameter: Parameter, rules: ArgumentRules): readonly Finding[] => {
  const value = parameter.value ?? parameter.default;
  if (parameter.enum) return judgeEnum(field, parameter.enum, value, rules);
  if (value === undefined && parameter.valueFrom === undefined)
    return rules.mayLackValues
      ? []
      : [{ rule: 'missing-value', field: `${field}.value`, message: `or ${field}.valueFrom is required` }];
  const from = objectOf(parameter.valueFrom);
  const isAllowed =
    parameter.valueFrom === undefined || ['configMapKeyRef', 'supplied', 'event'].some((one) => one in from);
  return isAllowed
    ? []
    : [
        {
          rule: 'argument-valueFrom not-allowed-kind',
          field: `${field}.valueFrom`,
          message: 'only allows: default, configMapKeyRef and supplied',
        },
      ];
};

const judgeEnum = (
  field: string,
  allowed: readonly unknown[],
  value: unknown,
  rules: ArgumentRules,
): readonly Finding[] => {
  if (allowed.length === 0)
    return [{ rule: 'enum empty', field: `${field}.enum`, message: 'should contain at least one value' }];
  if (value === undefined)
    return rules.mayLackValues ? [] : [{ rule: 'missing-value', field: `${field}.value`, message: 'is required' }];
  const text = toAnyText(value);
  return isDynamic(text) || allowed.some((one) => toAnyText(one) === text)
    ? []
    : [
        {
          rule: 'enum value-not-listed',
          field: `${field}.value`,
          message: `should be present in ${field}.enum list`,
        },
      ];
};

/** Kinds of place an artifact may be at. @spec WF-ART-26 */
const LOCATIONS = ['raw', 'git', 'http', 's3', 'gcs', 'azure', 'oss', 'hdfs', 'webhdfs', 'artifactory', 'plugin'];

const judgeArtifact = (field: string, artifact: Artifact): readonly Finding[] => {
  if (artifact.from !== undefined && artifact.fromExpression !== undefined)
    return [{ rule: 'artifact from-twice', field, message: 'may not have both from and fromExpression' }];
  if (artifact.fromExpression !== undefined) return judgeExpression(`${field}.fromExpression`, artifact.fromExpression);
  if (artifact.from !== undefined || hasPlace(artifact as Loose) || artifact.optional === true) return [];
  return [
    { rule: 'artifact missing-location', field: `${field}.from`, message: 'artifact location, or key is required' },
  ];
};

const hasPlace = (artifact: Loose): boolean => LOCATIONS.some((kind) => artifact[kind] !== undefined);
