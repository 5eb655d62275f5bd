/**
 * create, for every kind: default, prepare, admit, validate, then one conditional write.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go#Create
 */
import type { WriteOptions } from '@argosy/client';
import {
  alreadyExists,
  ApiStatusError,
  notFound,
  withEmptyMembers,
  type KubeObject,
  type ObjectKey,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { StoreWrite } from '../../store/store.ts';
import { admitNew } from '../admission/admit-new.ts';
import { admitNode } from '../admission/admit-node.ts';
import { admitSecurity } from '../admission/admit-security.ts';
import { checkScope, resourceName, type ApiContext } from '../api-context.ts';
import { checkType } from '../body-types.ts';
import { creatorOf } from '../metadata/managed-object.ts';
import { checkNamespace, withCreationMetadata } from '../metadata/object-metadata.ts';
import { scopedKey, shownObject } from '../reads/read-objects.ts';
import type { AddressedService } from '../service-addresses.ts';
import { orUndecodable } from './undecodable-objects.ts';
import {
  checkFields,
  desiredOf,
  toStored,
  validate,
  withAddress,
  withDefaults,
  withManagedFields,
} from './written-object.ts';

/** How often a generated name that is taken is drawn again. */
const NAME_ATTEMPTS = 8;

/** What to create. */
export interface ObjectCreation {
  readonly object: KubeObject;
  readonly namespace?: string;
  readonly options?: WriteOptions;
  /** Somebody applied it, and has recorded the owners of its fields. */
  readonly isApply?: boolean;
  /** The program brings it along: its tests have judged it, and starting does not wait for that. */
  readonly isOwn?: boolean;
}

/** Creates an object. Throws AlreadyExists, Invalid, NotFound or Forbidden (namespace), BadRequest. */
export const createObject = (context: ApiContext, kind: ServedKind, request: ObjectCreation): Promise<KubeObject> =>
  orUndecodable(context, { kind, object: request.object }, () => createGiven(context, kind, request));

const createGiven = (context: ApiContext, kind: ServedKind, request: ObjectCreation): Promise<KubeObject> => {
  const { object, options = {}, isApply = false, isOwn = false } = request;
  checkType(context.registry.all(), kind, object);
  checkFields(kind, object, options);
  const namespace = kind.namespaced ? request.namespace || object.metadata?.namespace : undefined;
  checkNamespace(object, kind.namespaced ? request.namespace : '');
  checkScope(kind, { ...(namespace ? { namespace } : {}), name: object.metadata?.name ?? '' });
  if (namespace) checkNamespaceAccepts(context, kind, { namespace, name: object.metadata?.name ?? '' });
  const desired = withDefaults(kind, desiredOf(kind, object));
  const creation = { desired, namespace, options, isApply, isOwn };
  return object.metadata.name ? createOnce(context, kind, creation) : createNamed(context, kind, creation);
};

/** What there is to create, with its defaults. */
interface CompleteCreation {
  readonly desired: KubeObject;
  readonly namespace: string | undefined;
  readonly options: WriteOptions;
  readonly isApply: boolean;
  readonly isOwn: boolean;
}

/** A generated name that is taken is drawn again; a given one is the caller's mistake. */
const createNamed = async (context: ApiContext, kind: ServedKind, of: CompleteCreation): Promise<KubeObject> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await createOnce(context, kind, of);
    } catch (thrown) {
      const isTaken = thrown instanceof ApiStatusError && thrown.reason === 'AlreadyExists';
      if (!isTaken || attempt >= NAME_ATTEMPTS) throw thrown;
    }
  }
};

const createOnce = async (context: ApiContext, kind: ServedKind, of: CompleteCreation): Promise<KubeObject> => {
  const { desired, options, isApply, isOwn } = of;
  const fresh = newObject(context, kind, of);
  const target = { kind, operation: 'CREATE' as const, object: fresh, before: undefined };
  const isWatched = context.webhooks.concern(target);
  const asked = { dryRun: options.dryRun ?? false, caller: context.caller, warn: options.onWarning };
  const changed = isWatched ? withDefaults(kind, await context.webhooks.mutate(target, asked)) : fresh;
  const admitted = admitNew(context, kind, changed);
  let created: AddressedService | undefined;
  try {
    const { managedFields } = admitted.object.metadata;
    // An author owns what was given and its defaults, not what admission adds: taking that away later is not the author's business.
    const owners = isApply ? managedFields : creatorOf(context, kind, { created: desired, options });
    created = withAddress(context, kind, admitted.object);
    const { object } = created;
    if (isWatched) {
      validate(kind, object, undefined);
      await context.webhooks.validate({ ...target, object: withManagedFields(object, owners) }, asked);
    }
    const stored = await storeNew(context, kind, { object, owners, options, isOwn });
    options.onCreated?.();
    return stored;
  } finally {
    created?.release();
    admitted.release();
  }
};

const newObject = (
  context: ApiContext,
  kind: ServedKind,
  of: { readonly desired: KubeObject; readonly namespace: string | undefined },
): KubeObject => {
  const { strategy } = kind;
  const prepared = strategy.prepare?.(of.desired, undefined) ?? of.desired;
  const created = withCreationMetadata(context, kind, { object: prepared, namespace: of.namespace });
  const completed = strategy.complete?.(created) ?? created;
  return kind.shownWhenEmpty ? withEmptyMembers(kind.shownWhenEmpty, completed) : completed;
};

const storeNew = async (
  context: ApiContext,
  kind: ServedKind,
  of: {
    readonly object: KubeObject;
    readonly owners: KubeObject['metadata']['managedFields'];
    readonly options: WriteOptions;
    readonly isOwn: boolean;
  },
): Promise<KubeObject> => {
  const { object } = of;
  context.permissions?.checkGrant(context.caller, kind, { object });
  admitNode(context, kind, { operation: 'CREATE', object });
  if (!of.isOwn) validate(kind, object, undefined);
  admitSecurity(context, kind, { object, options: of.options });
  const key = keyIn(kind, object);
  if (of.options.dryRun) {
    if (context.store.get(kind.storage, key)) throw alreadyExists(resourceName(kind), key.name);
    return withManagedFields(object, of.owners);
  }
  // Owners are looked at by nobody: they were written here.
  const owned = withManagedFields(object, of.owners);
  const kept = kind.conversion ? await context.conversions.toStored(kind, owned) : toStored(kind, owned);
  const stored = await context.store.write(kind.storage, key, (current): StoreWrite => {
    if (current) throw alreadyExists(resourceName(kind), key.name);
    return { kind: 'put', object: kept };
  });
  return shownObject(context, kind, stored);
};

const checkNamespaceAccepts = (
  context: ApiContext,
  kind: ServedKind,
  key: { readonly namespace: string; readonly name: string },
): void => {
  const namespace = context.store.get('/namespaces', { name: key.namespace });
  if (!namespace) throw notFound({ group: '', resource: 'namespaces' }, key.namespace);
  if (!namespace.metadata.deletionTimestamp) return;
  const { group, resource } = resourceName(kind);
  throw new ApiStatusError(
    'Forbidden',
    `${group ? `${resource}.${group}` : resource} "${key.name}" is forbidden: unable to create new content in namespace ${key.namespace} because it is being terminated`,
    {
      name: key.name,
      group,
      kind: resource,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${key.namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  );
};

const keyIn = (kind: ServedKind, object: KubeObject): ObjectKey =>
  scopedKey(kind, {
    ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}),
    name: object.metadata.name ?? '',
  });
