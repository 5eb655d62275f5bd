/**
 * Subresources: status, scale, and what single kinds have besides.
 */
import { isObject } from '@argosy/base';
import { ApiStatusError, PODS, type Binding, type KubeObject, type ObjectKey, type Pod } from '@argosy/kube';

import { requestToken } from '../../../access/token-requests.ts';
import { admitNode } from '../../admission/admit-node.ts';
import { bindPod } from '../../writes/bind-pod.ts';
import { checkVersionGiven } from '../../metadata/object-metadata.ts';
import { admitBody } from '../../webhooks/admit-body.ts';
import { addEphemeralContainers } from './ephemeral-containers.ts';
import { BINDING, BOUND } from './binding-requests.ts';
import { answerApproval, checkSigning } from './certificate-subresources.ts';
import { begunStream } from '../watches/begun-stream.ts';
import { one } from '../answers/object-answers.ts';
import { evictPod, logOptions } from './pod-subresources.ts';
import {
  checkThere,
  deleteOptions,
  keyFrom,
  objectFrom,
  patchFrom,
  typeOf,
  writeOptions,
  type Call,
  type ResourceAnswer,
} from '../resource-call.ts';
import { answerScale } from './scale-requests.ts';
import { subresourceBody } from '../bodies/subresource-body.ts';

/** Subresources that are connections. */
const STREAMS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward']);
const CERTIFICATES = 'certificates.k8s.io/certificatesigningrequests';
const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** Answers a request about a subresource. Throws NotFound for one its kind does not have. */
export const answerSubresource = async (call: Call, subresource: string): Promise<ResourceAnswer> => {
  const { kind, request } = call;
  const key = keyFrom(call);
  if (subresource === 'status' && kind.storage === CERTIFICATES) await checkSigning(call, key);
  if (subresource === 'status' && kind.statusSubresource) return answerStatus(call, key);
  if (subresource === 'approval' && kind.storage === CERTIFICATES) return answerApproval(call, key);
  if (subresource === 'scale' && kind.scale) return answerScale(call, key);
  const own = OWN[`${request.method} ${kind.storage}/${subresource}`];
  if (own) return own(call, key);
  if (kind.storage === '/pods' && STREAMS.has(subresource)) {
    await call.client.get(PODS, key);
    throw new ApiStatusError('BadRequest', 'Upgrade request required');
  }
  throw new ApiStatusError(
    'NotFound',
    `the server could not find the requested resource: ${kind.plural} have no ${subresource} here`,
  );
};

const answerStatus = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { client, kind, request } = call;
  const options = { ...writeOptions(call), subresource: 'status' as const };
  switch (request.method) {
    case 'GET':
      return one(call, 200, await client.get(typeOf(kind), key));
    case 'PUT': {
      const object = objectFrom(call);
      checkVersionGiven(kind, object);
      checkThere(call, key, object);
      return one(call, 200, await client.update(typeOf(kind), object, options));
    }
    case 'PATCH':
      return one(call, 200, await client.patch(typeOf(kind), key, patchFrom(call), options));
    default:
      throw new ApiStatusError('MethodNotAllowed', `the server does not allow ${request.method} on a status`);
  }
};

type Answer = (call: Call, key: ObjectKey) => Promise<ResourceAnswer>;

const created = (value: unknown): ResourceAnswer => ({ kind: 'json', status: 201, value });

const EPHEMERAL = { subresource: 'ephemeralcontainers' } as const;

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };

/** Old clients know evictions by their older version, which is the same. */
const evictionFrom = (call: Call): KubeObject => {
  const { body } = call.request;
  const isOlder = isObject(body) && body['apiVersion'] === 'policy/v1beta1';
  return subresourceBody(call, isOlder ? { ...EVICTION, version: 'v1beta1' } : EVICTION);
};

/** By method, storage and subresource. */
const OWN: Readonly<Record<string, Answer>> = {
  'PUT /namespaces/finalize': async (call) => {
    const options = { ...writeOptions(call), subresource: 'finalize' as const };
    return one(call, 200, await call.client.update(typeOf(call.kind), objectFrom(call), options));
  },
  'GET /pods/log': async ({ client, context, request }, key) => ({
    kind: 'stream',
    contentType: 'text/plain',
    chunks: await begunStream(context.clock, client.logs(key, logOptions(request.query, request.untilGone()))),
  }),
  'GET /pods/ephemeralcontainers': async (call, key) => one(call, 200, await call.client.get(PODS, key)),
  'PUT /pods/ephemeralcontainers': async (call, key) => {
    const update = (extra: object) =>
      call.client.update(PODS, objectFrom(call) as Pod, { ...writeOptions(call), ...EPHEMERAL, ...extra });
    return one(call, 200, await addEphemeralContainers(await call.client.get(PODS, key), update));
  },
  'PATCH /pods/ephemeralcontainers': async (call, key) => {
    const patch = (extra: object) =>
      call.client.patch(PODS, key, patchFrom(call), { ...writeOptions(call), ...EPHEMERAL, ...extra });
    return one(call, 200, await addEphemeralContainers(await call.client.get(PODS, key), patch));
  },
  'POST /pods/binding': async (call, key) => {
    await bindPod(call.context, key, {
      binding: subresourceBody(call, BINDING) as Binding,
      options: writeOptions(call),
    });
    return BOUND;
  },
  'POST /pods/eviction': async (call, key) => {
    const eviction = evictionFrom(call);
    const pod = await call.client.get(PODS, key);
    admitNode(call.context, call.kind, { operation: 'CREATE', before: pod, subresource: 'eviction' });
    const object = { ...eviction, metadata: { ...eviction.metadata, ...key } };
    const asked = { object, subresource: 'eviction', options: writeOptions(call) };
    const { deleteOptions: body } = (await admitBody(call.context, call.kind, asked)) as { deleteOptions?: unknown };
    const options = deleteOptions({ ...call, request: { ...call.request, body } });
    await evictPod({ client: call.client, clock: call.context.clock }, key, options);
    return created(SUCCESS);
  },
  'POST /serviceaccounts/token': async ({ context, access, request }, key) =>
    created(requestToken(context, access, { key, body: request.body })),
};
