/**
 * The key that signs service account tokens. It lives in the store, where secrets are sealed on disk, so that tokens outlive
 * a restart.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { isApiError, type Secret } from '@argosy/kube';

import { kindOf, type ApiContext } from '../api/api-context.ts';
import { createObject } from '../api/writes/create-object.ts';

/** A pair of keys. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Name of the pair, made of its public half, as tokens and whoever checks them know it. */
  readonly id: string;
}

const KEY = { namespace: 'kube-system', name: 'argosy-service-account-key' };
const FIELD = 'sa.key';

/** Reads the key of this cluster, or makes it. Namespace `kube-system` must be there. */
export const ensureSigningKey = async (context: ApiContext): Promise<SigningKey> => {
  const known = readKey(context);
  if (known) return known;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const object: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...KEY },
    type: 'argosy.dev/signing-key',
    data: { [FIELD]: Buffer.from(pem, 'utf8').toString('base64') },
  };
  const kind = kindOf(context, { group: '', version: 'v1', resource: 'secrets' });
  await createObject(context, kind, { object }).catch((thrown: unknown) => {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
  });
  return readKey(context) ?? toSigningKey(pem);
};

const readKey = (context: ApiContext): SigningKey | undefined => {
  const encoded = (context.store.get('/secrets', KEY) as Secret | undefined)?.data?.[FIELD];
  return encoded === undefined ? undefined : toSigningKey(Buffer.from(encoded, 'base64').toString('utf8'));
};

const toSigningKey = (pem: string): SigningKey => {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return { privateKey, publicKey, id };
};
