/** Webhooks that name one version of a kind are asked about the others as well, and see the version they know. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { CUSTOM_RESOURCE_DEFINITIONS, resourceType, type KubeObject } from '@argosy/kube';

import type { ApiServer } from '../../src/index.ts';
import { startApiServer } from '../running-cluster.ts';
import { startAdmissionHooks, type AdmissionHooks } from './admission-hooks.ts';

interface Request {
  readonly uid: string;
  readonly kind: { readonly version: string };
  readonly resource: { readonly version: string };
  readonly requestKind: { readonly version: string };
  readonly object: KubeObject | null;
  readonly oldObject: KubeObject | null;
}

let server: ApiServer;
let hooks: AdmissionHooks;
let seen: Request[] = [];

const versionOf = (name: string, storage: boolean) => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object' as const, 'x-kubernetes-preserve-unknown-fields': true } },
});
const typeIn = (version: string) =>
  resourceType<KubeObject>({ group: 'example.com', version, resource: 'widgets', kind: 'Widget', namespaced: true });
const aWidget = (version: string, name: string, annotations = {}): KubeObject => ({
  apiVersion: `example.com/${version}`,
  kind: 'Widget',
  metadata: { name, namespace: 'default', annotations },
});

beforeAll(async () => {
  hooks = await startAdmissionHooks<Request>((asked, path) => {
    seen.push(asked);
    const touched = asked.object?.apiVersion.split('/')[1];
    const patch = [{ op: 'add', path: '/metadata/labels', value: { touched } }];
    const allowed = asked.object?.metadata.annotations?.['bad'] !== 'yes';
    return { allowed, ...(path.startsWith('/mutate') ? { patch } : {}) };
  });
});
afterAll(() => hooks.close());

const configure = async (kind: 'Mutating' | 'Validating', matchPolicy: string): Promise<void> => {
  const resource = resourceType<KubeObject>({
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    resource: `${kind.toLowerCase()}webhookconfigurations`,
    kind: `${kind}WebhookConfiguration`,
    namespaced: false,
  });
  const webhook = {
    name: 'w.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    matchPolicy,
    clientConfig: hooks.clientConfig(kind === 'Mutating' ? '/mutate' : '/judge'),
    rules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['widgets'], operations: ['*'] }],
  };
  await server.client.create(resource, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: 'w' },
    webhooks: [webhook],
  } as KubeObject);
};

beforeEach(async () => {
  seen = [];
  server = await startApiServer();
  await server.client.create(CUSTOM_RESOURCE_DEFINITIONS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [versionOf('v1', true), versionOf('v1beta1', false)],
    },
  });
});

describe('matchPolicy of webhooks', () => {
  it('Equivalent: a change is made in the version of the rule and arrives in that of the request', async () => {
    await configure('Mutating', 'Equivalent');
    const made = await server.client.create(typeIn('v1beta1'), aWidget('v1beta1', 'a'));
    expect(made).toMatchObject({
      apiVersion: 'example.com/v1beta1',
      metadata: { labels: { touched: 'v1' } },
    });
    expect(seen).toMatchObject([
      {
        kind: { version: 'v1' },
        resource: { version: 'v1' },
        requestKind: { version: 'v1beta1' },
        object: { apiVersion: 'example.com/v1' },
      },
    ]);
  });

  it('Equivalent: a judgement, of what was there as well', async () => {
    await configure('Validating', 'Equivalent');
    const made = await server.client.create(typeIn('v1beta1'), aWidget('v1beta1', 'a'));
    await server.client.update(typeIn('v1beta1'), { ...made, metadata: { ...made.metadata, labels: { a: 'b' } } });
    expect(seen.at(-1)?.oldObject?.apiVersion).toBe('example.com/v1');
    await expect(
      server.client.create(typeIn('v1beta1'), aWidget('v1beta1', 'b', { bad: 'yes' })),
    ).rejects.toMatchObject({ code: 'Forbidden' });
  });

  it('Exact: other versions are not its business', async () => {
    await configure('Validating', 'Exact');
    await server.client.create(typeIn('v1beta1'), aWidget('v1beta1', 'a', { bad: 'yes' }));
    expect(seen).toEqual([]);
    await expect(server.client.create(typeIn('v1'), aWidget('v1', 'b', { bad: 'yes' }))).rejects.toMatchObject({
      code: 'Forbidden',
    });
  });
});
