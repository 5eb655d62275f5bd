import { describe, expect, it } from 'vitest';

import type { Secret, ServiceAccount } from '@argosy/kube';

import { decideTokenSecret, TOKEN_SECRET } from './decide.ts';

const account: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'robot', namespace: 'a', uid: 'u1' },
};
const secret = (extra: Partial<Secret> = {}, annotations = {}): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: TOKEN_SECRET,
  metadata: {
    name: 's',
    namespace: 'a',
    annotations: { 'kubernetes.io/service-account.name': 'robot', ...annotations },
  },
  ...extra,
});
const uid = { 'kubernetes.io/service-account.uid': 'u1' };

describe('a secret for a token', () => {
  it('is filled once', () => {
    const data = { namespace: btoa('a'), 'ca.crt': btoa('PEM') };
    expect(decideTokenSecret(secret(), account, 'PEM')).toEqual({
      kind: 'fill',
      needsToken: true,
      data,
      annotations: uid,
    });
    expect(decideTokenSecret(secret({ data: { ...data, token: 'dA==' } }, uid), account, 'PEM')).toEqual({
      kind: 'none',
    });
  });
  it('keeps its token when the authority is another', () =>
    expect(
      decideTokenSecret(
        secret({ data: { namespace: btoa('a'), 'ca.crt': 'b2xk', token: 'dA==' } }, uid),
        account,
        'NEW',
      ),
    ).toEqual({ kind: 'fill', needsToken: false, data: { 'ca.crt': btoa('NEW') }, annotations: uid }));
  it.each<[string, Secret, ServiceAccount | undefined, string]>([
    ['goes without its account', secret(), undefined, 'delete'],
    ['goes when another has the name', secret({}, { 'kubernetes.io/service-account.uid': 'u0' }), account, 'delete'],
    ['of another type is left alone', secret({ type: 'Opaque' }), undefined, 'none'],
  ])('%s', (_, given, of, kind) => expect(decideTokenSecret(given, of, undefined)).toEqual({ kind }));
});
