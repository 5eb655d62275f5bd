/**
 * The rules of metadata that hold for every kind.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update,meta}.go
 */
import { isEmpty, randomSuffix, toTimestamp } from '@argosy/base';
import {
  ApiStatusError,
  conflict,
  generatedName,
  gvkOf,
  invalidObject,
  type KubeObject,
  type ObjectKey,
  type ObjectMeta,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { resourceName, type ApiContext } from '../api-context.ts';
import { hasGeneration, nextGeneration } from './object-generation.ts';

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
  const kept = withoutServerFields(given);
  const scoped = kind.namespaced && namespace ? { ...kept, namespace } : withoutNamespace(kept);
  const metadata: ObjectMeta = {
    ...(hasGeneration(kind) ? { ...scoped, generation: 1 } : scoped),
    name: given.name || (given.generateName ? generatedName(given.generateName, randomSuffix(context.random)) : ''),
    uid: context.random.uuid(),
    creationTimestamp: toTimestamp(context.clock.now()),
  };
  return { ...object, metadata: withoutNulls(metadata) };
};

/** Few bring along what the server sets. */
const withoutServerFields = (given: ObjectMeta): ObjectMeta => {
  const { deletionTimestamp, deletionGracePeriodSeconds, resourceVersion } = given;
  if (deletionTimestamp === undefined && deletionGracePeriodSeconds === undefined && resourceVersion === undefined)
    return given;
  const {
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds: _grace,
    resourceVersion: _version,
    ...kept
  } = given;
  return kept;
};

const withoutNamespace = (given: ObjectMeta): ObjectMeta => {
  if (given.namespace === undefined) return given;
  const { namespace: _namespace, ...kept } = given;
  return kept;
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
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, namespace, resourceVersion } =
    current.metadata;
  const fixed: ObjectMeta = { ...given, name, uid, creationTimestamp, resourceVersion };
  const scoped = withMember(fixed, 'namespace', namespace);
  // An update neither begins a deletion nor changes its time; what it tries is found by `validateMetadata`.
  const timed = withMember(scoped, 'deletionTimestamp', deletionTimestamp ?? given.deletionTimestamp);
  const grace = given.deletionGracePeriodSeconds ?? deletionGracePeriodSeconds;
  const graced = withMember(timed, 'deletionGracePeriodSeconds', grace);
  const counted = withMember(graced, 'generation', nextGeneration(kind, object, current));
  return { ...object, metadata: withoutNulls(counted) };
};

/** Nearly every update says again what is there already. */
const withMember = <K extends keyof ObjectMeta>(metadata: ObjectMeta, name: K, value: ObjectMeta[K]): ObjectMeta =>
  metadata[name] === value ? metadata : { ...metadata, [name]: value };

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

/** Removes members that are `undefined`, so that objects compare equal by value. */
export const withoutAbsent = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;

/** A null in metadata is a field left out, as its readers expect; and so is a list or map without anything in it. */
const withoutNulls = (metadata: ObjectMeta): ObjectMeta =>
  hasUnsaid(metadata) ? Object.fromEntries(Object.entries(metadata).filter(([, part]) => !isUnsaid(part))) : metadata;

const hasUnsaid = (metadata: ObjectMeta): boolean => {
  for (const name in metadata) if (isUnsaid(metadata[name as keyof ObjectMeta])) return true;
  return false;
};

const isUnsaid = (part: unknown): boolean =>
  part === undefined || part === null || (typeof part === 'object' && isEmpty(part));

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
