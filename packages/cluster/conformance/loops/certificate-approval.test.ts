/** Kubelets get their certificates by asking: approved by right, signed, through the API server. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { CERTIFICATE_SIGNING_REQUESTS, CLUSTER_ROLE_BINDINGS } from '@argosy/kube';

import { createBuiltinLoops, type KubeServer } from '../../src/index.ts';
import { startCluster, type RunningCluster } from '../running-cluster.ts';

/** For O=system:nodes, CN=system:node:n1; made by openssl, with a key nobody has any more. */
const PEM = `-----BEGIN CERTIFICATE REQUEST-----
MIGvMGMCAQAwMDEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMRcwFQYDVQQDDA5zeXN0
ZW06bm9kZTpuMTAqMAUGAytlcAMhAP9Jw2xCXI1ixQZiXzA6kQPwpMXRz3BR3lUc
kt7WpOJloAAwBQYDK2VwA0EAH0c4i8fBL12pEFsDaVOmf6tSXRqHjpLIT531DN/a
RQUtS0tJnStBe9vc/RIp/Dsnq5FB2M8CF+49R7iHhr9TDA==
-----END CERTIFICATE REQUEST-----
`;
const POLL = { timeout: 10_000 };
let cluster: RunningCluster;
let served: KubeServer;

beforeAll(async () => {
  cluster = await startCluster((deps) =>
    createBuiltinLoops(deps, { signCertificate: () => Promise.resolve('signed') }),
  );
  served = await cluster.server.serve({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await served.close();
  await cluster.close();
});

const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const RIGHTS = 'system:certificates.k8s.io:certificatesigningrequests';
const grant = (role: string, group: string) =>
  cluster.client.create(CLUSTER_ROLE_BINDINGS, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${role}-${group}`.replaceAll(':', '-') },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
  });
const ask = async (name: string, as: readonly [user: string, group: string]): Promise<number> => {
  const headers = {
    'content-type': 'application/json',
    'impersonate-user': as[0],
    'impersonate-group': as[1],
  };
  const spec = {
    request: Buffer.from(PEM).toString('base64'),
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
  };
  const body = JSON.stringify({ metadata: { name }, spec });
  return (await fetch(`${served.url}${PATH}`, { method: 'POST', headers, body })).status;
};
const get = (name: string) => cluster.client.get(CERTIFICATE_SIGNING_REQUESTS, { name });
const approval = async (name: string) =>
  (await get(name)).status?.conditions?.find(({ type }) => type === 'Approved')?.message;

it('approves what a node asks for itself, and what a bootstrap token asks for any, once roles say so', async () => {
  await grant('system:node-bootstrapper', 'system:bootstrappers');
  await grant('system:node-bootstrapper', 'system:nodes');
  expect(await ask('first', ['system:bootstrap:abcdef', 'system:bootstrappers'])).toBe(201);
  expect(await ask('other', ['system:node:n2', 'system:nodes'])).toBe(201);
  await grant(`${RIGHTS}:nodeclient`, 'system:bootstrappers');
  await grant(`${RIGHTS}:selfnodeclient`, 'system:nodes');
  const any = 'Auto approving kubelet client certificate after SubjectAccessReview.';
  await expect.poll(() => approval('first'), POLL).toBe(any);
  await expect.poll(async () => (await get('first')).status?.certificate, POLL).toBe(btoa('signed'));
  expect(await ask('renewed', ['system:node:n1', 'system:nodes'])).toBe(201);
  const self = 'Auto approving self kubelet client certificate after SubjectAccessReview.';
  await expect.poll(() => approval('renewed'), POLL).toBe(self);
  // A node asks for itself alone.
  expect((await get('other')).status?.conditions).toBeUndefined();
});
