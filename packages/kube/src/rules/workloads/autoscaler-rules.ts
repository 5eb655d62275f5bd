/** Rules of autoscalers. @upstream k8s.io/kubernetes/pkg/apis/autoscaling/validation/validation.go */
import { parseQuantity } from '@argosy/base';

import { validatePathSegmentName } from '../../names/dns-names.ts';
import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, POSITIVE, problemsOf } from '../findings.ts';
import { containerNameFindings } from '../resources/resource-names.ts';

/** Types of metrics and the members that describe them. */
const SOURCES: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];
const RAW_OR_SHARE = 'must set either a target raw value or a target utilization';
const LONGEST_PERIOD = 1800;
const LONGEST_WINDOW = 3600;

/** Autoscalers: a target, a range, and metrics that say how much is enough. */
export const validateHorizontalPodAutoscaler = (scaler: Draft): readonly FieldError[] => {
  const spec = objectAt(scaler, 'spec');
  const [least, most] = [numberAt(spec, 'minReplicas') ?? 1, numberAt(spec, 'maxReplicas') ?? 0];
  const share = numberAt(spec, 'targetCPUUtilizationPercentage');
  return [
    ...(least < 1 ? [invalidField('spec.minReplicas', least, 'must be greater than or equal to 1')] : []),
    ...(most < 1 ? [invalidField('spec.maxReplicas', most, 'must be greater than 0')] : []),
    ...(most < least ? [invalidField('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')] : []),
    ...validateTarget(objectAt(spec, 'scaleTargetRef'), 'spec.scaleTargetRef'),
    ...itemsAt(spec, 'metrics').flatMap(([index, metric]) => validateMetric(metric, `spec.metrics[${index}]`)),
    ...(share !== undefined && share < 1
      ? [invalidField('spec.metrics[0].resource.target.averageUtilization', share, 'must be greater than 0')]
      : []),
    ...(['scaleUp', 'scaleDown'] as const).flatMap((way) =>
      validateBehaviour(objectAt(spec, 'behavior'), way, `spec.behavior.${way}`),
    ),
  ];
};

const validateTarget = (target: Draft, path: string): readonly FieldError[] =>
  (['kind', 'name'] as const).flatMap((name) => {
    const value = textAt(target, name);
    return value === ''
      ? [requiredField(`${path}.${name}`)]
      : problemsOf(`${path}.${name}`, value, validatePathSegmentName(value));
  });

const validateMetric = (metric: Draft, path: string): readonly FieldError[] => {
  const type = textAt(metric, 'type');
  const member = Object.hasOwn(SOURCES, type) ? SOURCES[type] : undefined;
  if (member === undefined)
    return [
      ...(type === '' ? [requiredField(`${path}.type`, 'must specify a metric source type')] : []),
      unsupportedValue(`${path}.type`, type, Object.keys(SOURCES)),
    ];
  if (metric[member] === undefined)
    return [requiredField(`${path}.${member}`, 'must populate information for the given metric source')];
  return [
    ...Object.values(SOURCES)
      .filter((other) => other !== member && metric[other] !== undefined)
      .map((other) => forbiddenField(`${path}.${other}`, 'must populate the given metric source only')),
    ...validateSource(type, objectAt(metric, member), `${path}.${member}`),
  ];
};

const validateSource = (type: string, source: Draft, path: string): readonly FieldError[] => {
  const target = objectAt(source, 'target');
  const at = `${path}.target`;
  const [value, average] = [target['value'] !== undefined, target['averageValue'] !== undefined];
  switch (type) {
    case 'Resource':
    case 'ContainerResource':
      return [
        ...(textAt(source, 'name') === '' ? [requiredField(`${path}.name`, 'must specify a resource name')] : []),
        ...(type === 'ContainerResource' && textAt(source, 'name') !== ''
          ? containerNameFindings(textAt(source, 'name'), `${path}.name`)
          : []),
        ...(type === 'ContainerResource' && textAt(source, 'container') === ''
          ? [requiredField(`${path}.container`, 'must specify a container')]
          : []),
        ...validateAmounts(target, at),
        ...shareFindings(target, at),
      ];
    case 'Pods':
      return [
        ...validateIdentifier(objectAt(source, 'metric'), `${path}.metric`),
        ...validateAmounts(target, at),
        ...(average ? [] : [requiredField(`${at}.averageValue`, 'must specify a positive target averageValue')]),
      ];
    case 'Object':
      return [
        ...validateTarget(objectAt(source, 'describedObject'), `${path}.describedObject`),
        ...validateIdentifier(objectAt(source, 'metric'), `${path}.metric`),
        ...validateAmounts(target, at),
        ...(value || average
          ? []
          : [requiredField(`${at}.averageValue`, 'must set either a target value or averageValue')]),
      ];
    default:
      return [
        ...validateIdentifier(objectAt(source, 'metric'), `${path}.metric`),
        ...validateAmounts(target, at),
        ...(value || average
          ? []
          : [requiredField(`${at}.averageValue`, 'must set either a target value for metric or a per-pod target')]),
        ...(value && average
          ? [forbiddenField(`${at}.value`, 'may not set both a target value for metric and a per-pod target')]
          : []),
      ];
  }
};

