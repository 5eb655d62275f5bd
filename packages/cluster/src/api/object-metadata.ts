/**
 * The rules of metadata that hold for every kind.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update,meta}.go
 */
import { isEqual, randomSuffix, toTimestamp } from '@argosy/base';
import {
  ApiStatusError,
  conflict,
  forbiddenField,
  generatedName,
  gvkOf,
  invalidField,
  invalidObject,
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
  type ObjectKey,
  type ObjectMeta,
} from '@argosy/kube';

import type { ServedKind } from '../kinds/served-kind.ts';
import { resourceName, type ApiContext } from './api-context.ts';

/** Completes the metadata of an object to be created. Throws BadRequest. */
export const withCreationMetadata = (
  context: ApiContext,
  kind: ServedKind,
  of: { readonly object: KubeObject; readonly namespace: string | undefined },
): KubeObject => {
  const { object, namespace } = of;
  const given = object.metadata ?? {};
  if (given.resourceVersion)
    throw new ApiStatusError('BadRequest', 'resourceVersion should not be set on objects to be created');
  const {
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds: _grace,
    resourceVersion: _version,
    namespace: _namespace,
    ...kept
  } = given;
  const metadata: ObjectMeta = {
    ...kept,
    name: given.name || (given.generateName ? generatedName(given.generateName, randomSuffix(context.random)) : ''),
    ...(kind.namespaced && namespace ? { namespace } : {}),
    uid: context.random.uuid(),
    creationTimestamp: toTimestamp(context.clock.now()),
    ...(hasGeneration(kind) ? { generation: 1 } : {}),
  };
  return { ...object, metadata: withoutNulls(metadata) };
};

/** Carries over what updates may not change, and counts the generation. Throws Conflict. */
export const withUpdateMetadata = (kind: ServedKind, object: KubeObject, current: KubeObject): KubeObject => {
  const name = current.metadata.name ?? '';
  const given = object.metadata;
  if (given.uid && given.uid !== current.metadata.uid)
    throw conflict(
      resourceName(kind),
      name,
      `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${current.metadata.uid}`,
    );
  if (!isAnyVersion(given) && given.resourceVersion !== current.metadata.resourceVersion)
    throw conflict(
      resourceName(kind),
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, namespace } =
    current.metadata;
  const bumped = generation !== undefined && changesDesired(kind, object, current) ? generation + 1 : generation;
  const metadata: ObjectMeta = {
    ...given,
    name,
    ...(namespace ? { namespace } : {}),
    uid,
    creationTimestamp,
    // An update neither begins a deletion nor changes its time; what it tries is found by `validateMetadata`.
    deletionTimestamp: deletionTimestamp ?? given.deletionTimestamp,
    deletionGracePeriodSeconds: given.deletionGracePeriodSeconds ?? deletionGracePeriodSeconds,
    generation: bumped,
    resourceVersion: current.metadata.resourceVersion,
  };
  return { ...object, metadata: withoutNulls(metadata) };
};

/** Whether a write names no version: it is for whatever is there. */
const isAnyVersion = ({ resourceVersion }: ObjectMeta): boolean => !resourceVersion || resourceVersion === '0';

/**
 * Refuses a replacement that names no version, for kinds whose objects are only replaced by who has read them. Throws Invalid.
 * @upstream kubernetes pkg/registry (AllowUnconditionalUpdate)
 */
export const checkVersionGiven = (kind: ServedKind, object: KubeObject): void => {
  if (!isAnyVersion(object.metadata) || !needsVersion(kind)) return;
  // This finding names the resource, and the version as the number nobody gave.
  throw invalidObject({ ...gvkOf(object), kind: kind.plural }, object.metadata.name ?? '', [
    {
      reason: 'FieldValueInvalid',
      field: 'metadata.resourceVersion',
      message: 'Invalid value: 0x0: must be specified for an update',
    },
  ]);
};

const needsVersion = (kind: ServedKind): boolean =>
  kind.custom || VERSIONED_GROUPS.has(kind.group) || VERSIONED_KINDS.has(kind.storage);

const VERSIONED_GROUPS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'coordination.k8s.io',
]);
const VERSIONED_KINDS: ReadonlySet<string> = new Set([
  'node.k8s.io/runtimeclasses',
  'policy/poddisruptionbudgets',
  'storage.k8s.io/csidrivers',
  'storage.k8s.io/csinodes',
  'storage.k8s.io/csistoragecapacities',
  'storage.k8s.io/volumeattachments',
]);

