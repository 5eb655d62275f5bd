/**
 * Rules of pods and pod templates beyond their schema; each of their parts has a file of its own.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#ValidatePodSpec
 */
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  type FieldError,
} from '../../objects/field-error.ts';
import { validateAnnotations, validateLabels } from '../../names/label-names.ts';
import { validateContainer, type ContainerPlace } from './container-validation.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import {
  choiceFindings,
  labelNameFindings,
  qualifiedNameFindings,
  rangeFindings,
  subdomainFindings,
} from '../findings.ts';
import { validateAffinity } from '../pods/affinity-rules.ts';
import { validateDnsConfig, validateHostAliases } from '../pods/name-resolution-rules.ts';
import { validateOperatingSystem } from '../pods/operating-system-rules.ts';
import { validateTolerations, validateTopologySpread } from '../pods/placement-rules.ts';
import { validatePodUpdate } from '../pods/pod-update-rules.ts';
import { validatePodStatus } from '../pods/pod-status-rules.ts';
import { hostNetworkFindings, hostPortFindings } from '../pods/port-rules.ts';
import { validateResourceClaims } from '../pods/resource-rules.ts';
import { validatePodSecurity } from '../pods/security-rules.ts';
import { validateVolumes } from '../pods/volume-rules.ts';

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** Findings of a pod; ephemeral containers are for their subresource, which compares with a pod that has them. */
export const validatePod = (pod: Draft, previous?: Draft): readonly FieldError[] => {
  const spec = objectAt(pod, 'spec');
  // Most writes of pods are of their status: a spec that is the stored one itself was judged when it was stored.
  const besides = [
    ...validatePodAnnotations(pod, spec),
    ...(previous ? [...mirrorFindings(pod, previous), ...validatePodStatus(pod, previous)] : []),
  ];
  if (previous && spec === objectAt(previous, 'spec')) return besides;
  return [
    ...besides,
    ...validatePodSpec(spec, 'spec', { isPod: true }),
    ...imageFindings(spec),
    ...(previous ? validatePodUpdate(spec, objectAt(previous, 'spec')) : validateNewPod(spec)),
  ];
};

/** Findings of the pod template at `path`. */
export const validatePodTemplate = (template: Draft, path: string): readonly FieldError[] => [
  ...validateTemplateMetadata(template, path),
  ...validatePodSpec(objectAt(template, 'spec'), `${path}.spec`, { isPod: false }),
  ...withoutEphemeral(objectAt(template, 'spec'), `${path}.spec`, 'ephemeral containers not allowed in pod template'),
];

/** Findings of the labels and annotations of the pod template at `path`. */
export const validateTemplateMetadata = (template: Draft, path: string): readonly FieldError[] => [
  ...validateLabels(objectAt(objectAt(template, 'metadata'), 'labels'), `${path}.labels`),
  ...validateAnnotations(objectAt(objectAt(template, 'metadata'), 'annotations'), `${path}.annotations`),
];

/** Containers for looking around come to a pod that is there. */
const withoutEphemeral = (spec: Draft, path: string, detail: string): readonly FieldError[] =>
  itemsAt(spec, 'ephemeralContainers').length > 0 ? [forbiddenField(`${path}.ephemeralContainers`, detail)] : [];