const shareFindings = (target: Draft, path: string): readonly FieldError[] => {
  const [share, average] = [target['averageUtilization'] !== undefined, target['averageValue'] !== undefined];
  if (!share && !average) return [requiredField(`${path}.averageUtilization`, RAW_OR_SHARE)];
  return share && average
    ? [forbiddenField(`${path}.averageValue`, 'may not set both a target raw value and a target utilization')]
    : [];
};

const validateIdentifier = (metric: Draft, path: string): readonly FieldError[] => {
  const name = textAt(metric, 'name');
  return name === ''
    ? [requiredField(`${path}.name`, 'must specify a metric name')]
    : problemsOf(`${path}.name`, name, validatePathSegmentName(name));
};

const validateAmounts = (target: Draft, path: string): readonly FieldError[] => {
  const type = textAt(target, 'type');
  const share = numberAt(target, 'averageUtilization');
  return [
    ...(type === '' ? [requiredField(`${path}.type`, 'must specify a metric target type')] : []),
    ...(TARGET_TYPES.includes(type)
      ? []
      : [invalidField(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue')]),
    ...(share !== undefined && share < 1
      ? [invalidField(`${path}.averageUtilization`, share, 'must be greater than 0')]
      : []),
    ...(['value', 'averageValue'] as const).flatMap((name) => {
      const amount = target[name];
      if (typeof amount !== 'string' && typeof amount !== 'number') return [];
      return (parseQuantity(amount) ?? 0n) > 0n ? [] : [invalidField(`${path}.${name}`, amount, 'must be positive')];
    }),
  ];
};

const validateBehaviour = (behaviour: Draft, way: string, path: string): readonly FieldError[] => {
  if (behaviour[way] === undefined) return [];
  const rules = objectAt(behaviour, way);
  const policies = itemsAt(rules, 'policies');
  return [
    ...durationFindings(rules['stabilizationWindowSeconds'], `${path}.stabilizationWindowSeconds`, {
      least: 0,
      most: LONGEST_WINDOW,
    }),
    ...choiceFindings(rules, 'selectPolicy', path, ['Disabled', 'Max', 'Min']),
    ...(Array.isArray(rules['policies']) && policies.length === 0
      ? [requiredField(`${path}.policies`, 'must specify at least one Policy')]
      : []),
    ...policies.flatMap(([index, policy]) => {
      const at = `${path}.policies[${index}]`;
      const value = numberAt(policy, 'value') ?? 0;
      return [
        ...choiceFindings({ type: textAt(policy, 'type') }, 'type', at, ['Percent', 'Pods']),
        ...(value > 0 ? [] : [invalidField(`${at}.value`, value, POSITIVE)]),
        ...durationFindings(numberAt(policy, 'periodSeconds') ?? 0, `${at}.periodSeconds`, {
          least: 1,
          most: LONGEST_PERIOD,
        }),
      ];
    }),
  ];
};

const durationFindings = (
  seconds: unknown,
  field: string,
  { least, most }: { readonly least: number; readonly most: number },
): readonly FieldError[] => {
  if (typeof seconds !== 'number') return [];
  if (seconds < least)
    return [invalidField(field, seconds, least === 0 ? 'must be greater than or equal to zero' : POSITIVE)];
  return seconds > most ? [invalidField(field, seconds, `must be less than or equal to ${most}`)] : [];
};
