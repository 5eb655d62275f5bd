/**
 * update and patch, for every kind: what is asked for, as a change of the object that is there.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers
 */
import type { Patch, WriteOptions } from '@argosy/client';
import {
  ApiStatusError,
  conflict,
  gvkOf,
  invalidField,
  invalidObject,
  type KubeObject,
  type ObjectKey,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { resourceName, type ApiContext } from '../api-context.ts';
import { checkType } from '../body-types.ts';
import { changeObject } from './change-object.ts';
import { createObject } from './create-object.ts';
import { appliedObject } from '../metadata/managed-object.ts';
import { checkAddress, checkName, withoutAbsent } from '../metadata/object-metadata.ts';
import type { ConvertedAnswers } from '../metadata/owners-in-versions.ts';
import { patchedObject } from './patched-object.ts';
import { scopedKey } from '../reads/read-objects.ts';
import { orUndecodable, orUnpatchable, unpatchable } from './undecodable-objects.ts';
import { checkFields, fieldProblem } from './written-object.ts';

/** Replaces an object, or its status. Throws NotFound, Conflict, Invalid. */
export const updateObject = (
  context: ApiContext,
  kind: ServedKind,
  request: { readonly key: ObjectKey; readonly object: KubeObject; readonly options?: WriteOptions },
): Promise<KubeObject> => {
  // Programs of this process write what they have read.
  const isPartWritten = context.caller !== undefined && request.options?.subresource !== undefined;
  return orUndecodable(context, { kind, object: request.object, isPartWritten }, () =>
    updateGiven(context, kind, request),
  );
};

const updateGiven = async (
  context: ApiContext,
  kind: ServedKind,
  request: Parameters<typeof updateObject>[2],
): Promise<KubeObject> => {
  checkType(context.registry.all(), kind, request.object);
  checkAddress(request.object, request.key);
  checkFields(kind, request.object, request.options);
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
    checkName(patched, key);
    checkAddress(patched, key);
    // Programs of this process guard their patches by it, and take a conflict for an answer.
    if (context.caller && options.subresource !== 'scale') checkSameUid(patched, current);
    const problem = fieldProblem(kind, patched, { options, before: current });
    if (problem !== undefined) throw unpatchable(patch, patched, problem);
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
    const create = { object, ...(key.namespace ? { namespace: key.namespace } : {}), options };
    try {
      return await createObject(context, kind, { ...create, isApply: true });
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
