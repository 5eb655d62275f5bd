/**
 * Rules of pods and pod templates beyond their schema. Deep structs the schema keeps as they are go unchecked.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go
 */
import { isEqual } from '@argosy/base';

import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { validateDns1123Label, validateDns1123Subdomain } from '../names/dns-names.ts';
import { validateAnnotations, validateLabels } from '../names/label-names.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from './draft.ts';
import { validateContainer } from './container-validation.ts';

const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Findings of a pod; ephemeral containers are for their subresource, which compares with a pod that has them. After creation only images, the deadline, tolerations and scheduling gates may change. */
export const validatePod = (pod: Draft, previous?: Draft): readonly FieldError[] => [
  ...validatePodSpec(objectAt(pod, 'spec'), 'spec'),
  ...(previous ? [] : withoutEphemeral(objectAt(pod, 'spec'), 'spec', 'cannot be set on create')),
  ...(previous ? validatePodUpdate(objectAt(pod, 'spec'), objectAt(previous, 'spec')) : []),
];

/** Findings of the pod template at `path`. `claimed` names volumes its pods get besides those of the template. */
export const validatePodTemplate = (
  template: Draft,
  path: string,
  claimed: readonly string[] = [],
): readonly FieldError[] => [
  ...validateLabels(objectAt(objectAt(template, 'metadata'), 'labels'), `${path}.labels`),
  ...validateAnnotations(objectAt(objectAt(template, 'metadata'), 'annotations'), `${path}.annotations`),
  ...validatePodSpec(objectAt(template, 'spec'), `${path}.spec`, claimed),
  ...withoutEphemeral(objectAt(template, 'spec'), `${path}.spec`, 'ephemeral containers not allowed in pod template'),
];

/** Containers for looking around come to a pod that is there. */
const withoutEphemeral = (spec: Draft, path: string, detail: string): readonly FieldError[] =>
  itemsAt(spec, 'ephemeralContainers').length > 0 ? [forbiddenField(`${path}.ephemeralContainers`, detail)] : [];

const validatePodSpec = (spec: Draft, path: string, claimed: readonly string[] = []): readonly FieldError[] => {
  const volumes = [...claimed, ...itemsAt(spec, 'volumes').map(([, volume]) => textAt(volume, 'name'))];
  return [
    ...validateVolumes(spec, path),
    ...(Array.isArray(spec['containers']) && spec['containers'].length === 0
      ? [requiredField(`${path}.containers`)]
      : []),
    ...CONTAINER_LISTS.flatMap((list) =>
      itemsAt(spec, list).flatMap(([index, container]) =>
        validateContainer(container, `${path}.${list}[${index}]`, { volumes, isInit: list === 'initContainers' }),
      ),
    ),
    ...validateUniqueNames(spec, path),
    ...validateChoice(spec, 'restartPolicy', path, ['Always', 'OnFailure', 'Never']),
    ...validateChoice(spec, 'dnsPolicy', path, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
    ...validateNumbers(spec, path),
    ...validateNames(spec, path),
    ...validateLabels(objectAt(spec, 'nodeSelector'), `${path}.nodeSelector`),
  ];
};

const validateNumbers = (spec: Draft, path: string): readonly FieldError[] => {
  const deadline = numberAt(spec, 'activeDeadlineSeconds');
  const grace = numberAt(spec, 'terminationGracePeriodSeconds');
  return [
    ...(deadline !== undefined && (deadline < 1 || deadline > 2 ** 31 - 1)
      ? [invalidField(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive')]
      : []),
    ...(grace !== undefined && grace < 0
      ? [invalidField(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0')]
      : []),
  ];
};

const validateNames = (spec: Draft, path: string): readonly FieldError[] => [
  ...(['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName'] as const).flatMap((name) =>
    textAt(spec, name) === ''
      ? []
      : validateDns1123Subdomain(textAt(spec, name)).map((problem) =>
          invalidField(`${path}.${name}`, spec[name], problem),
        ),
  ),
  ...(['hostname', 'subdomain'] as const).flatMap((name) =>
    textAt(spec, name) === ''
      ? []
      : validateDns1123Label(textAt(spec, name)).map((problem) => invalidField(`${path}.${name}`, spec[name], problem)),
  ),
];

/** Names are unique over all lists of containers. */
const validateUniqueNames = (spec: Draft, path: string): readonly FieldError[] => {
  const seen = new Map<string, string>();
  return CONTAINER_LISTS.flatMap((list) =>
    itemsAt(spec, list).flatMap(([index, container]) => {
      const name = textAt(container, 'name');
      const first = seen.get(name);
      if (first === undefined) seen.set(name, list);
      // The schema reports repeats within one list.
      return first === undefined || first === list ? [] : [duplicateField(`${path}.${list}[${index}].name`, name)];
    }),
  );
};

const validateVolumes = (spec: Draft, path: string): readonly FieldError[] =>
  itemsAt(spec, 'volumes').flatMap(([index, volume]) => {
    const at = `${path}.volumes[${index}]`;
    const sources = Object.keys(volume).filter((name) => name !== 'name');
    return [
      ...validateDns1123Label(textAt(volume, 'name')).map((problem) =>
        invalidField(`${at}.name`, volume['name'] ?? '', problem),
      ),
      ...(sources.length === 0 ? [requiredField(at, 'must specify a volume type')] : []),
      ...sources.slice(1).map((name) => forbiddenField(`${at}.${name}`, 'may not specify more than 1 volume type')),
      ...(volume['secret'] !== undefined && textAt(objectAt(volume, 'secret'), 'secretName') === ''
        ? [requiredField(`${at}.secret.secretName`)]
        : []),
      ...(volume['configMap'] !== undefined && textAt(objectAt(volume, 'configMap'), 'name') === ''
        ? [requiredField(`${at}.configMap.name`)]
        : []),
    ];
  });

const validateChoice = (
  spec: Draft,
  name: string,
  path: string,
  supported: readonly string[],
): readonly FieldError[] => {
  const value = spec[name];
  return typeof value !== 'string' || supported.includes(value)
    ? []
    : [unsupportedValue(`${path}.${name}`, value, supported)];
};

const UPDATE_RULE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What may never change: the spec without the members a pod update may touch. `nodeName` may be set once (binding). */
const validatePodUpdate = (spec: Draft, previous: Draft): readonly FieldError[] => [
  ...(isEqual(frozenPart(spec, previous), frozenPart(previous, previous)) ? [] : [forbiddenField('spec', UPDATE_RULE)]),
  ...itemsAt(spec, 'containers').flatMap(([index, container]) =>
    textAt(container, 'image') === '' ? [requiredField(`spec.containers[${index}].image`)] : [],
  ),
];

const frozenPart = (spec: Draft, previous: Draft): Draft => {
  const ignored = new Set(['activeDeadlineSeconds', 'tolerations', 'schedulingGates']);
  if (textAt(previous, 'nodeName') === '') ignored.add('nodeName');
  return Object.fromEntries(
    Object.entries(spec)
      .filter(([name, value]) => !ignored.has(name) && value !== undefined)
      .map(([name, value]) => [
        name,
        name === 'containers' || name === 'initContainers' ? itemsAt(spec, name).map(withoutImage) : value,
      ]),
  );
};

const withoutImage = ([, container]: readonly [number, Draft]): Draft => {
  const { image: _, ...rest } = container;
  return rest;
};
