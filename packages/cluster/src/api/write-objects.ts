/**
 * create, update and patch, for every kind: default, prepare, validate, then one conditional write.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go
 */
import { isEqual, toTimestamp } from '@argosy/base';
import type { Patch, WriteOptions } from '@argosy/client';
import {
  alreadyExists,
  ApiStatusError,
  conflict,
  gvkOf,
  invalidField,
  invalidObject,
  notFound,
  type CertificateCondition,
  type CertificateSigningRequest,
  type KubeObject,
  type Namespace,
  type ObjectKey,
  type Pod,
  type ObjectMeta,
} from '@argosy/kube';

import type { ServedKind } from '../kinds/served-kind.ts';
import type { StoreWrite } from '../store/store.ts';
import { admitChange } from './admission/admit-change.ts';
import { admitNew } from './admission/admit-new.ts';
import { admitNode } from './admission/admit-node.ts';
import { admitSecurity } from './admission/admit-security.ts';
import { checkType } from './body-types.ts';
import { changeConverted } from './conversion/change-converted.ts';
import { checkScope, resourceName, type ApiContext } from './api-context.ts';
import { appliedObject, withOwners } from './managed-object.ts';
import {
  checkAddress,
  checkNamespace,
  validateMetadata,
  withCreationMetadata,
  withoutAbsent,
  withUpdateMetadata,
} from './object-metadata.ts';
import type { ConvertedAnswers } from './owners-in-versions.ts';
import { patchedObject } from './patched-object.ts';
import { scopedKey, shownObject } from './read-objects.ts';
import { served } from './served-object.ts';
import { undeclaredFields } from './undeclared-fields.ts';
import { orUndecodable, orUnpatchable } from './undecodable-objects.ts';
import type { AddressedService } from './service-addresses.ts';
import { admittedView } from './webhooks/admitted-view.ts';

/** How often a patch is tried again when the object changed under a generated name or a concurrent write. */
const NAME_ATTEMPTS = 8;

/** Creates an object. Throws AlreadyExists, Invalid, NotFound or Forbidden (namespace), BadRequest. */
export const createObject = (
  context: ApiContext,
  kind: ServedKind,
  request: { readonly object: KubeObject; readonly namespace?: string; readonly options?: WriteOptions },
): Promise<KubeObject> =>
  orUndecodable(context, { kind, object: request.object }, () => createGiven(context, kind, request));

const createGiven = async (
  context: ApiContext,
  kind: ServedKind,
  request: Parameters<typeof createObject>[2],
): Promise<KubeObject> => {
  const { object, options = {} } = request;
  checkType(context.registry.all(), kind, object);
  checkFields(kind, object, { options });
  const namespace = kind.namespaced ? request.namespace || object.metadata?.namespace : undefined;
  checkNamespace(object, kind.namespaced ? request.namespace : '');
  checkScope(kind, { ...(namespace ? { namespace } : {}), name: object.metadata?.name ?? '' });
  if (namespace) checkNamespaceAccepts(context, kind, { namespace, name: object.metadata?.name ?? '' });
  for (let attempt = 1; ; attempt += 1) {
    const fresh = newObject(context, kind, { object, namespace });
    const target = { kind, operation: 'CREATE' as const, object: fresh, before: undefined };
    const isWatched = context.webhooks.concern(target);
    const dryRun = options.dryRun ?? false;
    const changed = isWatched
      ? withDefaults(
          kind,
          await context.webhooks.mutate(target, { dryRun, caller: context.caller, warn: options.onWarning }),
        )
      : fresh;
    const admitted = admitNew(context, kind, changed);
    let created: AddressedService | undefined;
    try {
      const owned = withCreator(context, kind, { object: admitted.object, given: object, options });
      created = withAddress(context, kind, owned);
      if (isWatched) {
        validate(kind, created.object, undefined);
        await context.webhooks.validate(
          { ...target, object: created.object },
          { dryRun, caller: context.caller, warn: options.onWarning },
        );
      }
      return await storeNew(context, kind, { object: created.object, options });
    } catch (thrown) {
      // A generated name that is taken is drawn again; a given one is the caller's mistake.
      const generated = !object.metadata.name && thrown instanceof ApiStatusError && thrown.reason === 'AlreadyExists';
      if (!generated || attempt >= NAME_ATTEMPTS) throw thrown;
    } finally {
      created?.release();
      admitted.release();
    }
  }
};

/** An author owns what was given and its defaults, not what admission adds: taking that away later is not the author's business. */
const withCreator = (
  context: ApiContext,
  kind: ServedKind,
  of: { readonly object: KubeObject; readonly given: KubeObject; readonly options: WriteOptions },
): KubeObject => {
  if (!of.options.fieldManager) return of.object;
  const updated = withDefaults(kind, desiredOf(kind, of.given));
  const { managedFields } = withOwners(context, kind, {
    live: undefined,
    updated,
    options: of.options,
    answers: [],
  }).metadata;
  return withManagedFields(of.object, managedFields);
};

