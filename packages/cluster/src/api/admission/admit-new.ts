/**
 * What the rest of the cluster has to say about an object to be created: defaults from classes and limits, and quotas.
 * @upstream kubernetes plugin/pkg/admission
 */
import {
  ApiStatusError,
  claimLimitRefusals,
  podLimitRefusals,
  withContainerDefaults,
  type CertificateSigningRequest,
  type KubeObject,
  type LimitRange,
  type PersistentVolumeClaim,
  type Pod,
  type PriorityClass,
  type StorageClass,
} from '@argosy/kube';

import { qualityOfService } from '../../kinds/quality-of-service.ts';
import type { ServedKind } from '../../kinds/served-kind.ts';
import type { Store } from '../../store/store.ts';
import { OURSELVES, resourceName, type ApiContext } from '../api-context.ts';
import { withRequester } from './certificate-requester.ts';
import { withDefaultTolerations } from './default-tolerations.ts';
import { withMatchedLabels } from './matched-labels.ts';
import { secondDefaultRefusal, withPriority } from './priority.ts';
import { withRuntimeClass } from './runtime-class.ts';
import { withServiceAccount } from './service-account.ts';

/** An object that was let in, and what to call once its write has ended, whichever way. */
export interface AdmittedObject {
  readonly object: KubeObject;
  release(): void;
}

/** Completes an object and reserves its share of quotas. Throws Forbidden naming what does not permit it. */
export const admitNew = (context: ApiContext, kind: ServedKind, object: KubeObject): AdmittedObject => {
  const completed = complete(context, kind, object);
  const refusal = limitRefusals(context.store, kind, completed);
  if (refusal.length > 0)
    throw forbidden(kind, object, refusal.length > 1 ? `[${refusal.join(', ')}]` : refusal.join());
  const reserved = context.quotas.reserve(kind, completed);
  if (reserved.kind === 'refused') throw forbidden(kind, object, reserved.message);
  return { object: completed, release: reserved.release };
};

/** A refusal in the words of admission: `pods "x" is forbidden: …`. */
const forbidden = (kind: ServedKind, object: KubeObject, message: string): ApiStatusError => {
  const { group, resource } = resourceName(kind);
  const name = object.metadata.name ?? '';
  const qualified = group === '' ? resource : `${resource}.${group}`;
  return new ApiStatusError('Forbidden', `${qualified} ${JSON.stringify(name)} is forbidden: ${message}`, {
    name,
    group,
    kind: resource,
  });
};

const complete = (context: ApiContext, kind: ServedKind, object: KubeObject): KubeObject => {
  const { store } = context;
  if (kind.storage === '/persistentvolumeclaims') return withStorageClass(store, object as PersistentVolumeClaim);
  if (kind.storage === 'certificates.k8s.io/certificatesigningrequests') {
    const asked = withRequester(object as CertificateSigningRequest, context.caller ?? OURSELVES);
    if (asked.kind === 'refused') throw forbidden(kind, object, asked.message);
    return asked.request;
  }
  if (kind.storage === PRIORITY_CLASSES_STORAGE) refuseSecondDefault(store, kind, object as PriorityClass);
  if (kind.storage !== '/pods' || typeof object.spec !== 'object') return object;
  const owned = withServiceAccount(context, withMatchedLabels(object as Pod));
  if (owned.kind === 'refused') throw forbidden(kind, object, owned.message);
  const runnable = withRuntimeClass(store, withDefaultTolerations(owned.pod));
  if (runnable.kind === 'refused') throw forbidden(kind, object, runnable.message);
  const prioritized = withPriority(runnable.pod, priorityClassesOf(store));
  if (prioritized.kind === 'refused') throw forbidden(kind, object, prioritized.message);
  const pod = withContainerDefaults(prioritized.pod, rangesOf(store, object));
  if (pod === prioritized.pod) return pod;
  return { ...pod, status: { ...pod.status, qosClass: qualityOfService(pod) } };
};

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** A claim that names no class gets the default one; the empty name asks for none. */
const withStorageClass = (store: Store, claim: PersistentVolumeClaim): KubeObject => {
  if (!claim.spec || claim.spec.storageClassName !== undefined || claim.spec.volumeName) return claim;
  const classes = store.list('storage.k8s.io/storageclasses').items as readonly StorageClass[];
  const standard = classes
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true')
    .sort((left, right) =>
      (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? 1 : -1,
    )
    .at(0)?.metadata.name;
  return standard === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName: standard } };
};

/** Where priority classes lie. */
export const PRIORITY_CLASSES_STORAGE = 'scheduling.k8s.io/priorityclasses';

const priorityClassesOf = (store: Store): readonly PriorityClass[] =>
  store.list(PRIORITY_CLASSES_STORAGE).items as readonly PriorityClass[];

/** Throws Forbidden when another class is the default of all pods already. */
export const refuseSecondDefault = (store: Store, kind: ServedKind, one: PriorityClass): void => {
  const message = one.globalDefault === true ? secondDefaultRefusal(one, priorityClassesOf(store)) : undefined;
  if (message !== undefined) throw forbidden(kind, one, message);
};

const rangesOf = (store: Store, object: KubeObject): readonly LimitRange[] =>
  store.list('/limitranges', { namespace: object.metadata.namespace ?? '' }).items as readonly LimitRange[];

const limitRefusals = (store: Store, kind: ServedKind, object: KubeObject): readonly string[] => {
  if (typeof object.spec !== 'object') return [];
  if (kind.storage === '/pods') return podLimitRefusals(object as Pod, rangesOf(store, object));
  if (kind.storage === '/persistentvolumeclaims')
    return claimLimitRefusals(object as PersistentVolumeClaim, rangesOf(store, object));
  return [];
};
