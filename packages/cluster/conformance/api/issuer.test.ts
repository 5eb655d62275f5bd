/** What the issuer of service account tokens tells those who check them by themselves. */
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { serveApi, type ServedApi } from './served-api.ts';

const CONFIGURATION = '/.well-known/openid-configuration';
const KEYS = '/openid/v1/jwks';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
});
afterAll(() => api.close());

it('a token is checked by the key its issuer publishes', async () => {
  const found = await api.ask({ path: CONFIGURATION });
  expect([found.status, found.headers['content-type'], found.headers['cache-control']]).toEqual([
    200,
    'application/json',
    'public, max-age=3600',
  ]);
  const configuration = JSON.parse(found.text) as { readonly jwks_uri: string };
  expect(configuration).toMatchObject({
    issuer: 'https://kubernetes.default.svc.cluster.local',
    jwks_uri: `${api.url}${KEYS}`,
    id_token_signing_alg_values_supported: ['ES256'],
  });
  const published = await api.ask({ path: KEYS });
  expect(published.headers['content-type']).toBe('application/jwk-set+json');
  const { keys } = JSON.parse(published.text) as { readonly keys: readonly (JsonWebKey & { readonly kid: string })[] };
  const account = { metadata: { name: 'a' } };
  const path = '/api/v1/namespaces/default/serviceaccounts';
  await api.ask({ method: 'POST', path, body: account });
  const asked = await api.ask({ method: 'POST', path: `${path}/a/token`, body: { spec: {} } });
  const { token } = (JSON.parse(asked.text) as { readonly status: { readonly token: string } }).status;
  const [head = '', body = '', signature = ''] = token.split('.');
  const { kid, alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as {
    readonly kid: string;
    readonly alg: string;
  };
  const key = keys.find((one) => one.kid === kid);
  expect([alg, key?.['alg'], key?.['use'], key?.['d']]).toEqual(['ES256', 'ES256', 'sig', undefined]);
  const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
  const signed = Buffer.from(`${head}.${body}`);
  const isGood = verify(
    'sha256',
    signed,
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  expect(isGood).toBe(true);
});

it.each([CONFIGURATION, KEYS])('%s is for service accounts, and nobody else by default', async (path) => {
  const as = async (user: string): Promise<number> =>
    (await api.ask({ path, headers: { 'impersonate-user': user } })).status;
  expect([await as('system:serviceaccount:default:a'), await as('jane')]).toEqual([200, 403]);
  expect((await api.ask({ path, method: 'POST' })).status).toBe(405);
});