/** What a webhook added may need completing as well. */
const withDefaults = (kind: ServedKind, object: KubeObject): KubeObject => kind.strategy.default?.(object) ?? object;

/** Replaces an object, or its status. Throws NotFound, Conflict, Invalid. */
export const updateObject = (
  context: ApiContext,
  kind: ServedKind,
  request: { readonly key: ObjectKey; readonly object: KubeObject; readonly options?: WriteOptions },
): Promise<KubeObject> =>
  orUndecodable(context, { kind, object: request.object }, () => updateGiven(context, kind, request));

const updateGiven = async (
  context: ApiContext,
  kind: ServedKind,
  request: Parameters<typeof updateObject>[2],
): Promise<KubeObject> => {
  checkType(context.registry.all(), kind, request.object);
  checkAddress(request.object, request.key);
  checkFields(kind, request.object, { options: request.options });
  return changeObject(context, kind, {
    key: request.key,
    options: request.options ?? {},
    change: () => request.object,
  });
};

/**
 * Patches an object, or its status. A patch without a resourceVersion never conflicts: it applies to the newest state.
 * An apply creates the object when it is not there.
 */
export const patchObject = async (
  context: ApiContext,
  kind: ServedKind,
  request: { readonly key: ObjectKey; readonly patch: Patch; readonly options?: WriteOptions },
): Promise<KubeObject> => {
  const { key, patch, options = {} } = request;
  if (patch.kind === 'apply') return applyObject(context, kind, { key, patch, options });
  let patched: KubeObject | undefined;
  const change = (current: KubeObject): KubeObject => {
    patched = patchedObject(kind, current, patch);
    checkType(context.registry.all(), kind, patched);
    checkAddress(patched, key);
    // Programs of this process guard their patches by it, and take a conflict for an answer.
    if (context.caller && options.subresource !== 'scale') checkSameUid(patched, current);
    checkFields(kind, patched, { options, before: current });
    return patched;
  };
  return orUnpatchable(context, { kind, patch, outcome: () => patched }, () =>
    changeObject(context, kind, { key, options, change }),
  );
};

const applyObject = async (
  context: ApiContext,
  kind: ServedKind,
  request: {
    readonly key: ObjectKey;
    readonly patch: Extract<Patch, { readonly kind: 'apply' }>;
    readonly options: WriteOptions;
  },
): Promise<KubeObject> => {
  const { key, options, patch } = request;
  // The body is untyped until these checks have passed.
  const config = patch.object as KubeObject;
  checkType(context.registry.all(), kind, config);
  checkAddress(config, key);
  const answers: ConvertedAnswers = [];
  // What is applied is held against the schema field by field, whatever the client asks for.
  const isThere = context.store.get(kind.storage, scopedKey(kind, key)) !== undefined;
  if (!isThere && !options.subresource) {
    context.permissions?.checkCreate(context.caller, kind, key);
    checkNoUid(kind, config);
    const applied = appliedObject(context, kind, { live: undefined, patch, options, answers });
    const metadata = withoutAbsent({ ...applied.metadata, name: key.name, resourceVersion: undefined });
    const object = { ...applied, metadata };
    const create = { object, ...(key.namespace ? { namespace: key.namespace } : {}), options: withoutManager(options) };
    try {
      return await createObject(context, kind, create);
    } catch (thrown) {
      // Somebody else was faster: then this apply changes what they made.
      if (!(thrown instanceof ApiStatusError) || thrown.reason !== 'AlreadyExists') throw thrown;
    }
  }
  const change = (live: KubeObject): KubeObject => {
    checkSameUid(config, live);
    return appliedObject(context, kind, { live, patch, options, answers });
  };
  return changeObject(context, kind, { key, options, change, isApply: true });
};

/** A patch that says which object it is for finds that one or none. @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go#ValidateObjectMetaAccessorUpdate */
const checkSameUid = (given: KubeObject, { apiVersion, kind, metadata: { uid, name = '' } }: KubeObject): void => {
  const wanted = given.metadata?.uid;
  if (!wanted || wanted === uid) return;
  throw invalidObject(gvkOf({ apiVersion, kind }), name, [invalidField('metadata.uid', wanted, 'field is immutable')]);
};

/** @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
const checkNoUid = (kind: ServedKind, { metadata }: KubeObject): void => {
  if (!metadata?.uid) return;
  throw conflict(
    resourceName(kind),
    metadata.name ?? '',
    `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`,
  );
};

/** The apply has recorded the owners already. */
const withoutManager = ({ fieldManager: _manager, ...options }: WriteOptions): WriteOptions => options;