/** Findings about metadata. */
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

/** Removes members that are `undefined`, so that objects compare equal by value. */
export const withoutAbsent = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;

/** A null in metadata is a field left out, as its readers expect; and so is a list or map without anything in it. */
const withoutNulls = (metadata: ObjectMeta): ObjectMeta =>
  Object.fromEntries(Object.entries(metadata).filter(([, part]) => !isEmpty(part)));

const isEmpty = (part: unknown): boolean =>
  part === undefined || part === null || (typeof part === 'object' && Object.keys(part).length === 0);

/** Checks the preconditions of a deletion; throws Conflict. */
export const checkPreconditions = (
  kind: ServedKind,
  current: KubeObject,
  preconditions: { readonly uid?: string; readonly resourceVersion?: string } | undefined,
): void => {
  const { uid, resourceVersion, name = '' } = current.metadata;
  if (preconditions?.uid && preconditions.uid !== uid)
    throw conflict(
      resourceName(kind),
      name,
      `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`,
    );
  if (preconditions?.resourceVersion && preconditions.resourceVersion !== resourceVersion)
    throw conflict(
      resourceName(kind),
      name,
      `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`,
    );
};

/** Refuses keys that differ between the address and the object. Throws BadRequest. */
export const checkAddress = (object: KubeObject, key: ObjectKey): void => {
  // What is applied may have nothing at all.
  const metadata: ObjectMeta | undefined = object.metadata;
  if (metadata === undefined) throw nameless(key);
  const { name, namespace } = metadata;
  if (name && name !== key.name)
    throw new ApiStatusError(
      'BadRequest',
      `the name of the object (${name}) does not match the name on the URL (${key.name})`,
    );
  checkNamespace(object, key.namespace ?? namespace);
};

/** Refuses what a patch took the name of. Throws BadRequest. */
export const checkName = (object: KubeObject, key: ObjectKey): void => {
  if (!object.metadata?.name) throw nameless(key);
};

const nameless = ({ name }: ObjectKey): ApiStatusError =>
  new ApiStatusError(
    'BadRequest',
    `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
  );

/** Refuses an object whose namespace is not the one addressed. Throws BadRequest. */
export const checkNamespace = (object: KubeObject, namespace: string | undefined): void => {
  const own = object.metadata?.namespace;
  if (own && namespace && own !== namespace)
    throw new ApiStatusError(
      'BadRequest',
      `the namespace of the provided object does not match the namespace sent on the request`,
    );
};

/** Kinds whose objects have a generation. @upstream kubernetes pkg/registry (PrepareForCreate) */
const hasGeneration = ({ custom, group, storage }: ServedKind): boolean =>
  custom || COUNTED_KINDS.has(storage) || (COUNTED_GROUPS.has(group) && storage !== 'apps/controllerrevisions');

const COUNTED_GROUPS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apps',
  'batch',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'gateway.networking.k8s.io',
  'networking.k8s.io',
  'policy',
]);

const COUNTED_KINDS: ReadonlySet<string> = new Set([
  '/podtemplates',
  '/replicationcontrollers',
  'scheduling.k8s.io/priorityclasses',
]);

/**
 * Built-in kinds count changes of what is wanted. Custom ones count every change outside of metadata; with a status
 * subresource the status cannot change here, without one it counts as well.
 * @upstream kubernetes apiextensions-apiserver/pkg/registry/customresource/strategy.go#PrepareForUpdate
 */
const changesDesired = (kind: ServedKind, object: KubeObject, current: KubeObject): boolean => {
  const [after, before] = [wantedOf(kind, object), wantedOf(kind, current)];
  return !isEqual(after, before);
};

const wantedOf = ({ custom, group }: ServedKind, object: KubeObject): object => {
  const { metadata, ...others } = object;
  if (custom) return others;
  const { status: _status, ...wanted } = others;
  // Whose endpoints a slice holds its labels say.
  return group === 'discovery.k8s.io' ? { ...wanted, labels: metadata.labels } : wanted;
};

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
  const owners = metadata.ownerReferences ?? [];
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
  const finalizers = metadata.finalizers ?? [];
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
