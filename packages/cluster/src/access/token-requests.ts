/**
 * `serviceaccounts/NAME/token`: tokens on request (`kubectl create token`).
 * @upstream kubernetes pkg/registry/core/serviceaccount/storage/token.go
 */
import { isObject, toTimestamp } from '@argosy/base';
import {
  ApiStatusError,
  conflict,
  nodeNameOf,
  notFound,
  parseApiVersion,
  type KubeObject,
  type ObjectKey,
  type Pod,
} from '@argosy/kube';

import type { ApiContext } from '../api/api-context.ts';
import type { Access } from './access.ts';
import { TOKEN_ISSUER, type TokenClaims } from './service-account-tokens.ts';

const DEFAULT_SECONDS = 3600;
const LEAST_SECONDS = 600;
const MOST_SECONDS = 2 ** 32;

/** Issues a token; returns the TokenRequest with its status. Throws NotFound, Invalid. */
export const requestToken = (
  context: ApiContext,
  access: Access,
  of: { readonly key: ObjectKey; readonly body: unknown },
): unknown => {
  const { key, body } = of;
  const account = context.store.get('/serviceaccounts', key);
  if (!account) throw notFound({ group: '', resource: 'serviceaccounts' }, key.name);
  const spec = isObject(body) && isObject(body['spec']) ? body['spec'] : {};
  checkNode(context, key, spec['boundObjectRef']);
  const seconds = secondsIn(spec['expirationSeconds']);
  const given = Array.isArray(spec['audiences']) ? (spec['audiences'] as readonly unknown[]).map(String) : [];
  const audiences = given.length > 0 ? given : [TOKEN_ISSUER];
  const expiresAt = context.clock.now() + seconds * 1000;
  const bound = isObject(spec['boundObjectRef']) ? boundTo(context, account, spec['boundObjectRef']) : {};
  const token = access.tokens.issue({ account, audiences, expiresAt, ...bound });
  return {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: key.name, namespace: key.namespace, creationTimestamp: toTimestamp(context.clock.now()) },
    spec: { ...spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: toTimestamp(expiresAt) },
  };
};

/** A node gets tokens for the pods on it alone. @upstream kubernetes plugin/pkg/admission/noderestriction/admission.go#admitServiceAccount */
const checkNode = ({ caller, store }: ApiContext, key: ObjectKey, reference: unknown): void => {
  const node = caller && nodeNameOf(caller);
  if (node === undefined) return;
  const { apiVersion, kind, name, uid } = isObject(reference) ? reference : {};
  const isPod = apiVersion === 'v1' && kind === 'Pod' && typeof name === 'string' && name !== '';
  if (!isPod) throw forbiddenToNode(key, 'node requested token not bound to a pod');
  if (typeof uid !== 'string' || uid === '')
    throw forbiddenToNode(key, 'node requested token with a pod binding without a uid');
  const pod = store.get('/pods', { namespace: key.namespace ?? '', name }) as Pod | undefined;
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
  if (pod.metadata.uid !== uid)
    throw forbiddenToNode(
      key,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (pod.spec?.nodeName !== node)
    throw forbiddenToNode(key, 'node requested token bound to a pod scheduled on a different node');
};

const forbiddenToNode = ({ name }: ObjectKey, problem: string): ApiStatusError =>
  new ApiStatusError('Forbidden', `serviceaccounts ${JSON.stringify(name)} is forbidden: ${problem}`, {
    name,
    kind: 'serviceaccounts',
  });

const secondsIn = (value: unknown): number => {
  if (value === undefined || value === null) return DEFAULT_SECONDS;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < LEAST_SECONDS)
    throw invalid('spec.expirationSeconds', value, 'may not specify a duration less than 10 minutes');
  if (value > MOST_SECONDS)
    throw invalid('spec.expirationSeconds', value, 'may not specify a duration larger than 2^32 seconds');
  return value;
};

const BINDABLE: Readonly<Record<string, 'pods' | 'secrets' | 'nodes'>> = {
  Pod: 'pods',
  Secret: 'secrets',
  Node: 'nodes',
};

const boundTo = (
  context: ApiContext,
  account: KubeObject,
  reference: Readonly<Record<string, unknown>>,
): Pick<TokenClaims, 'pod' | 'secret' | 'node'> => {
  const kind = String(reference['kind']);
  const resource = Object.hasOwn(BINDABLE, kind) ? BINDABLE[kind] : undefined;
  if (!resource)
    throw new ApiStatusError(
      'BadRequest',
      `cannot bind token to object of type ${gvkText(reference)}; use a Pod, a Secret or a Node`,
    );
  const name = String(reference['name']);
  const namespace = account.metadata.namespace ?? '';
  const object = context.store.get(`/${resource}`, resource === 'nodes' ? { name } : { namespace, name });
  if (!object) throw notFound({ group: '', resource }, name);
  const uid = object.metadata.uid ?? '';
  if (resource === 'pods') checkAccount(object as Pod, account);
  if (reference['uid'] && reference['uid'] !== uid)
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${JSON.stringify(reference['uid'])}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (resource === 'pods') return { pod: { name, uid } };
  return resource === 'secrets' ? { secret: { name, uid } } : { node: { name, uid } };
};

/** A token of one account is of no use to pods of another. */
const checkAccount = (pod: Pod, account: KubeObject): void => {
  if (pod.spec?.serviceAccountName === account.metadata.name) return;
  throw new ApiStatusError(
    'BadRequest',
    `cannot bind token for serviceaccount ${JSON.stringify(account.metadata.name)} to pod running with different serviceaccount name.`,
  );
};

const gvkText = (reference: Readonly<Record<string, unknown>>): string => {
  const { group, version } = parseApiVersion(
    typeof reference['apiVersion'] === 'string' ? reference['apiVersion'] : '',
  );
  return `${group}/${version}, Kind=${String(reference['kind'])}`;
};

const invalid = (field: string, value: unknown, detail: string): ApiStatusError =>
  new ApiStatusError(
    'Invalid',
    `TokenRequest.authentication.k8s.io "" is invalid: ${field}: Invalid value: ${JSON.stringify(value)}: ${detail}`,
  );
