/** Rules of jobs. @upstream k8s.io/kubernetes/pkg/apis/batch/validation/validation.go#ValidateJob */
import { isEqual } from '@argosy/base';

import { validateDns1123Label } from '../../names/dns-names.ts';
import { validateLabels } from '../../names/label-names.ts';
import { invalidField, requiredField, unsupportedValue, type FieldError } from '../../objects/field-error.ts';
import { numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { NOT_NEGATIVE, prefixedPathFindings } from '../findings.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './job-policy-rules.ts';
import { validatePodTemplate } from './pod-validation.ts';

const IMMUTABLE = 'field is immutable';
const NUMBERS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
  'ttlSecondsAfterFinished',
];
/** Settled at creation. The template and the number of completions have rules of their own. */
const FIXED = ['selector', 'completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'];
const MOST_PARALLEL = 100_000;
const MANY_COMPLETIONS = 100_000;
const MOST_PARALLEL_OF_MANY = 10_000;
const MOST_FAILED_OF_MANY = 10_000;

/** Jobs: pods end, and what they are is settled at creation. */
export const validateJob = (job: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(job, 'spec');
  return [
    ...(previous ? [] : hostNameFindings(job, spec)),
    ...(spec['manualSelector'] === true && spec['selector'] === undefined ? [requiredField('spec.selector')] : []),
    ...validateJobSpec(spec, 'spec'),
    ...(previous ? changeFindings(spec, previous) : []),
  ];
};

