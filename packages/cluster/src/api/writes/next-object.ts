/**
 * What becomes of an object by a change, by the subresource it is written through. Pure.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/update.go#BeforeUpdate
 */
import type { WriteOptions } from '@argosy/client';
import {
  withEmptyMembers,
  type CertificateCondition,
  type CertificateSigningRequest,
  type KubeObject,
  type Namespace,
  type ObjectMeta,
  type Pod,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { withoutAbsent, withUpdateMetadata } from '../metadata/object-metadata.ts';

/** A change of an object, and when: a timestamp. */
interface Change {
  readonly current: KubeObject;
  readonly given: KubeObject;
  readonly options: WriteOptions;
  readonly now: string;
}

/** The object as given, with what this way of writing may not change as it was. Throws Conflict. */
export const nextObject = (kind: ServedKind, of: Change): KubeObject => {
  const next = changedObject(kind, of);
  return kind.shownWhenEmpty ? withEmptyMembers(kind.shownWhenEmpty, next) : next;
};

const changedObject = (kind: ServedKind, of: Change): KubeObject => {
  const { current, given, now } = of;
  const { subresource } = of.options;
  if (subresource === 'status' || subresource === 'approval') {
    const prepared = kind.strategy.prepareStatus?.(given, current, { subresource, now }) ?? given;
    return withStatusOnly(kind, current, prepared);
  }
  const keepsStatus = kind.statusSubresource && subresource !== 'binding';
  const desired = keepsStatus ? withoutAbsent({ ...given, status: current.status }) : given;
  const defaulted = kind.strategy.default?.(desired) ?? desired;
  const prepared = kind.strategy.prepare?.(defaulted, current) ?? defaulted;
  const finalized = subresource === 'finalize' ? withoutAbsent({ ...prepared, spec: given.spec }) : prepared;
  return withUpdateMetadata(kind, finalized, current);
};

/**
 * The status subresource changes the status, and of most built-in kinds labels and annotations as well; it minds the
 * version and uid it was given.
 */
const withStatusOnly = (kind: ServedKind, current: KubeObject, given: KubeObject): KubeObject => {
  const { uid, resourceVersion } = given.metadata;
  const metadata = { ...metadataWithStatus(kind, current.metadata, given.metadata), uid, resourceVersion };
  const checked = withUpdateMetadata(kind, { ...current, metadata }, current);
  return given.status === undefined
    ? withoutAbsent({ ...checked, status: undefined })
    : { ...checked, status: given.status };
};

/** @upstream kubernetes pkg/registry (PrepareForUpdate of the status strategies) */
const metadataWithStatus = (kind: ServedKind, current: ObjectMeta, given: ObjectMeta): ObjectMeta => {
  if (kind.custom || STATUS_ALONE.has(kind.storage)) return current;
  if (kind.storage === 'apps/deployments') return { ...given, labels: current.labels };
  if (kind.storage === '/pods') return { ...given, ownerReferences: current.ownerReferences };
  return given;
};

/** Built-in kinds whose status subresource leaves metadata alone, as that of custom kinds does. */
const STATUS_ALONE: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io/validatingadmissionpolicies',
  'apiextensions.k8s.io/customresourcedefinitions',
  'storage.k8s.io/volumeattachments',
]);

/** A deleted object ends when nothing holds it any more. */
export const isFinished = (kind: ServedKind, object: KubeObject): boolean => {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (!deletionTimestamp || (finalizers ?? []).length > 0) return false;
  if (kind.storage === '/namespaces') return ((object as Namespace).spec?.finalizers ?? []).length === 0;
  return (deletionGracePeriodSeconds ?? 0) === 0;
};

/** What a change is compared with: some subresources alone may change what is theirs. */
export const comparedWith = (current: KubeObject, changed: KubeObject, { subresource }: WriteOptions): KubeObject => {
  if (subresource === 'approval') return withVerdicts(current, changed);
  if (subresource === 'binding')
    return { ...current, spec: { ...(current as Pod).spec, nodeName: (changed as Pod).spec?.nodeName } };
  if (subresource !== 'ephemeralcontainers') return current;
  const { ephemeralContainers } = (changed as Pod).spec ?? { containers: [] };
  return { ...current, spec: withoutAbsent({ ...(current as Pod).spec, ephemeralContainers }) };
};

/** Who approves may add verdicts, and take none back. */
const withVerdicts = (current: KubeObject, changed: KubeObject): KubeObject => {
  const of = (object: KubeObject): readonly CertificateCondition[] =>
    (object as CertificateSigningRequest).status?.conditions ?? [];
  const lost = of(current).filter(({ type }) => !of(changed).some((one) => one.type === type));
  return { ...current, status: { ...(current.status as object), conditions: [...of(changed), ...lost] } };
};
