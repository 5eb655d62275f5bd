/** Bindings and evictions are admitted as what they are, before anything happens to a pod. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { DEPLOYMENTS, POD_BINDINGS, PODS, resourceType, type Binding, type KubeObject } from '@argosy/kube';

import { startAdmissionHooks, type AdmissionHooks } from './admission-hooks.ts';
import { serveApi, type ServedApi } from './served-api.ts';

interface Request {
  readonly uid: string;
  readonly kind: object;
  readonly resource: object;
  readonly subResource: string;
  readonly operation: string;
  readonly name: string;
  readonly object: KubeObject;
  readonly oldObject: KubeObject | null;
}

const CONFIGURATIONS = resourceType<KubeObject>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  resource: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  namespaced: false,
});
const PATH = '/api/v1/namespaces/default/pods';

let api: ServedApi;
let hooks: AdmissionHooks;
let seen: Request[] = [];

beforeAll(async () => {
  api = await serveApi();
  hooks = await startAdmissionHooks<Request>((asked, path) => {
    seen.push(asked);
    const allowed = !asked.name.startsWith('kept');
    const patch = [{ op: 'replace', path: '/spec/replicas', value: 4 }];
    return { allowed, message: 'it stays', ...(path.startsWith('/four') && allowed ? { patch } : {}) };
  });
  for (const name of ['moved', 'kept', 'scheduled', 'kept-too', 'legacy'])
    await api.client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
  await api.client.create(CONFIGURATIONS, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'w' },
    webhooks: [
      {
        name: 'w.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: hooks.clientConfig('/'),
        rules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            resources: ['pods/binding', 'pods/eviction', 'bindings'],
            operations: ['CREATE'],
          },
        ],
      },
    ],
  } as KubeObject);
});
afterAll(async () => {
  await api.close();
  hooks.close();
});

it.each([
  ['binding', { group: '', version: 'v1', kind: 'Binding' }, { target: { name: 'n' } }],
  ['eviction', { group: 'policy', version: 'v1', kind: 'Eviction' }, {}],
])('a %s', async (subresource, kind, rest) => {
  seen = [];
  const ask = (name: string) =>
    api.ask({ method: 'POST', path: `${PATH}/${name}/${subresource}`, body: { metadata: { name }, ...rest } });
  const refused = await ask('kept');
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('it stays') as string]);
  expect((await api.client.get(PODS, { namespace: 'default', name: 'kept' })).spec?.nodeName).toBeUndefined();
  expect((await ask('moved')).status).toBe(201);
  expect(seen).toHaveLength(2);
  expect(seen[1]).toMatchObject({
    kind,
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: subresource,
    operation: 'CREATE',
    name: 'moved',
    object: { kind: kind.kind, metadata: { name: 'moved', namespace: 'default' } },
  });
});

it('a binding sent to the collection of bindings', async () => {
  seen = [];
  const ask = (name: string) => {
    const body = { metadata: { name }, target: { name: 'n' } };
    return api.ask({ method: 'POST', path: '/api/v1/namespaces/default/bindings', body });
  };
  expect((await ask('kept-too')).status).toBe(403);
  expect((await ask('legacy')).status).toBe(201);
  expect((await api.client.get(PODS, { namespace: 'default', name: 'kept-too' })).spec?.nodeName).toBeUndefined();
  expect(seen[1]).toMatchObject({
    kind: { group: '', version: 'v1', kind: 'Binding' },
    resource: { group: '', version: 'v1', resource: 'bindings' },
    operation: 'CREATE',
    name: 'legacy',
    namespace: 'default',
    object: { kind: 'Binding', metadata: { name: 'legacy', namespace: 'default' } },
  });
  expect(seen[1]?.subResource).toBeUndefined();
});

it('a scale', async () => {
  const labels = { app: 'scaled' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  await api.client.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'scaled', namespace: 'default' },
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  });
  const configuration = await api.client.get(CONFIGURATIONS, { name: 'w' });
  const [webhook] = (configuration as unknown as { readonly webhooks: readonly [{ clientConfig: { url: string } }] })
    .webhooks;
  const rules = [
    { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments/scale'], operations: ['UPDATE'] },
  ];
  const configure = (kind: string, clientConfig: object) =>
    api.ask({
      method: 'POST',
      path: `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}configurations`,
      body: { kind: `${kind}Configuration`, metadata: { name: 's' }, webhooks: [{ ...webhook, clientConfig, rules }] },
    });
  const { clientConfig } = webhook;
  expect((await configure('ValidatingWebhook', clientConfig)).status).toBe(201);
  expect((await configure('MutatingWebhook', { ...clientConfig, url: `${clientConfig.url}four` })).status).toBe(201);
  seen = [];
  const path = '/apis/apps/v1/namespaces/default/deployments/scaled/scale';
  const body = { metadata: { name: 'scaled' }, spec: { replicas: 2 } };
  const answer = await api.ask({ method: 'PUT', path, body });
  expect(JSON.parse(answer.text)).toMatchObject({ kind: 'Scale', spec: { replicas: 4 } });
  const { spec } = await api.client.get(DEPLOYMENTS, { namespace: 'default', name: 'scaled' });
  expect(spec).toMatchObject({ replicas: 4, template: { spec: { containers: [{ name: 'c' }] } } });
  const shown = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'scaled', namespace: 'default' } };
  const common = {
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    subResource: 'scale',
    operation: 'UPDATE',
    oldObject: { ...shown, spec: { replicas: 1 }, status: { selector: 'app=scaled' } },
  };
  expect(seen).toMatchObject([
    { ...common, object: { ...shown, spec: { replicas: 2 } } },
    { ...common, object: { ...shown, spec: { replicas: 4 } } },
  ]);
});

it('a binding by the scheduler of this process', async () => {
  seen = [];
  const bind = (name: string) =>
    api.client.create(
      POD_BINDINGS,
      { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace: 'default' }, target: { name: 'n' } } as Binding,
      { subresource: 'binding' },
    );
  await expect(bind('kept')).rejects.toMatchObject({ code: 'Forbidden' });
  await bind('scheduled');
  expect((await api.client.get(PODS, { namespace: 'default', name: 'scheduled' })).spec?.nodeName).toBe('n');
  expect(seen.map(({ name }) => name)).toEqual(['kept', 'scheduled']);
});