/** Findings of a job's spec at `path`. */
export const validateJobSpec = (spec: Draft, path: string): readonly FieldError[] => {
  const mode = spec['completionMode'];
  return [
    ...NUMBERS.flatMap((name) => {
      const value = numberAt(spec, name);
      return value !== undefined && value < 0 ? [invalidField(`${path}.${name}`, value, NOT_NEGATIVE)] : [];
    }),
    ...(spec['maxFailedIndexes'] !== undefined && spec['backoffLimitPerIndex'] === undefined
      ? [requiredField(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
    ...(typeof spec['managedBy'] === 'string' ? prefixedPathFindings(`${path}.managedBy`, spec['managedBy']) : []),
    ...(mode === undefined || mode === 'Indexed' || mode === 'NonIndexed'
      ? []
      : [unsupportedValue(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed'])]),
    ...(mode === 'Indexed' ? indexedFindings(spec, path) : []),
    ...(mode === undefined || mode === 'NonIndexed' ? unindexedFindings(spec, path) : []),
    ...policyFindings(spec, path),
    ...validatePodTemplate(objectAt(spec, 'template'), `${path}.template`),
    ...restartFindings(spec, `${path}.template.spec.restartPolicy`),
  ];
};

const indexedFindings = (spec: Draft, path: string): readonly FieldError[] => {
  const [completions, parallelism] = [numberAt(spec, 'completions'), numberAt(spec, 'parallelism') ?? 0];
  const failed = numberAt(spec, 'maxFailedIndexes');
  const isMany = (completions ?? 0) > MANY_COMPLETIONS && spec['backoffLimitPerIndex'] !== undefined;
  const ofMany = `when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  const atMost = (name: string, value: number, most: number, when: string): readonly FieldError[] =>
    value > most ? [invalidField(`${path}.${name}`, value, `must be less than or equal to ${most}${when}`)] : [];
  return [
    ...(completions === undefined ? [requiredField(`${path}.completions`, 'when completion mode is Indexed')] : []),
    ...atMost('parallelism', parallelism, MOST_PARALLEL, ' when completion mode is Indexed'),
    ...(completions !== undefined && failed !== undefined && failed > completions
      ? [invalidField(`${path}.maxFailedIndexes`, failed, 'must be less than or equal to completions')]
      : []),
    ...atMost('maxFailedIndexes', failed ?? 0, MOST_PARALLEL, ''),
    ...(isMany
      ? [
          ...(failed === undefined
            ? [
                requiredField(
                  `${path}.maxFailedIndexes`,
                  `must be specified when completions is above ${MANY_COMPLETIONS}`,
                ),
              ]
            : []),
          ...atMost('parallelism', parallelism, MOST_PARALLEL_OF_MANY, ` ${ofMany}`),
          ...atMost('maxFailedIndexes', failed ?? 0, MOST_FAILED_OF_MANY, ` ${ofMany}`),
        ]
      : []),
  ];
};

const unindexedFindings = (spec: Draft, path: string): readonly FieldError[] =>
  ['backoffLimitPerIndex', 'maxFailedIndexes']
    .filter((name) => spec[name] !== undefined)
    .map((name) => invalidField(`${path}.${name}`, spec[name], 'requires indexed completion mode'));

const policyFindings = (spec: Draft, path: string): readonly FieldError[] => {
  const hasFailurePolicy = spec['podFailurePolicy'] !== undefined;
  const replacement = spec['podReplacementPolicy'];
  const replacements = hasFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return [
    ...(hasFailurePolicy ? validatePodFailurePolicy(spec, `${path}.podFailurePolicy`) : []),
    ...(spec['successPolicy'] === undefined
      ? []
      : spec['completionMode'] === 'Indexed'
        ? validateSuccessPolicy(spec, `${path}.successPolicy`)
        : [invalidField(`${path}.successPolicy`, spec['successPolicy'], 'requires indexed completion mode')]),
    ...(typeof replacement !== 'string' || replacements.includes(replacement)
      ? []
      : [unsupportedValue(`${path}.podReplacementPolicy`, replacement, replacements)]),
  ];
};

/** A policy that was left out has become `Always` by now, so both are told alike. */
const restartFindings = (spec: Draft, field: string): readonly FieldError[] => {
  const policy = textAt(objectAt(objectAt(spec, 'template'), 'spec'), 'restartPolicy');
  if (policy === '' || policy === 'Always') return [requiredField(field, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return [unsupportedValue(field, policy, ['OnFailure', 'Never'])];
  return spec['podFailurePolicy'] !== undefined && policy !== 'Never'
    ? [invalidField(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
};

/** Pods of an index are named by it, and their job's name is a label of theirs. */
const hostNameFindings = (job: Draft, spec: Draft): readonly FieldError[] => {
  const name = textAt(objectAt(job, 'metadata'), 'name');
  const completions = numberAt(spec, 'completions') ?? 0;
  const longest = `${name}-${completions - 1}`;
  return [
    ...validateLabels({ 'job-name': name }, 'spec.template.labels').slice(0, 1),
    ...(name !== '' && spec['completionMode'] === 'Indexed' && completions > 0
      ? validateDns1123Label(longest)
          .slice(0, 1)
          .map(() =>
            invalidField('metadata.name', name, `will not able to create pod with invalid DNS label: ${longest}`),
          )
      : []),
  ];
};

const changeFindings = (spec: Draft, previous: Draft): readonly FieldError[] => {
  const before = objectAt(previous, 'spec');
  const fixed = [...FIXED, ...(isElastic(spec, before) ? [] : ['completions'])];
  return [
    ...fixed
      .filter((name) => !isEqual(spec[name], before[name]))
      .map((name) => invalidField(`spec.${name}`, spec[name] ?? null, IMMUTABLE)),
    ...(isEqual(placeless(spec, previous), placeless(before, previous))
      ? []
      : [invalidField('spec.template', spec['template'] ?? null, IMMUTABLE)]),
  ];
};

/** An indexed job may be asked for more or fewer indexes as long as all run at once. */
const isElastic = (spec: Draft, before: Draft): boolean =>
  spec['completionMode'] === 'Indexed' &&
  before['completions'] !== undefined &&
  spec['completions'] !== undefined &&
  spec['completions'] === spec['parallelism'];

/** A suspended job that never ran may still be told where its pods run; nothing else of its template changes. */
const placeless = (spec: Draft, previous: Draft): unknown => {
  const isOpen =
    objectAt(previous, 'spec')['suspend'] === true && objectAt(previous, 'status')['startTime'] === undefined;
  const template = objectAt(spec, 'template');
  if (!isOpen) return template;
  const {
    nodeSelector: _selector,
    tolerations: _tolerations,
    schedulingGates: _gates,
    affinity,
    ...pod
  } = objectAt(template, 'spec');
  const { nodeAffinity: _affinity, ...others } = objectAt({ affinity }, 'affinity');
  return { spec: pod, others };
};
