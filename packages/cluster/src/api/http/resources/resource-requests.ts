/**
 * The verbs on resources, as requests name them: method, path and parameters to a call of the client.
 */
import { ApiStatusError, keyOf, notFound, toApiVersion, type KubeObject, type ObjectKey } from '@argosy/kube';

import { answerReview } from '../../../access/reviews.ts';
import { kindOf, resourceName } from '../../api-context.ts';
import type { ServedKind } from '../../../kinds/served-kind.ts';
import { checkVersionGiven } from '../../metadata/object-metadata.ts';
import { reachedRevision, scopedKey } from '../../reads/read-objects.ts';
import { selectionOf } from '../../reads/selection.ts';
import { createObject } from '../../writes/create-object.ts';
import { answerBindings, BINDINGS_STORAGE } from './binding-requests.ts';
import { answerComponents, COMPONENT_STATUSES } from './component-requests.ts';
import { list, watch } from './list-watch-requests.ts';
import { one, tableAsked } from '../answers/object-answers.ts';
import { checkListOptions, checkWriteOptions, isAffirmed } from '../request-options.ts';
import {
  checkThere,
  deleteOptions,
  ifGone,
  keyFrom,
  listOptions,
  notAllowed,
  objectFrom,
  patchFrom,
  typeOf,
  writeOptions,
  type Call,
  type ResourceAnswer,
  type ResourceRequest,
} from '../resource-call.ts';
import { answerSubresource } from './subresource-requests.ts';
import { unappliedWarnings } from '../answers/unapplied-warnings.ts';

/** Answers a request. Throws ApiStatusError, or rejects with it. */
export const answerResource = (
  {
    context,
    access,
    client,
    podAccess,
    watches,
  }: Pick<Call, 'context' | 'access' | 'client' | 'podAccess' | 'watches'>,
  request: ResourceRequest,
): ResourceAnswer | Promise<ResourceAnswer> => {
  const kind = kindOf(context, request.path);
  if (isElsewhere(kind, request)) throw new ApiStatusError('NotFound', NOT_SERVED);
  if (kind.deprecation) request.warn(kind.deprecation);
  const call: Call = { context, access, client, podAccess, watches, kind, request };
  if (kind.storage === COMPONENT_STATUSES) return answerComponents(call);
  if (kind.storage === BINDINGS_STORAGE) return answerBindings(call);
  if (kind.verbs && !kind.verbs.includes('get')) return answerVirtual(call);
  if (kind.verbs && !kind.verbs.includes('create') && request.method !== 'GET') throw notAllowed();
  checkWriteOptions(request);
  if (request.path.subresource !== undefined) return answerSubresource(call, request.path.subresource);
  if (request.path.name === undefined) return answerCollection(call);
  const key = keyFrom(call);
  switch (request.method) {
    case 'GET':
      return getOne(call, key);
    case 'PUT':
      return replaceOne(call);
    case 'PATCH':
      return patchOne(call, key);
    case 'DELETE':
      return deleteOne(call, key);
    default:
      throw notAllowed();
  }
};

const NOT_SERVED = 'the server could not find the requested resource';

/** What has no namespace is not within one: who may do everything in a namespace must not reach it there. */
const isElsewhere = (kind: ServedKind, { path }: ResourceRequest): boolean =>
  !kind.namespaced && path.namespace !== undefined;

const getOne = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { client, context, kind, request } = call;
  const version = request.query.get('resourceVersion');
  if (version) reachedRevision(context, version);
  return one(call, 200, await client.get(typeOf(kind), key));
};

/** What is applied to nothing is made. */
const patchOne = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  let status = 200;
  const options = { ...writeOptions(call), onCreated: () => void (status = 201) };
  const patched = await call.client.patch(typeOf(call.kind), key, patchFrom(call), options);
  return one(call, status, patched);
};

const replaceOne = async (call: Call): Promise<ResourceAnswer> => {
  const object = objectFrom(call);
  checkVersionGiven(call.kind, object);
  checkThere(call, keyFrom(call), object);
  const updated = await call.client.update(typeOf(call.kind), object, writeOptions(call));
  return one(call, 200, updated);
};

const answerCollection = (call: Call): ResourceAnswer | Promise<ResourceAnswer> => {
  const { kind, request } = call;
  // Over all namespaces is only read.
  if (kind.namespaced && !request.path.namespace && request.method !== 'GET') throw notAllowed();
  switch (request.method) {
    case 'GET':
      checkListOptions(request.query);
      return isAffirmed(request.query.get('watch')) ? watch(call) : list(call);
    case 'POST':
      return createOne(call);
    case 'DELETE':
      return deleteMany(call);
    default:
      throw notAllowed();
  }
};

