/** Rules of the kinds that make pods. @upstream k8s.io/kubernetes/pkg/apis/{apps,batch}/validation/validation.go */
import { isEqual } from '@argosy/base';

import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { matchesLabelSelector, type LabelSelector } from '../selectors/label-selector.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from './draft.ts';
import { validatePodTemplate } from './pod-validation.ts';
import { validateSelector } from './selector-rules.ts';

const IMMUTABLE = 'field is immutable';
const NOT_NEGATIVE = 'must be greater than or equal to 0';

/** Deployments: the selector selects the template, never changes, and rolling makes progress. */
export const validateDeployment = (deployment: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(deployment, 'spec');
  return [
    ...validateNumbers(spec, 'spec', [
      'replicas',
      'minReadySeconds',
      'revisionHistoryLimit',
      'progressDeadlineSeconds',
    ]),
    ...validateSelected(spec, ['Always']),
    ...validateStrategy(spec, 'strategy', ['Recreate', 'RollingUpdate']),
    ...validateDeadline(spec),
    ...validateSameSelector(spec, previous),
  ];
};

export const validateReplicaSet = (replicaSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(replicaSet, 'spec');
  return [
    ...validateNumbers(spec, 'spec', ['replicas', 'minReadySeconds']),
    ...validateSelected(spec, ['Always']),
    ...validateSameSelector(spec, previous),
  ];
};

/** The older form selects by labels alone. */
export const validateReplicationController = (controller: Draft): readonly FieldError[] => {
  const spec = objectAt(controller, 'spec');
  const selector = objectAt(spec, 'selector');
  const isEmpty = Object.keys(selector).length === 0;
  return [
    ...validateNumbers(spec, 'spec', ['replicas', 'minReadySeconds']),
    ...(isEmpty ? [requiredField('spec.selector')] : []),
    ...(spec['template'] === undefined ? [requiredField('spec.template')] : []),
    ...(isEmpty ? [] : validateSelected({ ...spec, selector: { matchLabels: selector } }, ['Always'])),
  ];
};

export const validatePodTemplateObject = (object: Draft): readonly FieldError[] =>
  validatePodTemplate(objectAt(object, 'template'), 'template');

export const validateDaemonSet = (daemonSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(daemonSet, 'spec');
  return [
    ...validateNumbers(spec, 'spec', ['minReadySeconds', 'revisionHistoryLimit']),
    ...validateSelected(spec, ['Always']),
    ...validateStrategy(spec, 'updateStrategy', ['RollingUpdate', 'OnDelete']),
    ...validateSameSelector(spec, previous),
  ];
};

const STATEFUL_SET_RULE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const STATEFUL_SET_FIXED = ['selector', 'serviceName', 'podManagementPolicy', 'volumeClaimTemplates'] as const;

export const validateStatefulSet = (statefulSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(statefulSet, 'spec');
  const before = objectAt(previous, 'spec');
  const claimed = itemsAt(spec, 'volumeClaimTemplates').map(([, claim]) => textAt(objectAt(claim, 'metadata'), 'name'));
  const isFixed = STATEFUL_SET_FIXED.every((name) => isEqual(spec[name], before[name]));
  return [
    ...validateNumbers(spec, 'spec', ['replicas', 'minReadySeconds', 'revisionHistoryLimit']),
    ...validateSelected(spec, ['Always'], claimed),
    ...validateStrategy(spec, 'updateStrategy', ['RollingUpdate', 'OnDelete']),
    ...(previous && !isFixed ? [forbiddenField('spec', STATEFUL_SET_RULE)] : []),
  ];
};

