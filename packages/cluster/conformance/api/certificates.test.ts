/** Certificate signing requests on the API server: who may say what about them. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { CERTIFICATE_SIGNING_REQUESTS, type CertificateSigningRequest } from '@argosy/kube';

import { serveApi, type ServedApi } from './served-api.ts';

/** Made by openssl, with a key nobody has any more. */
const PEM = `-----BEGIN CERTIFICATE REQUEST-----
MIGMMEACAQAwDTELMAkGA1UEAwwCZWQwKjAFBgMrZXADIQBKIvCB/NsQfQuSt7Qf
eAc1yHxuYtuahSvWRhXDXaEPgqAAMAUGAytlcANBADZNFayxVraSkc35ZmA8Qba5
CGY2HlmscFia0Tz6n+wHz09rD4bjtlYeQcQMrudNihO6OvGcZKHjpwKGseKwTAg=
-----END CERTIFICATE REQUEST-----
`;
const PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
let api: ServedApi;

beforeAll(async () => {
  api = await serveApi();
  const [group, resource] = ['certificates.k8s.io', 'certificatesigningrequests'];
  const rules = [
    { verbs: ['create', 'get'], apiGroups: [group], resources: [resource] },
    { verbs: ['update'], apiGroups: [group], resources: [`${resource}/approval`, `${resource}/status`] },
  ];
  await send('POST', `${RBAC}/clusterroles`, { metadata: { name: 'writer' }, rules });
  const signers = {
    verbs: ['approve'],
    apiGroups: [group],
    resources: ['signers'],
    resourceNames: ['kubernetes.io/*'],
  };
  await send('POST', `${RBAC}/clusterroles`, { metadata: { name: 'approver' }, rules: [signers] });
  for (const [role, names] of [
    ['writer', ['writer', 'approver']],
    ['approver', ['approver']],
  ] as const)
    await send('POST', `${RBAC}/clusterrolebindings`, {
      metadata: { name: role },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: names.map((name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name })),
    });
});
afterAll(() => api.close());

type Answer = CertificateSigningRequest & { readonly message?: string; readonly code?: number };

const send = async (method: string, path: string, body: unknown, as?: string): Promise<Answer> =>
  JSON.parse((await api.ask({ method, path, body, headers: as ? { 'impersonate-user': as } : {} })).text) as Answer;

const ask = (name: string, as?: string) =>
  send(
    'POST',
    PATH,
    {
      metadata: { name },
      spec: {
        request: Buffer.from(PEM).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
        username: 'somebody else',
      },
      status: { conditions: [{ type: 'Approved', status: 'True' }] },
    },
    as,
  );
const withCondition = (of: Answer, type: string): Answer => ({
  ...of,
  status: { ...of.status, conditions: [...(of.status?.conditions ?? []), { type, status: 'True', reason: 'Test' }] },
});

it('writes down who asks, and takes no verdict along', async () => {
  const made = await ask('a', 'writer');
  expect(made.spec?.username).toBe('writer');
  expect(made.status?.conditions ?? []).toEqual([]);
  const changed = await send('PUT', `${PATH}/a`, { ...made, spec: { ...made.spec, usages: ['any'] } });
  expect(changed.spec?.usages).toEqual(['client auth']);
});

it('is approved by who may approve for the signer, once and for all', async () => {
  const made = await ask('b');
  const approved = withCondition(made, 'Approved');
  expect((await send('PUT', `${PATH}/b/approval`, approved, 'writer')).message).toBe(
    'certificatesigningrequests.certificates.k8s.io "b" is forbidden: user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"',
  );
  const viaStatus = await send('PUT', `${PATH}/b/status`, approved, 'approver');
  expect(viaStatus.message).toContain('updates may not add a condition of type "Approved"');
  const done = await send('PUT', `${PATH}/b/approval`, approved, 'approver');
  expect(done.status?.conditions).toMatchObject([{ type: 'Approved', lastUpdateTime: expect.any(String) as unknown }]);
  expect((await send('PUT', `${PATH}/b/approval`, withCondition(done, 'Denied'), 'approver')).message).toContain(
    'Approved and Denied conditions are mutually exclusive',
  );
  expect((await send('PUT', `${PATH}/b/approval`, { ...done, status: {} }, 'approver')).message).toContain(
    'updates may not remove a condition of type "Approved"',
  );
});

it('is signed by who may sign for the signer', async () => {
  const made = await ask('c');
  const signed = { ...made, status: { certificate: Buffer.from('x').toString('base64') } };
  expect((await send('PUT', `${PATH}/c/status`, signed, 'approver')).message).toContain(
    'user not permitted to sign requests with signerName "kubernetes.io/kube-apiserver-client"',
  );
});

it('is selected by its signer', async () => {
  const of = async (signer: string) =>
    (await api.client.list(CERTIFICATE_SIGNING_REQUESTS, { fieldSelector: `spec.signerName=${signer}` })).items.length;
  expect(await of('kubernetes.io/kube-apiserver-client')).toBeGreaterThan(0);
  expect(await of('example.com/other')).toBe(0);
});
