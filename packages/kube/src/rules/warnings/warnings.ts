/** What authors of objects of the built-in kinds are told though nothing is refused. @upstream the `WarningsOnCreate` of k8s.io/kubernetes/pkg/registry */
import { validateDns1123Label } from '../../names/dns-names.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { nodeTermWarnings, olderLabel } from './node-label-warnings.ts';
import { claimWarnings, podWarnings } from './pod-warnings.ts';

type Warnings = (object: Draft) => readonly string[];

const IN_PODS = 'Pod names and hostnames';

const nameWarnings = (object: Draft, where: string): readonly string[] => {
  const problems = validateDns1123Label(textAt(objectAt(object, 'metadata'), 'name'));
  return problems.length === 0
    ? []
    : [
        `metadata.name: this is used in ${where}, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
      ];
};

const templateOf = (object: Draft): Draft => objectAt(objectAt(object, 'spec'), 'template');

const named: Warnings = (object) => [
  ...nameWarnings(object, IN_PODS),
  ...podWarnings(templateOf(object), 'spec.template'),
];

const annotationWarnings = (object: Draft, words: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(words).flatMap(([key, detail]) =>
    Object.hasOwn(objectAt(objectAt(object, 'metadata'), 'annotations'), key)
      ? [`metadata.annotations[${key}]: ${detail}`]
      : [],
  );

const STORAGE_CLASS = 'volume.beta.kubernetes.io/storage-class';
const CLASS_WORDS = 'deprecated since v1.8; use "storageClassName" attribute instead';

const volumeWarnings: Warnings = (volume) => {
  const spec = objectAt(volume, 'spec');
  const required = objectAt(objectAt(spec, 'nodeAffinity'), 'required');
  return [
    ...annotationWarnings(volume, {
      [STORAGE_CLASS]: CLASS_WORDS,
      'volume.beta.kubernetes.io/mount-options': 'deprecated since v1.31; use "mountOptions" attribute instead',
    }),
    ...(spec['persistentVolumeReclaimPolicy'] === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...itemsAt(required, 'nodeSelectorTerms').flatMap(([index, term]) =>
      nodeTermWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`),
    ),
  ];
};

const CERTIFICATE = /-----BEGIN ([^-]+)-----/;

/** Whoever serves with a pair of certificate and key must find both. Deviates: whether they belong together is not told. */
const secretWarnings: Warnings = (secret) => {
  if (textAt(secret, 'type') !== 'kubernetes.io/tls') return [];
  const lacks = (key: string): boolean => !CERTIFICATE.test(decoded(textAt(objectAt(secret, 'data'), key)));
  if (lacks('tls.crt')) return ['tls: failed to find any PEM data in certificate input'];
  return lacks('tls.key') ? ['tls: failed to find any PEM data in key input'] : [];
};

const decoded = (encoded: string): string => {
  try {
    return atob(encoded);
  } catch {
    // What cannot be decoded was refused before.
    return '';
  }
};

const INGRESS_CLASS = 'kubernetes.io/ingress.class';

const ingressWarnings: Warnings = (ingress) =>
  Object.hasOwn(objectAt(objectAt(ingress, 'metadata'), 'annotations'), INGRESS_CLASS) &&
  objectAt(ingress, 'spec')['ingressClassName'] === undefined
    ? [`annotation "${INGRESS_CLASS}" is deprecated, please use 'spec.ingressClassName' instead`]
    : [];

const nodeWarnings: Warnings = (node) => {
  const spec = objectAt(node, 'spec');
  return [
    ...(spec['configSource'] === undefined ? [] : ['spec.configSource: the feature is removed']),
    ...(textAt(spec, 'externalID') === ''
      ? []
      : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
  ];
};

const topologyWarnings: Warnings = (storageClass) =>
  itemsAt(storageClass, 'allowedTopologies').flatMap(([index, term]) =>
    itemsAt(term, 'matchLabelExpressions').flatMap(([at, expression]) => {
      const newer = olderLabel(textAt(expression, 'key'));
      return newer === undefined ? [] : [`allowedTopologies[${index}].matchLabelExpressions[${at}].key: ${newer}`];
    }),
  );

/**
 * Sentences for the author of an object, by `group/Kind`; kinds without a row have none. Takes objects already completed by
 * `BUILTIN_DEFAULTS`. Pure.
 */
export const BUILTIN_WARNINGS: Readonly<Record<string, Warnings>> = {
  '/Pod': (pod) => [...nameWarnings(pod, "the Pod's hostname"), ...podWarnings(pod, '')],
  '/PodTemplate': (object) => podWarnings(objectAt(object, 'template'), 'template'),
  '/ReplicationController': named,
  'apps/Deployment': named,
  'apps/ReplicaSet': named,
  'apps/DaemonSet': (set) => podWarnings(templateOf(set), 'spec.template'),
  'apps/StatefulSet': (set) => [
    ...podWarnings(templateOf(set), 'spec.template'),
    ...itemsAt(objectAt(set, 'spec'), 'volumeClaimTemplates').flatMap(([index, claim]) =>
      claimWarnings(objectAt(claim, 'spec'), `spec.volumeClaimTemplates[${index}]`),
    ),
  ],
  'batch/Job': named,
  'batch/CronJob': (cronJob) => [
    ...nameWarnings(cronJob, IN_PODS),
    ...podWarnings(templateOf(objectAt(objectAt(cronJob, 'spec'), 'jobTemplate')), 'spec.jobTemplate.spec.template'),
  ],
  '/PersistentVolumeClaim': (claim) => [
    ...annotationWarnings(claim, { [STORAGE_CLASS]: CLASS_WORDS }),
    ...claimWarnings(objectAt(claim, 'spec'), 'spec'),
  ],
  '/PersistentVolume': volumeWarnings,
  '/Secret': secretWarnings,
  '/Node': nodeWarnings,
  'networking.k8s.io/Ingress': ingressWarnings,
  'storage.k8s.io/StorageClass': topologyWarnings,
};