/** Jobs: pods end, and what they are is settled at creation. */
export const validateJob = (job: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(job, 'spec');
  const before = objectAt(previous, 'spec');
  return [
    ...validateJobSpec(spec, 'spec'),
    ...(previous
      ? (['selector', 'template', 'completionMode'] as const)
          .filter((name) => !isEqual(spec[name], before[name]) && !isSuspendedTemplate(name, previous))
          .map((name) => invalidField(`spec.${name}`, spec[name] ?? null, IMMUTABLE))
      : []),
    ...(previous && spec['completions'] !== before['completions'] && spec['completionMode'] !== 'Indexed'
      ? [invalidField('spec.completions', spec['completions'] ?? null, IMMUTABLE)]
      : []),
  ];
};

const CONCURRENCY = ['Allow', 'Forbid', 'Replace'];

export const validateCronJob = (cronJob: Draft): readonly FieldError[] => {
  const spec = objectAt(cronJob, 'spec');
  const schedule = textAt(spec, 'schedule');
  const policy = spec['concurrencyPolicy'];
  return [
    ...(spec['schedule'] === '' ? [requiredField('spec.schedule')] : []),
    ...(/^(CRON_)?TZ=/.test(schedule)
      ? [invalidField('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')]
      : []),
    ...(schedule !== '' && !/^@|^(\S+\s+){4}\S+$/.test(schedule.trim()) && !/^(CRON_)?TZ=/.test(schedule)
      ? [invalidField('spec.schedule', schedule, 'expected exactly 5 fields')]
      : []),
    ...(typeof policy !== 'string' || CONCURRENCY.includes(policy)
      ? []
      : [unsupportedValue('spec.concurrencyPolicy', policy, CONCURRENCY)]),
    ...validateNumbers(spec, 'spec', [
      'startingDeadlineSeconds',
      'successfulJobsHistoryLimit',
      'failedJobsHistoryLimit',
    ]),
    ...validateJobSpec(objectAt(objectAt(spec, 'jobTemplate'), 'spec'), 'spec.jobTemplate.spec'),
  ];
};

/** A suspended job that never ran may still be told where its pods run. */
const isSuspendedTemplate = (name: string, previous: Draft): boolean =>
  name === 'template' &&
  objectAt(previous, 'spec')['suspend'] === true &&
  objectAt(previous, 'status')['startTime'] === undefined;

const validateJobSpec = (spec: Draft, path: string): readonly FieldError[] => {
  const template = objectAt(spec, 'template');
  const policy = objectAt(template, 'spec')['restartPolicy'];
  const isIndexed = spec['completionMode'] === 'Indexed';
  return [
    ...validateNumbers(spec, path, [
      'parallelism',
      'completions',
      'activeDeadlineSeconds',
      'backoffLimit',
      'backoffLimitPerIndex',
      'maxFailedIndexes',
      'ttlSecondsAfterFinished',
    ]),
    ...(isIndexed && spec['completions'] === undefined
      ? [requiredField(`${path}.completions`, 'when completion mode is Indexed')]
      : []),
    ...(spec['completionMode'] === undefined || isIndexed || spec['completionMode'] === 'NonIndexed'
      ? []
      : [unsupportedValue(`${path}.completionMode`, spec['completionMode'], ['NonIndexed', 'Indexed'])]),
    ...(spec['backoffLimitPerIndex'] !== undefined && !isIndexed
      ? [invalidField(`${path}.backoffLimitPerIndex`, spec['backoffLimitPerIndex'], 'requires indexed completion mode')]
      : []),
    ...(policy === 'Always' || policy === undefined
      ? spec['template'] === undefined
        ? []
        : [unsupportedOrRequired(`${path}.template.spec.restartPolicy`, policy)]
      : []),
    ...validatePodTemplate(template, `${path}.template`),
  ];
};

const unsupportedOrRequired = (field: string, policy: unknown): FieldError =>
  policy === undefined
    ? requiredField(field, 'valid values: "OnFailure", "Never"')
    : unsupportedValue(field, policy, ['OnFailure', 'Never']);

const validateNumbers = (spec: Draft, path: string, names: readonly string[]): readonly FieldError[] =>
  names.flatMap((name) => {
    const value = numberAt(spec, name);
    return value !== undefined && value < 0 ? [invalidField(`${path}.${name}`, value, NOT_NEGATIVE)] : [];
  });

