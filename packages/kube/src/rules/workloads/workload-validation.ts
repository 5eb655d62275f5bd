/** Rules of the kinds that make pods. @upstream k8s.io/kubernetes/pkg/apis/{apps,batch}/validation/validation.go */
import { isEqual } from '@argosy/base';

import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { matchesLabelSelector, type LabelSelector } from '../../selectors/label-selector.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings } from '../findings.ts';
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
    ...validateSelected(spec, 'ReplicaSet'),
    ...validateStrategy(spec, 'strategy', ['Recreate', 'RollingUpdate']),
    ...validateDeadline(spec),
    ...validateSameSelector(spec, previous),
  ];
};

export const validateReplicaSet = (replicaSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(replicaSet, 'spec');
  return [
    ...validateNumbers(spec, 'spec', ['replicas', 'minReadySeconds']),
    ...validateSelected(spec, 'ReplicaSet'),
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
    ...(isEmpty ? [] : validateSelected({ ...spec, selector: { matchLabels: selector } }, 'ReplicaSet')),
  ];
};

export const validatePodTemplateObject = (object: Draft): readonly FieldError[] =>
  validatePodTemplate(objectAt(object, 'template'), 'template');

export const validateDaemonSet = (daemonSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(daemonSet, 'spec');
  return [
    ...validateNumbers(spec, 'spec', ['minReadySeconds', 'revisionHistoryLimit']),
    ...validateSelected(spec, 'DaemonSet'),
    ...validateStrategy(spec, 'updateStrategy', ['RollingUpdate', 'OnDelete']),
    ...bothWaysFindings(objectAt(objectAt(spec, 'updateStrategy'), 'rollingUpdate')),
    ...validateSameSelector(spec, previous),
  ];
};

/** A daemon is replaced in its place or beside it, not both. */
const bothWaysFindings = (rolling: Draft): readonly FieldError[] =>
  ['maxUnavailable', 'maxSurge'].every((name) => rolling[name] !== undefined && !isZero(rolling[name]))
    ? [
        invalidField(
          'spec.updateStrategy.rollingUpdate.maxSurge',
          rolling['maxSurge'],
          'may not be set when maxUnavailable is non-zero',
        ),
      ]
    : [];

const STATEFUL_SET_RULE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const STATEFUL_SET_FIXED = ['selector', 'serviceName', 'podManagementPolicy', 'volumeClaimTemplates'] as const;

export const validateStatefulSet = (statefulSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(statefulSet, 'spec');
  const before = objectAt(previous, 'spec');
  const claimed = itemsAt(spec, 'volumeClaimTemplates').map(([, claim]) => textAt(objectAt(claim, 'metadata'), 'name'));
  const isFixed = STATEFUL_SET_FIXED.every((name) => isEqual(spec[name], before[name]));
  return [
    ...validateNumbers(spec, 'spec', ['replicas', 'minReadySeconds', 'revisionHistoryLimit']),
    ...validateSelected(spec, 'StatefulSet', claimed),
    ...validateStatefulStrategy(objectAt(spec, 'updateStrategy'), 'spec.updateStrategy'),
    ...(spec['podManagementPolicy'] === undefined ||
    ['OrderedReady', 'Parallel'].includes(textAt(spec, 'podManagementPolicy'))
      ? []
      : [
          invalidField('spec.podManagementPolicy', spec['podManagementPolicy'], "must be 'OrderedReady' or 'Parallel'"),
        ]),
    ...validateNumbers(objectAt(spec, 'ordinals'), 'spec.ordinals', ['start']),
    ...(['whenDeleted', 'whenScaled'] as const).flatMap((name) =>
      choiceFindings(
        objectAt(spec, 'persistentVolumeClaimRetentionPolicy'),
        name,
        'spec.persistentVolumeClaimRetentionPolicy',
        ['Retain', 'Delete'],
      ),
    ),
    ...(previous && !isFixed ? [forbiddenField('spec', STATEFUL_SET_RULE)] : []),
  ];
};

const validateNumbers = (spec: Draft, path: string, names: readonly string[]): readonly FieldError[] =>
  names.flatMap((name) => {
    const value = numberAt(spec, name);
    return value !== undefined && value < 0 ? [invalidField(`${path}.${name}`, value, NOT_NEGATIVE)] : [];
  });

const validateSelected = (spec: Draft, kind: string, claimed: readonly string[] = []): readonly FieldError[] => {
  if (spec['selector'] === undefined || spec['template'] === undefined)
    return [
      ...(spec['selector'] === undefined ? [requiredField('spec.selector')] : []),
      ...(spec['template'] === undefined ? validatePodTemplate({}, 'spec.template') : []),
    ];
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
    ...(typeof policy === 'string' && policy !== 'Always'
      ? [unsupportedValue('spec.template.spec.restartPolicy', policy, ['Always'])]
      : []),
    ...(objectAt(template, 'spec')['activeDeadlineSeconds'] === undefined
      ? []
      : [
          forbiddenField(
            'spec.template.spec.activeDeadlineSeconds',
            `activeDeadlineSeconds in ${kind} is not Supported`,
          ),
        ]),
  ];
};

const validateSameSelector = (spec: Draft, previous: Draft | undefined): readonly FieldError[] =>
  previous && !isEqual(spec['selector'], objectAt(previous, 'spec')['selector'])
    ? [invalidField('spec.selector', spec['selector'] ?? null, IMMUTABLE)]
    : [];

const validateStatefulStrategy = (strategy: Draft, path: string): readonly FieldError[] => {
  const type = strategy['type'];
  const rolling = objectAt(strategy, 'rollingUpdate');
  if (type === undefined) return [];
  if (type !== 'RollingUpdate' && type !== 'OnDelete')
    return [invalidField(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")];
  if (type === 'OnDelete')
    return strategy['rollingUpdate'] === undefined
      ? []
      : [invalidField(`${path}.rollingUpdate`, rolling, "only allowed for updateStrategy 'RollingUpdate'")];
  return [
    ...validateNumbers(rolling, `${path}.rollingUpdate`, ['partition']),
    ...validateAmount(rolling['maxUnavailable'], `${path}.rollingUpdate.maxUnavailable`),
  ];
};

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
  if (!PERCENT.test(amount)) return [invalidField(path, amount, PERCENT_RULE)];
  return path.endsWith('maxUnavailable') && Number.parseInt(amount, 10) > 100
    ? [invalidField(path, amount, 'must not be greater than 100%')]
    : [];
};

const isZero = (amount: unknown): boolean => amount === 0 || (typeof amount === 'string' && /^0+%$/.test(amount));

const validateDeadline = (spec: Draft): readonly FieldError[] => {
  const deadline = numberAt(spec, 'progressDeadlineSeconds');
  const ready = numberAt(spec, 'minReadySeconds') ?? 0;
  return deadline !== undefined && deadline <= ready
    ? [invalidField('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
    : [];
};