const validateNewPod = (spec: Draft): readonly FieldError[] => [
  ...withoutEphemeral(spec, 'spec', 'cannot be set on create'),
  ...(textAt(spec, 'nodeName') !== '' && itemsAt(spec, 'schedulingGates').length > 0
    ? [forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
    : []),
];

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const MIRROR = 'kubernetes.io/config.mirror';

const validatePodAnnotations = (pod: Draft, spec: Draft): readonly FieldError[] => {
  const annotations = objectAt(objectAt(pod, 'metadata'), 'annotations');
  const cost = annotations[DELETION_COST];
  const isCost = typeof cost !== 'string' || (/^(0|-?[1-9]\d*)$/.test(cost) && Math.abs(Number(cost)) < 2 ** 31);
  return [
    ...(annotations[MIRROR] !== undefined && textAt(spec, 'nodeName') === ''
      ? [
          invalidField(
            `metadata.annotations[${MIRROR}]`,
            annotations[MIRROR],
            'must set spec.nodeName if mirror pod annotation is set',
          ),
        ]
      : []),
    ...(isCost ? [] : [invalidField(`metadata.annotations[${DELETION_COST}]`, cost, 'must be a 32bit integer')]),
  ];
};

/** A pod is a mirror from its beginning, or none: it has other rights. @upstream kubernetes pkg/apis/core/validation (ValidatePodSpecificAnnotationUpdates) */
const mirrorFindings = (pod: Draft, previous: Draft): readonly FieldError[] => {
  const [now, before] = [pod, previous].map((one) => objectAt(objectAt(one, 'metadata'), 'annotations')[MIRROR]);
  if (now === before) return [];
  const change = before === undefined ? 'add' : 'remove or update';
  return [forbiddenField(`metadata.annotations[${MIRROR}]`, `may not ${change} mirror pod annotation`)];
};

/** Templates may hold images with blanks around them, which some tools fill in later. */
const imageFindings = (spec: Draft): readonly FieldError[] =>
  CONTAINER_LISTS.flatMap((list) =>
    itemsAt(spec, list).flatMap(([index, container]) => {
      const image = textAt(container, 'image');
      return image === image.trim()
        ? []
        : [invalidField(`spec.${list}[${index}].image`, image, 'must not have leading or trailing whitespace')];
    }),
  );

const validatePodSpec = (spec: Draft, path: string, of: { readonly isPod: boolean }): readonly FieldError[] => [
  ...validateVolumes(spec, path),
  ...validateResourceClaims(spec, path),
  ...validateContainers(spec, path),
  ...hostNetworkFindings(spec, path, of.isPod),
  ...choiceFindings(spec, 'restartPolicy', path, ['Always', 'OnFailure', 'Never']),
  ...choiceFindings(spec, 'dnsPolicy', path, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
  ...validateLabels(objectAt(spec, 'nodeSelector'), `${path}.nodeSelector`),
  ...validatePodSecurity(spec, path),
  ...validateAffinity(spec, path),
  ...validateDnsConfig(spec, path),
  ...validateGates(spec, path),
  ...validateTopologySpread(spec, path),
  ...validateNames(spec, path),
  ...rangeFindings(spec['activeDeadlineSeconds'], `${path}.activeDeadlineSeconds`, [1, 2 ** 31 - 1]),
  ...validateTolerations(spec, path),
  ...validateHostAliases(spec, path),
  ...choiceFindings(spec, 'preemptionPolicy', path, ['PreemptLowerPriority', 'Never']),
  ...validateOperatingSystem(spec, path),
];

const validateContainers = (spec: Draft, path: string): readonly FieldError[] => {
  const containers = itemsAt(spec, 'containers');
  const place: Omit<ContainerPlace, 'list'> = {
    volumes: new Map(itemsAt(spec, 'volumes').map(([, volume]) => [textAt(volume, 'name'), volume] as const)),
    claims: new Set(itemsAt(spec, 'resourceClaims').map(([, claim]) => textAt(claim, 'name'))),
    usesHostUsers: spec['hostUsers'] !== false,
    graceSeconds: numberAt(spec, 'terminationGracePeriodSeconds'),
    restartPolicy: spec['restartPolicy'],
  };
  return [
    ...(containers.length === 0 ? [requiredField(`${path}.containers`)] : []),
    ...CONTAINER_LISTS.flatMap((list) =>
      itemsAt(spec, list).flatMap(([index, container]) =>
        validateContainer(container, `${path}.${list}[${index}]`, { ...place, list }),
      ),
    ),
    ...validateUniqueNames(spec, path),
    ...hostPortFindings(containers, (index) => `${path}.containers[${index}]`),
    // These run one after another, and only what one asks for itself can collide.
    ...itemsAt(spec, 'initContainers').flatMap(([, container]) =>
      hostPortFindings([[0, container]], (index) => `${path}.initContainers[${index}]`),
    ),
  ];
};

/** Names are unique over all lists of containers. */
const validateUniqueNames = (spec: Draft, path: string): readonly FieldError[] => {
  const seen = new Set<string>();
  return CONTAINER_LISTS.flatMap((list) =>
    itemsAt(spec, list).flatMap(([index, container]) => {
      const name = textAt(container, 'name');
      const isRepeated = name !== '' && seen.has(name);
      seen.add(name);
      return isRepeated ? [duplicateField(`${path}.${list}[${index}].name`, name)] : [];
    }),
  );
};

const validateGates = (spec: Draft, path: string): readonly FieldError[] => {
  const seen = new Set<string>();
  return [
    ...itemsAt(spec, 'readinessGates').flatMap(([index, gate]) =>
      qualifiedNameFindings(`${path}.readinessGates[${index}].conditionType`, textAt(gate, 'conditionType')),
    ),
    ...itemsAt(spec, 'schedulingGates').flatMap(([index, gate]) => {
      const name = textAt(gate, 'name');
      const field = `${path}.schedulingGates[${index}]`;
      const isRepeated = seen.has(name);
      seen.add(name);
      return [...qualifiedNameFindings(field, name), ...(isRepeated ? [duplicateField(field, name)] : [])];
    }),
  ];
};

const validateNames = (spec: Draft, path: string): readonly FieldError[] => [
  ...(['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName'] as const).flatMap((name) =>
    textAt(spec, name) === '' ? [] : subdomainFindings(`${path}.${name}`, textAt(spec, name)),
  ),
  ...(['hostname', 'subdomain'] as const).flatMap((name) =>
    textAt(spec, name) === '' ? [] : labelNameFindings(`${path}.${name}`, textAt(spec, name)),
  ),
];