const createOne = async (call: Call): Promise<ResourceAnswer> => {
  const { context, kind, request } = call;
  const object = objectFrom(call);
  const { namespace } = request.path;
  const created = await createObject(context, kind, { object, namespace, options: writeOptions(call) });
  return warned(call, one(call, 201, created), created);
};

const deleteMany = async (call: Call): Promise<ResourceAnswer> => {
  const { client, kind, request } = call;
  if (kind.verbs && !kind.verbs.includes('deletecollection')) throw notAllowed();
  checkListOptions(request.query);
  const items = await chosenForDeletion(call);
  await Promise.all(
    items.map((object) => client.delete(typeOf(kind), keyOf(object), deleteOptions(call)).catch(ifGone)),
  );
  return {
    kind: 'json',
    status: 200,
    value: { kind: kind.listKind, apiVersion: toApiVersion(kind), metadata: {}, items },
  };
};

/** Who deletes need not see the objects: a dead conversion webhook keeps none of them, unless they are chosen by fields. */
const chosenForDeletion = async (call: Call): Promise<readonly KubeObject[]> => {
  const { client, kind, context } = call;
  const options = listOptions(call);
  const mustBeSeen = Boolean(options.fieldSelector) || options.limit !== undefined || options.continue !== undefined;
  if (!kind.conversion || mustBeSeen) return (await client.list(typeOf(kind), options)).items;
  const namespace = kind.namespaced ? options.namespace || undefined : undefined;
  const { items } = context.store.list(kind.storage, { namespace });
  const selection = selectionOf(kind, options);
  return selection ? items.filter(selection) : items;
};

const PLAIN_JSON: ReadonlySet<string> = new Set(['application/json', 'application/*', '*/*']);

/** Kinds that are questions: they are answered and not kept. */
const answerVirtual = ({ kind, request, access }: Call): ResourceAnswer => {
  if (request.method !== 'POST' || request.path.name !== undefined) throw notAllowed();
  if (tableAsked(request) && !request.accept.split(',').some((type) => PLAIN_JSON.has(type.trim())))
    throw new ApiStatusError(
      'NotAcceptable',
      'the server was unable to respond with a content type that the client supports: what is not kept has no table',
    );
  const { namespace } = request.path;
  const value = answerReview(access, request.caller, {
    resource: kind.plural,
    kind: kind.kind,
    apiVersion: toApiVersion(kind),
    namespace,
    body: request.body,
  });
  return { kind: 'json', status: 201, value };
};

/** Adds what a new object asks for in vain, though that refuses nothing. */
const warned = (call: Call, answer: ResourceAnswer, created: KubeObject): ResourceAnswer => {
  if (answer.kind !== 'json') return answer;
  const { kind } = call;
  const warnings = [...(kind.strategy.warn?.(created) ?? []), ...unappliedWarnings(call.podAccess(), kind, created)];
  return warnings.length > 0 ? { ...answer, warnings } : answer;
};

/**
 * Kinds whose deletion answers with the object; others answer with a Status once it is gone. Strict clients know.
 * @upstream kubernetes pkg/registry (ReturnDeletedObject)
 */
const SHOWN_WHEN_DELETED: ReadonlySet<string> = new Set([
  '/pods',
  '/services',
  '/serviceaccounts',
  '/podtemplates',
  '/resourcequotas',
  '/persistentvolumes',
  '/persistentvolumeclaims',
]);

const deleteOne = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { client, kind, context } = call;
  const { store } = context;
  // As stored: an object nobody can convert can be deleted all the same.
  const before = store.get(kind.storage, scopedKey(kind, key));
  if (!before) throw notFound(resourceName(kind), key.name);
  await client.delete(typeOf(kind), key, deleteOptions(call));
  const { uid } = store.get(kind.storage, scopedKey(kind, key))?.metadata ?? {};
  const after = uid === before.metadata.uid ? await client.get(typeOf(kind), key).catch(ifGone) : undefined;
  if (after) return one(call, 200, after);
  if (SHOWN_WHEN_DELETED.has(kind.storage)) return one(call, 200, before);
  const details = {
    name: key.name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.plural,
    uid: before.metadata.uid,
  };
  return {
    kind: 'json',
    status: 200,
    value: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
  };
};
