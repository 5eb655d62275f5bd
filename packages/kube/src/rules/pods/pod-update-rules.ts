/**
 * What may still change in a pod that is there.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidatePodUpdate
 */
import { isEqual } from '@argosy/base';

import { forbiddenField, invalidField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';

const UPDATE_RULE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const GRACE = 'terminationGracePeriodSeconds';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Findings of a pod's spec that takes the place of another. A node is given by a binding alone. */
export const validatePodUpdate = (spec: Draft, previous: Draft): readonly FieldError[] => {
  const counted = (['containers', 'initContainers'] as const)
    .filter((list) => itemsAt(spec, list).length !== itemsAt(previous, list).length)
    .map((list) => forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers'));
  if (counted.length > 0) return counted;
  const isGated = itemsAt(previous, 'schedulingGates').length > 0;
  const ignored = changeable(spec, previous, isGated);
  return [
    ...deadlineFindings(spec, previous),
    ...tolerationFindings(spec, previous),
    ...gateFindings(spec, previous),
    ...(isGated ? placementFindings(spec, previous) : []),
    ...(isEqual(frozenPart(spec, ignored, isGated), frozenPart(previous, ignored, isGated))
      ? []
      : [forbiddenField('spec', UPDATE_RULE)]),
  ];
};

const deadlineFindings = (spec: Draft, previous: Draft): readonly FieldError[] => {
  const [now, before] = [numberAt(spec, 'activeDeadlineSeconds'), numberAt(previous, 'activeDeadlineSeconds')];
  const field = 'spec.activeDeadlineSeconds';
  if (before === undefined) return [];
  if (now === undefined) return [invalidField(field, null, 'must not update from a positive integer to nil value')];
  return now > before ? [invalidField(field, now, 'must be less than or equal to previous value')] : [];
};

const tolerationFindings = (spec: Draft, previous: Draft): readonly FieldError[] => {
  const timeless = (toleration: Draft): string =>
    JSON.stringify(['key', 'operator', 'value', 'effect'].map((name) => toleration[name] ?? null));
  const now = new Set(itemsAt(spec, 'tolerations').map(([, toleration]) => timeless(toleration)));
  const isLost = itemsAt(previous, 'tolerations').some(([, before]) => !now.has(timeless(before)));
  return isLost
    ? [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
    : [];
};

const gateFindings = (spec: Draft, previous: Draft): readonly FieldError[] => {
  const before = new Set(itemsAt(previous, 'schedulingGates').map(([, gate]) => textAt(gate, 'name')));
  return itemsAt(spec, 'schedulingGates').flatMap(([index, gate]) => {
    const name = textAt(gate, 'name');
    return before.has(name)
      ? []
      : [
          forbiddenField(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ];
  });
};

/** A pod that waits at a gate may be told more closely where to run. */
const placementFindings = (spec: Draft, previous: Draft): readonly FieldError[] => {
  const selector = objectAt(spec, 'nodeSelector');
  const isKept = Object.entries(objectAt(previous, 'nodeSelector')).every(([key, value]) => selector[key] === value);
  return [
    ...(isKept
      ? []
      : [
          invalidField(
            'spec.nodeSelector',
            selector,
            'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
          ),
        ]),
    ...affinityFindings(termsOf(spec), termsOf(previous)),
  ];
};

const termsOf = (spec: Draft): readonly Draft[] => {
  const affinity = objectAt(objectAt(spec, 'affinity'), 'nodeAffinity');
  return itemsAt(objectAt(affinity, REQUIRED), 'nodeSelectorTerms').map(([, term]) => term);
};

const affinityFindings = (terms: readonly Draft[], before: readonly Draft[]): readonly FieldError[] => {
  const path = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (before.length === 0) return [];
  if (before.length !== terms.length)
    return [invalidField(path, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  return terms.flatMap((term, index) =>
    isAdditionOnly(term, before[index] ?? {})
      ? []
      : [invalidField(`${path}[${index}]`, term, 'only additions are allowed (no mutations or deletions)')],
  );
};

const isAdditionOnly = (term: Draft, before: Draft): boolean => {
  const lists = ['matchExpressions', 'matchFields'] as const;
  const listed = (of: Draft, name: string): readonly Draft[] => itemsAt(of, name).map(([, one]) => one);
  // A term that asks nothing matches nothing: adding to it would widen it.
  if (lists.every((name) => listed(before, name).length === 0))
    return lists.every((name) => listed(term, name).length === 0);
  return lists.every((name) => isEqual(listed(term, name).slice(0, listed(before, name).length), listed(before, name)));
};

/** The members an update may touch as a whole. */
const changeable = (spec: Draft, previous: Draft, isGated: boolean): ReadonlySet<string> => {
  // A pod that was told to have ended before it began may be told to end at once.
  const isHurried = (numberAt(previous, GRACE) ?? 0) < 0 && numberAt(spec, GRACE) === 1;
  return new Set([
    'activeDeadlineSeconds',
    'tolerations',
    'schedulingGates',
    ...(isHurried ? [GRACE] : []),
    ...(isGated ? ['nodeSelector'] : []),
  ]);
};

/** The spec without the members an update may touch. */
const frozenPart = (spec: Draft, ignored: ReadonlySet<string>, isGated: boolean): Draft => {
  return Object.fromEntries(
    Object.entries(isGated ? withoutNodeAffinity(spec) : spec)
      .filter(([name, value]) => !ignored.has(name) && value !== undefined)
      .map(([name, value]) => [
        name,
        name === 'containers' || name === 'initContainers' ? itemsAt(spec, name).map(withoutImage) : value,
      ]),
  );
};

const withoutNodeAffinity = (spec: Draft): Draft => {
  const { nodeAffinity: _, ...affinity } = objectAt(spec, 'affinity');
  const { affinity: _affinity, ...rest } = spec;
  return Object.keys(affinity).length > 0 ? { ...rest, affinity } : rest;
};

const withoutImage = ([, container]: readonly [number, Draft]): Draft => {
  const { image: _, ...rest } = container;
  return rest;
};