const newObject = (
  context: ApiContext,
  kind: ServedKind,
  of: { readonly object: KubeObject; readonly namespace: string | undefined },
): KubeObject => {
  const { strategy } = kind;
  const defaulted = withDefaults(kind, desiredOf(kind, of.object));
  const prepared = strategy.prepare?.(defaulted, undefined) ?? defaulted;
  const created = withCreationMetadata(context, kind, { object: prepared, namespace: of.namespace });
  return strategy.complete?.(created) ?? created;
};

/** The status is written by its own subresource, where there is one. */
const desiredOf = (kind: ServedKind, object: KubeObject): KubeObject => {
  if (!kind.statusSubresource) return object;
  const { status: _status, ...desired } = object;
  return desired;
};

const storeNew = async (
  context: ApiContext,
  kind: ServedKind,
  of: { readonly object: KubeObject; readonly options: WriteOptions },
): Promise<KubeObject> => {
  const { object } = of;
  context.permissions?.checkGrant(context.caller, kind, { object });
  admitNode(context, kind, { operation: 'CREATE', object });
  validate(kind, object, undefined);
  admitSecurity(context, kind, { object, options: of.options });
  const key = keyIn(kind, object);
  if (of.options.dryRun) {
    if (context.store.get(kind.storage, key)) throw alreadyExists(resourceName(kind), key.name);
    return object;
  }
  const kept = kind.conversion ? await context.conversions.toStored(kind, object) : toStored(kind, object);
  const stored = await context.store.write(kind.storage, key, (current): StoreWrite => {
    if (current) throw alreadyExists(resourceName(kind), key.name);
    return { kind: 'put', object: kept };
  });
  return shownObject(context, kind, stored);
};

const changeObject = async (
  context: ApiContext,
  kind: ServedKind,
  request: {
    readonly key: ObjectKey;
    readonly options: WriteOptions;
    readonly change: (current: KubeObject) => KubeObject;
    readonly isApply?: boolean;
  },
): Promise<KubeObject> => {
  const { options, isApply = false } = request;
  checkSubresource(kind, options);
  const key = scopedKey(kind, request.key);
  if (context.webhooks.concern(changeTarget(kind, context.store.get(kind.storage, key), options)))
    return changeWithWebhooks(context, kind, { ...request, key });
  return changeAlone(context, kind, { ...request, key, options, isApply });
};

/** How often a change is asked of webhooks anew because the object changed meanwhile. */
const WEBHOOK_ATTEMPTS = 5;

const changeTarget = (kind: ServedKind, before: KubeObject | undefined, { subresource }: WriteOptions) => ({
  kind,
  operation: 'UPDATE' as const,
  object: before,
  before,
  ...(subresource ? { subresource } : {}),
});

/** Webhooks take time: what they agreed to is written only if the object is still the one they saw. */
const changeWithWebhooks = async (
  context: ApiContext,
  kind: ServedKind,
  request: Parameters<typeof changeAlone>[2],
): Promise<KubeObject> => {
  const { options, key } = request;
  const dryRun = options.dryRun ?? false;
  const view = admittedView(kind, options.subresource);
  for (let attempt = 1; ; attempt += 1) {
    const seen = context.store.get(kind.storage, key);
    if (!seen) throw notFound(resourceName(kind), key.name);
    const before = await shownObject(context, kind, seen);
    const proposed = await changeAlone(context, kind, {
      ...request,
      options: { ...options, dryRun: true, onWarning: undefined },
    });
    const target = { ...changeTarget(kind, view.of(before), options), object: view.of(proposed) };
    const changed = await context.webhooks.mutate(target, {
      dryRun,
      caller: context.caller,
      warn: options.onWarning,
    });
    const mutated = withDefaults(kind, view.changed(proposed, changed));
    validate(kind, mutated, comparedWith(before, mutated, options));
    await context.webhooks.validate(
      { ...target, object: view.of(mutated) },
      { dryRun, caller: context.caller, warn: options.onWarning },
    );
    try {
      const { resourceVersion } = seen.metadata;
      const change = (current: KubeObject): KubeObject => {
        if (current.metadata.resourceVersion !== resourceVersion) throw new ObjectMoved();
        return { ...mutated, metadata: { ...mutated.metadata, resourceVersion } };
      };
      return await changeAlone(context, kind, { ...request, change });
    } catch (thrown) {
      if (!(thrown instanceof ObjectMoved)) throw thrown;
      if (attempt >= WEBHOOK_ATTEMPTS)
        throw conflict(
          resourceName(kind),
          key.name,
          'the object has been modified; please apply your changes to the latest version and try again',
        );
    }
  }
};

/** The object is no longer what webhooks were asked about. */
class ObjectMoved extends Error {}

