import { describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';
import type { Pod, ServiceAccount } from '@argosy/kube';

import type { Store } from '../../store/store.ts';
import { TOKEN_PATH, withServiceAccount } from './service-account.ts';

const admit = (spec: object, account: object | undefined = {}) => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'a' },
    spec: { containers: [{ name: 'c' }], ...spec },
  };
  const stored =
    account && ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'x' }, ...account } as ServiceAccount);
  const store = { get: () => stored } as unknown as Store;
  return withServiceAccount({ store, random: { ...createSeededRandom(1), uuid: () => '' } }, pod as Pod);
};
const specOf = (spec: object, account?: object) => {
  const admitted = admit(spec, account);
  return admitted.kind === 'pod' ? admitted.pod.spec : undefined;
};
const isMounted = (spec: object, account?: object): boolean =>
  specOf(spec, account)?.containers[0]?.volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH) ?? false;

describe('a pod of an account', () => {
  it('has its token, the authority and its namespace', () => {
    const spec = specOf({ initContainers: [{ name: 'i' }] });
    const name = spec?.volumes?.[0]?.name ?? '';
    expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(spec).toMatchObject({ serviceAccountName: 'default', serviceAccount: 'default' });
    const mount = { name, mountPath: TOKEN_PATH, readOnly: true };
    expect([spec?.containers[0]?.volumeMounts, spec?.initContainers?.[0]?.volumeMounts]).toEqual([[mount], [mount]]);
    const sources = spec?.volumes?.[0]?.projected?.['sources'] as readonly object[];
    expect(sources.flatMap(Object.keys)).toEqual(['serviceAccountToken', 'configMap', 'downwardAPI']);
  });
  it.each([
    ['by default', {}, {}, true],
    ['not when it says so', { automountServiceAccountToken: false }, {}, false],
    ['not when the account says so', {}, { automountServiceAccountToken: false }, false],
    [
      'when it knows better than the account',
      { automountServiceAccountToken: true },
      { automountServiceAccountToken: false },
      true,
    ],
  ])('has it %s', (_, spec, account, expected) => expect(isMounted(spec, account)).toBe(expected));
  it('keeps what its author mounted there', () => {
    const mounts = [{ name: 'own', mountPath: TOKEN_PATH }];
    const spec = specOf({
      containers: [{ name: 'c', volumeMounts: mounts }],
      volumes: [{ name: 'own', emptyDir: {} }],
    });
    expect([spec?.containers[0]?.volumeMounts, spec?.volumes?.map(({ name }) => name)]).toEqual([mounts, ['own']]);
  });
  it.each([
    [{}, [{ name: 'of-account' }]],
    [{ imagePullSecrets: [{ name: 'own' }] }, [{ name: 'own' }]],
  ])('pulls with its own secrets, or those of the account', (spec, expected) =>
    expect(specOf(spec, { imagePullSecrets: [{ name: 'of-account' }] })?.['imagePullSecrets']).toEqual(expected),
  );
  it('is refused when the account it names is not there', () => {
    const none = { get: () => undefined } as unknown as Store;
    const random = { ...createSeededRandom(1), uuid: () => '' };
    const pod = (name?: string) =>
      ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace: 'a' },
        spec: { containers: [], ...(name ? { serviceAccountName: name } : {}) },
      }) as Pod;
    expect(withServiceAccount({ store: none, random }, pod('robot'))).toEqual({
      kind: 'refused',
      message: 'error looking up service account a/robot: serviceaccount "robot" not found',
    });
    expect(withServiceAccount({ store: none, random }, pod()).kind).toBe('pod');
  });
});
