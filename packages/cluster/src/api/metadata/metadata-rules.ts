/**
 * What metadata of any kind may say: its names, labels, owners and finalizers. Pure.
 * @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go
 */
import {
  forbiddenField,
  invalidField,
  requiredField,
  validateAnnotations,
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabelKey,
  validateLabels,
  validateNamePrefix,
  validatePathSegmentName,
  type FieldError,
  type KubeObject,
  type ObjectMeta,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** Findings about metadata; names are looked at where there is no `current` object, for they stay. */
export const validateMetadata = (
  kind: ServedKind,
  object: KubeObject,
  current: KubeObject | undefined,
): readonly FieldError[] => {
  const { metadata } = object;
  return [
    ...(current ? deletionFindings(metadata, current.metadata) : nameFindings(kind, metadata)),
    ...validateLabels(metadata.labels, 'metadata.labels'),
    ...validateAnnotations(metadata.annotations, 'metadata.annotations'),
    ...ownerFindings(metadata),
    ...finalizerFindings(kind, metadata, current?.metadata),
  ];
};

/** @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go#ValidateObjectMetaAccessorUpdate */
const deletionFindings = (given: ObjectMeta, current: ObjectMeta): readonly FieldError[] => {
  const { deletionTimestamp, deletionGracePeriodSeconds } = given;
  return [
    ...(deletionTimestamp !== undefined && deletionTimestamp !== current.deletionTimestamp
      ? [invalidField('metadata.deletionTimestamp', deletionTimestamp, FIXED)]
      : []),
    ...(deletionGracePeriodSeconds !== undefined && deletionGracePeriodSeconds !== current.deletionGracePeriodSeconds
      ? [invalidField('metadata.deletionGracePeriodSeconds', deletionGracePeriodSeconds, FIXED)]
      : []),
  ];
};

const FIXED = 'field is immutable';

const nameFindings = (kind: ServedKind, metadata: ObjectMeta): readonly FieldError[] => {
  if (!metadata.name) return [requiredField('metadata.name', 'name or generateName is required')];
  const { name, generateName = '' } = metadata;
  const rule = nameRule(kind);
  return [
    ...(generateName === '' ? [] : validateNamePrefix(generateName, rule)).map((problem) =>
      invalidField('metadata.generateName', generateName, problem),
    ),
    ...rule(name).map((problem) => invalidField('metadata.name', name, problem)),
  ];
};

/** Groups whose names may hold what a path may: `system:node`, `v1.`. */
const PATH_SEGMENT_GROUPS: ReadonlySet<string> = new Set([
  'rbac.authorization.k8s.io',
  'apiregistration.k8s.io',
  'certificates.k8s.io',
]);

const nameRule = (kind: ServedKind): ((name: string) => readonly string[]) => {
  if (kind.storage === '/namespaces') return validateDns1123Label;
  if (kind.storage === '/services') return validateDns1035Label;
  if (PATH_SEGMENT_GROUPS.has(kind.group)) return validatePathSegmentName;
  return validateDns1123Subdomain;
};

const OWNER_WORDS = { apiVersion: 'version', kind: 'kind', name: 'name', uid: 'uid' } as const;

const ownerFindings = (metadata: ObjectMeta): readonly FieldError[] => {
  const { ownerReferences: owners } = metadata;
  if (!owners) return [];
  const findings = owners.flatMap((owner) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((field) => !owner[field])
      .map((field) => invalidField(`metadata.ownerReferences.${field}`, '', `${OWNER_WORDS[field]} must not be empty`)),
  );
  const controllers = owners.filter((owner) => owner.controller === true);
  if (controllers.length < 2) return findings;
  const detail = 'Only one reference can have Controller set to true';
  return [
    ...findings,
    invalidField(
      'metadata.ownerReferences',
      controllers.map((owner) => owner.name),
      detail,
    ),
  ];
};

/** Finalizers without a prefix that built-in kinds may have. */
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);
/** Groups whose objects may have finalizers without a prefix, as custom ones do. */
const EXTENDING_GROUPS: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

const finalizerFindings = (
  kind: ServedKind,
  metadata: ObjectMeta,
  current: ObjectMeta | undefined,
): readonly FieldError[] => {
  const { finalizers } = metadata;
  if (!finalizers) return [];
  const needsPrefix = !kind.custom && !EXTENDING_GROUPS.has(kind.group);
  const broken = finalizers.flatMap((name, at) => [
    ...validateLabelKey(name).map((problem) => invalidField('metadata.finalizers', name, problem)),
    ...(needsPrefix && !name.includes('/') && !STANDARD_FINALIZERS.has(name)
      ? [
          invalidField(
            `metadata.finalizers[${at}]`,
            name,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ]
      : []),
  ]);
  if (!current?.deletionTimestamp) return broken;
  const added = finalizers.filter((name) => !current.finalizers?.includes(name));
  if (added.length === 0) return broken;
  return [
    ...broken,
    forbiddenField(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`,
    ),
  ];
};
