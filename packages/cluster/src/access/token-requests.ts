/**
 * `serviceaccounts/NAME/token`: tokens on request (`kubectl create token`).
 * @upstream kubernetes pkg/registry/core/serviceaccount/storage/token.go
 */
import { isObject, toTimestamp } from '@argosy/base';
import { ApiStatusError, notFound, type KubeObject, type ObjectKey } from '@argosy/kube';

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

const secondsIn = (value: unknown): number => {
  if (value === undefined || value === null) return DEFAULT_SECONDS;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < LEAST_SECONDS)
    throw invalid('spec.expirationSeconds', value, 'may not specify a duration less than 10 minutes');
  if (value > MOST_SECONDS)
    throw invalid('spec.expirationSeconds', value, 'may not specify a duration larger than 2^32 seconds');
  return value;
};

const BINDABLE: Readonly<Record<string, 'pods' | 'secrets'>> = { Pod: 'pods', Secret: 'secrets' };

const boundTo = (
  context: ApiContext,
  account: KubeObject,
  reference: Readonly<Record<string, unknown>>,
): Pick<TokenClaims, 'pod' | 'secret'> => {
  const kind = String(reference['kind']);
  const resource = Object.hasOwn(BINDABLE, kind) ? BINDABLE[kind] : undefined;
  if (!resource)
    throw invalid('spec.boundObjectRef', kind, 'cannot bind token to object of this kind; use a Pod or a Secret');
  const name = String(reference['name']);
  const namespace = account.metadata.namespace ?? '';
  const object = context.store.get(`/${resource}`, { namespace, name });
  if (!object) throw notFound({ group: '', resource }, name);
  const uid = object.metadata.uid ?? '';
  if (reference['uid'] && reference['uid'] !== uid)
    throw new ApiStatusError(
      'Conflict',
      `the UID in the bound object reference (${JSON.stringify(reference['uid'])}) does not match the UID in record`,
    );
  return resource === 'pods' ? { pod: { name, uid } } : { secret: { name, uid } };
};

const invalid = (field: string, value: unknown, detail: string): ApiStatusError =>
  new ApiStatusError(
    'Invalid',
    `TokenRequest.authentication.k8s.io "" is invalid: ${field}: Invalid value: ${JSON.stringify(value)}: ${detail}`,
  );
