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
import { goStruct, goTextMap } from '../../messages/go-syntax.ts';
import { choiceFindings, invalidAs, NOT_NEGATIVE } from '../findings.ts';
import { validatePodTemplate, validateTemplateMetadata } from './pod-validation.ts';
import { daemonStrategyFindings, deploymentStrategyFindings, statefulStrategyFindings } from './rollout-rules.ts';
import { validateSelector } from './selector-rules.ts';

const IMMUTABLE = 'field is immutable';

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
    ...validateSelected(spec, REPLICA_SET),
    ...deploymentStrategyFindings(spec),
    ...validateDeadline(spec),
    ...validateSameSelector(spec, previous),
  ];
};

export const validateReplicaSet = (replicaSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(replicaSet, 'spec');
  return [
    ...validateNumbers(spec, 'spec', ['replicas', 'minReadySeconds']),
    ...validateSelected(spec, REPLICA_SET),
    ...validateSameSelector(spec, previous),
  ];
};

/** The older form selects by labels alone. */
export const validateReplicationController = (controller: Draft): readonly FieldError[] => {
  const spec = objectAt(controller, 'spec');
  const [selector, template] = [objectAt(spec, 'selector'), objectAt(spec, 'template')];
  const isEmpty = Object.keys(selector).length === 0;
  return [
    ...validateNumbers(spec, 'spec', ['replicas', 'minReadySeconds']),
    ...(isEmpty ? [requiredField('spec.selector')] : []),
    ...(spec['template'] === undefined
      ? [requiredField('spec.template')]
      : [
          ...(isEmpty ? [] : selectionFindings({ matchLabels: selector }, template)),
          ...wholeTemplate(template),
          ...lifeFindings(template, 'ReplicationController'),
        ]),
  ];
};

export const validatePodTemplateObject = (object: Draft): readonly FieldError[] =>
  validatePodTemplate(objectAt(object, 'template'), 'template');

export const validateDaemonSet = (daemonSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(daemonSet, 'spec');
  return [
    ...validateNumbers(spec, 'spec', ['minReadySeconds', 'revisionHistoryLimit']),
    ...validateSelected(spec, DAEMON_SET),
    ...daemonStrategyFindings(spec),
    ...validateSameSelector(spec, previous),
  ];
};

const STATEFUL_SET_RULE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const STATEFUL_SET_FIXED = ['selector', 'serviceName', 'podManagementPolicy', 'volumeClaimTemplates'] as const;

export const validateStatefulSet = (statefulSet: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(statefulSet, 'spec');
  const before = objectAt(previous, 'spec');
  const isFixed = STATEFUL_SET_FIXED.every((name) => isEqual(spec[name], before[name]));
  return [
    ...validateNumbers(spec, 'spec', ['replicas', 'minReadySeconds', 'revisionHistoryLimit']),
    ...validateSelected(spec, STATEFUL_SET),
    ...statefulStrategyFindings(spec),
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

/** How findings speak of a kind that selects pods, and what it asks of their template. */
interface Selecting {
  /** Which kind the template's fields are said to belong to. */
  readonly kind: string;
  /** Which kind must not select everything. */
  readonly emptyFor: string;
  /** What is said, besides, of a selector that cannot be read. */
  readonly broken?: string;
  readonly templateFindings: (template: Draft) => readonly FieldError[];
}

const wholeTemplate = (template: Draft): readonly FieldError[] => validatePodTemplate(template, 'spec.template');

const REPLICA_SET: Selecting = {
  kind: 'ReplicaSet',
  emptyFor: 'deployment',
  broken: 'invalid label selector',
  templateFindings: wholeTemplate,
};
const DAEMON_SET: Selecting = { kind: 'DaemonSet', emptyFor: 'daemonset', templateFindings: wholeTemplate };
const STATEFUL_SET: Selecting = {
  kind: 'StatefulSet',
  emptyFor: 'statefulset',
  broken: '',
  // What its pods may not be is said when they are created.
  templateFindings: (template) => validateTemplateMetadata(template, 'spec.template'),
};

const validateSelected = (spec: Draft, selecting: Selecting): readonly FieldError[] => {
  const selector = objectAt(spec, 'selector');
  const template = objectAt(spec, 'template');
  const broken = validateSelector(selector, 'spec.selector');
  const count = itemsAt(selector, 'matchExpressions').length + Object.keys(objectAt(selector, 'matchLabels')).length;
  const wrong = (why: string): FieldError => wrongSelector(spec['selector'], why);
  const isUnreadable = broken.length > 0 && selecting.broken !== undefined;
  return [
    ...(spec['selector'] === undefined && selecting.kind !== 'DaemonSet' ? [requiredField('spec.selector')] : []),
    ...broken,
    ...(spec['selector'] !== undefined && count === 0
      ? [wrong(`empty selector is invalid for ${selecting.emptyFor}`)]
      : []),
    // A broken selector selects nothing, and of a template nobody selects nothing is said.
    ...(isUnreadable ? [wrong(selecting.broken ?? '')] : selecting.templateFindings(template)),
    ...(broken.length === 0 && (count > 0 || spec['selector'] === undefined)
      ? selectionFindings(spec['selector'] === undefined ? undefined : selector, template)
      : []),
    ...(isUnreadable && selecting.kind !== 'StatefulSet' ? [] : lifeFindings(template, selecting.kind)),
  ];
};

/** What no selector is given for is not selected. */
const selectionFindings = (selector: Draft | undefined, template: Draft): readonly FieldError[] => {
  const labels = objectAt(template, 'metadata')['labels'];
  const given = objectAt(objectAt(template, 'metadata'), 'labels');
  return selector && matchesLabelSelector(selector as LabelSelector, given as Record<string, string>)
    ? []
    : [
        invalidAs(
          'spec.template.metadata.labels',
          goTextMap(labels === undefined ? undefined : given),
          '`selector` does not match template `labels`',
        ),
      ];
};

/** Pods of these kinds live until they are replaced. */
const lifeFindings = (template: Draft, kind: string): readonly FieldError[] => {
  const policy = objectAt(template, 'spec')['restartPolicy'];
  return [
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

const wrongSelector = (selector: unknown, why: string): FieldError =>
  selector === undefined || selector === null
    ? invalidField('spec.selector', null, why)
    : invalidAs('spec.selector', goStruct('meta.LabelSelector', selector), why);

const validateSameSelector = (spec: Draft, previous: Draft | undefined): readonly FieldError[] =>
  previous && !isEqual(spec['selector'], objectAt(previous, 'spec')['selector'])
    ? [wrongSelector(spec['selector'], IMMUTABLE)]
    : [];

const validateDeadline = (spec: Draft): readonly FieldError[] => {
  const deadline = numberAt(spec, 'progressDeadlineSeconds');
  const ready = numberAt(spec, 'minReadySeconds') ?? 0;
  return deadline !== undefined && deadline <= ready
    ? [invalidField('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
    : [];
};