/** Changes an object without asking webhooks. */
export const changeAlone = async (
  context: ApiContext,
  kind: ServedKind,
  request: {
    readonly key: ObjectKey;
    readonly options: WriteOptions;
    readonly change: (current: KubeObject) => KubeObject;
    readonly isApply?: boolean;
  },
): Promise<KubeObject> => {
  const { options, key, isApply = false } = request;
  let addressed: AddressedService | undefined;
  const answers: ConvertedAnswers = [];
  const next = (current: KubeObject): StoreWrite => {
    const given = request.change(current);
    if (given === current) return { kind: 'keep', object: current };
    const now = toTimestamp(context.clock.now());
    const admitted = options.subresource ? given : admitChange(context, kind, { changed: given, current });
    const updated = nextObject(kind, { current, given: admitted, options, now });
    const owned =
      isApply || options.subresource === 'binding'
        ? withManagedFields(updated, given.metadata.managedFields)
        : withOwners(context, kind, { live: current, updated, options, answers });
    addressed = withAddress(context, kind, owned);
    const changed = addressed.object;
    if (isEqual(changed, current)) return { kind: 'keep', object: current };
    context.permissions?.checkGrant(context.caller, kind, { object: changed, before: current });
    const { subresource } = options;
    admitNode(context, kind, { operation: 'UPDATE', object: changed, before: current, subresource });
    validate(kind, changed, comparedWith(current, changed, options));
    admitSecurity(context, kind, { object: changed, before: current, options });
    return { kind: isFinished(kind, changed) ? 'remove' : 'put', object: changed };
  };
  const decide = (stored: KubeObject | undefined): StoreWrite => {
    if (!stored) throw notFound(resourceName(kind), key.name);
    const { kind: write, object } = next(served(kind, stored));
    return write === 'keep' ? { kind: 'keep', object: stored } : { kind: write, object: toStored(kind, object) };
  };
  try {
    if (kind.conversion) return await changeConverted(context, kind, { key, dryRun: options.dryRun ?? false, next });
    if (options.dryRun) return served(kind, decide(context.store.get(kind.storage, key)).object);
    return served(kind, await context.store.write(kind.storage, key, decide));
  } finally {
    addressed?.release();
  }
};

const withManagedFields = (object: KubeObject, managedFields: KubeObject['metadata']['managedFields']): KubeObject => ({
  ...object,
  metadata: withoutAbsent({ ...object.metadata, managedFields }),
});

/** Services get an address; everything else stays as it is. */
const withAddress = (context: ApiContext, kind: ServedKind, object: KubeObject): AddressedService =>
  kind.storage === '/services' ? context.addresses.assign(object) : { object, release: () => undefined };

const nextObject = (
  kind: ServedKind,
  of: {
    readonly current: KubeObject;
    readonly given: KubeObject;
    readonly options: WriteOptions;
    readonly now: string;
  },
): KubeObject => {
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
  return withoutAbsent({ ...checked, status: given.status });
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
const isFinished = (kind: ServedKind, object: KubeObject): boolean => {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (!deletionTimestamp || (finalizers ?? []).length > 0) return false;
  if (kind.storage === '/namespaces') return ((object as Namespace).spec?.finalizers ?? []).length === 0;
  return (deletionGracePeriodSeconds ?? 0) === 0;
};

const validate = (kind: ServedKind, object: KubeObject, current: KubeObject | undefined): void => {
  const findings = [...validateMetadata(kind, object, current), ...(kind.strategy.validate?.(object, current) ?? [])];
  if (findings.length > 0) throw invalidObject(gvkOf(object), object.metadata.name ?? '', findings);
};

/** What a change is compared with: some subresources alone may change what is theirs. */
const comparedWith = (current: KubeObject, changed: KubeObject, { subresource }: WriteOptions): KubeObject => {
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

/** Refuses fields the schema does not know, or that stand twice, when the client asks for it. A patch answers only for what it adds. */
const checkFields = (
  kind: ServedKind,
  object: KubeObject,
  of: { readonly options: WriteOptions | undefined; readonly before?: KubeObject },
): void => {
  const { fieldValidation, duplicateFields = [] } = of.options ?? {};
  if (fieldValidation !== 'Strict') return;
  const known = new Set(of.before ? undeclaredFields(kind, of.before) : []);
  const unknown = undeclaredFields(kind, object).filter((field) => !known.has(field));
  if (unknown.length === 0 && duplicateFields.length === 0) return;
  const found = [
    ...unknown.map((field) => `unknown field "${field}"`),
    ...duplicateFields.map((field) => `duplicate field "${field}"`),
  ].join(', ');
  throw new ApiStatusError(
    'BadRequest',
    `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${found}`,
  );
};

const checkSubresource = (kind: ServedKind, options: WriteOptions): void => {
  if (options.subresource === 'status' && !kind.statusSubresource)
    throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
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

const toStored = (kind: ServedKind, object: KubeObject): KubeObject => kind.strategy.toStored?.(object) ?? object;