const validateSelected = (
  spec: Draft,
  policies: readonly string[],
  claimed: readonly string[] = [],
): readonly FieldError[] => {
  if (spec['selector'] === undefined || spec['template'] === undefined) return [];
  const selector = objectAt(spec, 'selector');
  const template = objectAt(spec, 'template');
  const labels = objectAt(objectAt(template, 'metadata'), 'labels');
  const policy = objectAt(template, 'spec')['restartPolicy'];
  const broken = validateSelector(selector, 'spec.selector');
  const isEmpty =
    itemsAt(selector, 'matchExpressions').length + Object.keys(objectAt(selector, 'matchLabels')).length === 0;
  return [
    ...broken,
    ...(isEmpty ? [invalidField('spec.selector', selector, 'empty selector is invalid')] : []),
    // A broken selector selects nothing; one finding says enough.
    ...(broken.length === 0 &&
    !isEmpty &&
    !matchesLabelSelector(selector as LabelSelector, labels as Record<string, string>)
      ? [invalidField('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
      : []),
    ...validatePodTemplate(template, 'spec.template', claimed),
    ...(typeof policy === 'string' && !policies.includes(policy)
      ? [unsupportedValue('spec.template.spec.restartPolicy', policy, policies)]
      : []),
    ...(objectAt(template, 'spec')['activeDeadlineSeconds'] === undefined
      ? []
      : [
          forbiddenField(
            'spec.template.spec.activeDeadlineSeconds',
            'activeDeadlineSeconds in ReplicaSet is not Supported',
          ),
        ]),
  ];
};

const validateSameSelector = (spec: Draft, previous: Draft | undefined): readonly FieldError[] =>
  previous && !isEqual(spec['selector'], objectAt(previous, 'spec')['selector'])
    ? [invalidField('spec.selector', spec['selector'] ?? null, IMMUTABLE)]
    : [];

const PERCENT = /^[0-9]+%$/;
const PERCENT_RULE =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

const validateStrategy = (spec: Draft, name: string, types: readonly string[]): readonly FieldError[] => {
  const strategy = objectAt(spec, name);
  const type = strategy['type'];
  const path = `spec.${name}`;
  if (type === undefined) return [];
  if (typeof type !== 'string' || !types.includes(type)) return [unsupportedValue(`${path}.type`, type, types)];
  const rolling = objectAt(strategy, 'rollingUpdate');
  if (type === 'Recreate')
    return strategy['rollingUpdate'] === undefined
      ? []
      : [forbiddenField(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  const amounts = (['maxUnavailable', 'maxSurge'] as const).flatMap((member) =>
    validateAmount(rolling[member], `${path}.rollingUpdate.${member}`),
  );
  const standsStill = isZero(rolling['maxUnavailable']) && isZero(rolling['maxSurge']);
  return [
    ...amounts,
    ...(standsStill
      ? [
          invalidField(
            `${path}.rollingUpdate.maxUnavailable`,
            rolling['maxUnavailable'],
            'may not be 0 when `maxSurge` is 0',
          ),
        ]
      : []),
  ];
};

const validateAmount = (amount: unknown, path: string): readonly FieldError[] => {
  if (typeof amount === 'number') return amount < 0 ? [invalidField(path, amount, NOT_NEGATIVE)] : [];
  if (typeof amount !== 'string') return [];
  return PERCENT.test(amount) ? [] : [invalidField(path, amount, PERCENT_RULE)];
};

const isZero = (amount: unknown): boolean => amount === 0 || (typeof amount === 'string' && /^0+%$/.test(amount));

const validateDeadline = (spec: Draft): readonly FieldError[] => {
  const deadline = numberAt(spec, 'progressDeadlineSeconds');
  const ready = numberAt(spec, 'minReadySeconds') ?? 0;
  return deadline !== undefined && deadline <= ready
    ? [invalidField('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
    : [];
};
