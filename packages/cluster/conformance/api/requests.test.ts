/** What kubectl and other people's programs rely on in single requests, asked over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CUSTOM_RESOURCE_DEFINITIONS } from '@argosy/kube';

import { serveApi, type Answer, type ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
  await api.client.create(CUSTOM_RESOURCE_DEFINITIONS, WIDGETS as never);
});
afterAll(() => api.close());

const anySchema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            ...anySchema.openAPIV3Schema,
            properties: {
              spec: {
                type: 'object',
                'x-kubernetes-preserve-unknown-fields': true,
                properties: { colour: { type: 'string' }, size: { type: 'integer' } },
              },
            },
          },
        },
        additionalPrinterColumns: [
          { name: 'Age', type: 'date', jsonPath: '.status.startedAt' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type == "Ready")].status' },
        ],
        selectableFields: [{ jsonPath: '.spec.colour' }, { jsonPath: '.spec.size' }],
      },
      { name: 'v1beta1', served: true, storage: false, deprecated: true, schema: anySchema },
      {
        name: 'v1alpha1',
        served: true,
        storage: false,
        deprecated: true,
        deprecationWarning: 'use v1',
        schema: anySchema,
      },
    ],
  },
};

/** As much of any answer as these tests look at. */
interface Body {
  readonly [field: string]: unknown;
  readonly message?: string;
  readonly metadata?: object;
  readonly status?: { readonly phase?: string; readonly storedVersions?: readonly string[] };
  readonly definitions?: Readonly<Record<string, unknown>>;
  readonly resources: readonly { readonly name: string; readonly storageVersionHash?: string }[];
  readonly columnDefinitions?: readonly { readonly name: string }[];
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

const ask = async (
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
  accept = 'application/json',
): Promise<Pick<Answer, 'status' | 'warning'> & { readonly body: Body }> => {
  const { status, warning, text } = await api.ask({ method, path, body, type, headers: { accept } });
  return { status, warning, body: JSON.parse(text) as Body };
};

const aWidget = (name: string, spec: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
});
const WIDGETS_PATH = '/apis/example.com/v1/namespaces/default/widgets';
const MAPS_PATH = '/api/v1/namespaces/default/configmaps';
const aMap = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
});

describe('namespaces', () => {
  it.each(['default', 'kube-system', 'kube-public'])('%s may not be deleted', async (name) => {
    const { status, body } = await ask('DELETE', `/api/v1/namespaces/${name}`);
    expect([status, body.message]).toEqual([
      403,
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    ]);
    expect((await ask('GET', `/api/v1/namespaces/${name}`)).body.status?.phase).toBe('Active');
  });
});

describe('a foreign uid', () => {
  it.each([
    ['PUT', aMap('foreign', { uid: 'x' }), 'application/json', 409],
    ['PUT', aMap('gone', { uid: 'x' }), 'application/json', 409],
    ['PATCH', { metadata: { name: 'foreign', uid: 'x' } }, 'application/merge-patch+json', 422],
    ['PATCH', aMap('foreign', { uid: 'x' }), 'application/apply-patch+yaml', 422],
    ['PATCH', aMap('gone', { uid: 'x' }), 'application/apply-patch+yaml', 409],
  ])('is told to whoever sends it: %s %o as %s', async (method, body, type, want) => {
    await ask('POST', MAPS_PATH, aMap('foreign'));
    const { status } = await ask(method, `${MAPS_PATH}/${body.metadata.name}?fieldManager=x`, body, type);
    expect(status).toBe(want);
  });
});

describe('replacement', () => {
  it('with version 0 is for whatever is there', async () => {
    await ask('POST', MAPS_PATH, aMap('replaced'));
    expect((await ask('PUT', `${MAPS_PATH}/replaced`, aMap('replaced', { resourceVersion: '0' }))).status).toBe(200);
    expect((await ask('PUT', `${MAPS_PATH}/replaced`, aMap('replaced', { resourceVersion: '1' }))).status).toBe(409);
  });

  it.each([
    ['a custom object', WIDGETS_PATH, aWidget('versioned')],
    [
      'a lease',
      '/apis/coordination.k8s.io/v1/namespaces/default/leases',
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'versioned' } },
    ],
    [
      'a disruption budget',
      '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'versioned' },
        spec: { minAvailable: 1 },
      },
    ],
  ])('of %s needs its version', async (_what, path, object) => {
    const made = await ask('POST', path, object);
    expect(made.status).toBe(201);
    const refused = await ask('PUT', `${path}/versioned`, object);
    expect([refused.status, refused.body.message]).toEqual([
      422,
      expect.stringContaining('metadata.resourceVersion: Invalid value: 0x0: must be specified for an update'),
    ]);
    expect((await ask('PUT', `${path}/versioned`, made.body)).status).toBe(200);
  });

  it.each([{ metadata: { name: null } }, { metadata: null }])('needs the name: %o', async (patch) => {
    await ask('POST', MAPS_PATH, aMap('named'));
    const refused = await ask('PATCH', `${MAPS_PATH}/named`, patch, 'application/merge-patch+json');
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'the name of the object (named based on URL) was undeterminable: name must be provided',
    ]);
  });

  it.each([
    ['deletionTimestamp', '2024-01-01T00:00:00Z'],
    ['deletionGracePeriodSeconds', 5],
  ])('does not decide %s', async (field, value) => {
    await ask('POST', MAPS_PATH, aMap('kept'));
    const patch = { metadata: { [field]: value } };
    const refused = await ask('PATCH', `${MAPS_PATH}/kept`, patch, 'application/merge-patch+json');
    expect([refused.status, refused.body.message]).toEqual([
      422,
      expect.stringContaining(`metadata.${field}: Invalid value: ${JSON.stringify(value)}: field is immutable`),
    ]);
  });
});

describe('discovery', () => {
  it('names the kind of scales, and what tells stored forms apart', async () => {
    const { body } = await ask('GET', '/apis/apps/v1');
    expect(body.resources.find((one) => one.name === 'deployments/scale')).toEqual({
      name: 'deployments/scale',
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get', 'patch', 'update'],
    });
    expect(body.resources.find((one) => one.name === 'deployments')?.storageVersionHash).toMatch(/^.{11}=$/);
  });
});

describe('scale', () => {
  const path = '/apis/apps/v1/namespaces/default/deployments';
  const labels = { app: 'scaled' };
  beforeAll(async () => {
    await ask('POST', path, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'scaled' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } },
      },
    });
  });
  it('minds the version of a replacement', async () => {
    const { body: scale } = await ask('GET', `${path}/scaled/scale`);
    const wanted = { ...scale, spec: { replicas: 2 } };
    expect((await ask('PUT', `${path}/scaled/scale`, wanted)).body['spec']).toEqual({ replicas: 2 });
    expect((await ask('PUT', `${path}/scaled/scale`, wanted)).status).toBe(409);
  });
  it('takes patches of every kind', async () => {
    const patches = [
      ['application/json-patch+json', [{ op: 'replace', path: '/spec/replicas', value: 3 }]],
      ['application/merge-patch+json', { spec: { replicas: 4 } }],
      ['application/strategic-merge-patch+json', { spec: { replicas: 5 } }],
    ] as const;
    for (const [at, [type, patch]] of patches.entries())
      expect((await ask('PATCH', `${path}/scaled/scale`, patch, type)).body['spec']).toEqual({ replicas: at + 3 });
  });
  it('refuses less than nothing', async () => {
    const { status } = await ask(
      'PATCH',
      `${path}/scaled/scale`,
      { spec: { replicas: -1 } },
      'application/merge-patch+json',
    );
    expect(status).toBe(422);
  });
});

describe('versions of custom kinds', () => {
  it.each([
    ['v1beta1', '299 - "example.com/v1beta1 Widget is deprecated"'],
    ['v1alpha1', '299 - "use v1"'],
    ['v1', ''],
  ])('%s warns as its definition says', async (version, warning) => {
    expect((await ask('GET', `/apis/example.com/${version}/namespaces/default/widgets`)).warning).toBe(warning);
  });
});

describe('definitions', () => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const names = { plural: 'gadgets', kind: 'Gadget' };
  const version = (name: string, storage: boolean) => ({ name, served: true, storage, schema: anySchema });
  it('remember every version objects were stored in', async () => {
    const gadgets = {
      ...WIDGETS,
      metadata: { name: 'gadgets.example.com' },
      spec: {
        ...WIDGETS.spec,
        names,
        versions: [version('v1', true), version('v2', false)],
      },
    };
    const { body } = await ask('POST', path, gadgets);
    const moved = { ...body, spec: { ...gadgets.spec, versions: [version('v1', false), version('v2', true)] } };
    expect((await ask('PUT', `${path}/gadgets.example.com`, moved)).body.status?.storedVersions).toEqual(['v1', 'v2']);
  });
});

describe('selectable fields of custom kinds', () => {
  it('select, and others are refused', async () => {
    await ask('POST', WIDGETS_PATH, aWidget('red', { colour: 'red', size: 3 }));
    await ask('POST', WIDGETS_PATH, aWidget('blue', { colour: 'blue', size: 3 }));
    const named = async (selector: string) => {
      const { body, status } = await ask('GET', `${WIDGETS_PATH}?fieldSelector=${encodeURIComponent(selector)}`);
      return status === 200 ? body.items.map((one) => one.metadata.name) : status;
    };
    expect(await named('spec.colour=red')).toEqual(['red']);
    expect(await named('spec.size=3,spec.colour!=red')).toEqual(['blue']);
    expect(await named('spec.weight=1')).toBe(400);
  });
});

describe('tables of custom kinds', () => {
  it('have the columns of their definition and no others; without any, the age', async () => {
    const columnsOf = async (version: string) => {
      const path = `/apis/example.com/${version}/namespaces/default/widgets`;
      const { body } = await ask('GET', path, undefined, '', 'application/json;as=Table;v=v1;g=meta.k8s.io');
      return body.columnDefinitions?.map(({ name }) => name);
    };
    expect(await columnsOf('v1')).toEqual(['Name', 'Age', 'Ready']);
    expect(await columnsOf('v1beta1')).toEqual(['Name', 'Age']);
  });
});

describe('tables of what is not kept', () => {
  const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { nonResourceAttributes: { path: '/', verb: 'get' } },
  };
  it.each([
    { accept: TABLE, status: 406 },
    { accept: `${TABLE},application/json`, status: 201 },
  ])('$accept', async ({ accept, status }) => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    expect((await ask('POST', path, review, 'application/json', accept)).status).toBe(status);
  });
});

describe('OpenAPI v2', () => {
  it('names no members of a kind that may have any: clients take others for wrong', async () => {
    const { body } = await ask('GET', '/openapi/v2');
    const widget = body.definitions?.['com.example.v1.Widget'];
    expect(widget).toMatchObject({
      type: 'object',
      'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }],
    });
    expect(widget).not.toHaveProperty('properties');
    expect(widget).not.toHaveProperty('x-kubernetes-preserve-unknown-fields');
  });
});

describe('ephemeral containers', () => {
  const path = '/api/v1/namespaces/default/pods';
  const containers = [{ name: 'main', image: 'a' }];
  const merge = 'application/strategic-merge-patch+json';
  const added = (name: string) => ({ spec: { ephemeralContainers: [{ name, image: 'b' }] } });
  it('are added by their subresource and by nothing else', async () => {
    await ask('POST', path, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'looked-at' }, spec: { containers } });
    expect((await ask('PATCH', `${path}/looked-at`, added('plain'), merge)).status).toBe(422);
    expect((await ask('PATCH', `${path}/looked-at/ephemeralcontainers`, added('debug'), merge)).status).toBe(200);
    expect((await ask('PATCH', `${path}/looked-at`, { metadata: { labels: { a: 'b' } } }, merge)).status).toBe(200);
    const { body } = await ask('PATCH', `${path}/looked-at/ephemeralcontainers`, added('second'), merge);
    const both = ['debug', 'second'].map((name) => expect.objectContaining({ name }) as unknown);
    expect(body['spec']).toMatchObject({ ephemeralContainers: expect.arrayContaining(both) as unknown });
  });
});

describe('owners of fields', () => {
  const path = '/api/v1/namespaces/default/pods';
  it('own what they gave, not what the server added; so apply may follow create', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'owned' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    const { body } = await ask('POST', `${path}?fieldManager=author`, pod);
    const [entry] = (body.metadata as { readonly managedFields: readonly { readonly fieldsV1: Body }[] }).managedFields;
    const owned = Object.keys(entry?.fieldsV1['f:spec'] as object);
    expect(owned).toEqual(expect.arrayContaining(['f:containers', 'f:restartPolicy']));
    expect(owned).not.toContain('f:volumes');
    expect(entry?.fieldsV1).not.toHaveProperty('f:status');
    const apply = 'application/apply-patch+yaml';
    expect((await ask('PATCH', `${path}/owned?fieldManager=author`, pod, apply)).status).toBe(200);
  });
});

describe('what updates keep and count', () => {
  const WORKLOADS = '/apis/apps/v1/namespaces/default/deployments';
  const MERGE = 'application/merge-patch+json';

  it('the older name of an account follows the newer', async () => {
    const pod = { serviceAccountName: 'one', containers: [{ name: 'c', image: 'i' }] };
    const template = { metadata: { labels: { a: 'b' } }, spec: pod };
    const metadata = { name: 'accounts', namespace: 'default' };
    const spec = { selector: { matchLabels: { a: 'b' } }, template };
    await ask('POST', WORKLOADS, { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
    const patch = { spec: { template: { spec: { serviceAccountName: 'two' } } } };
    const { body } = await ask('PATCH', `${WORKLOADS}/accounts`, patch, MERGE);
    expect(body).toMatchObject({ spec: { template: { spec: { serviceAccount: 'two', serviceAccountName: 'two' } } } });
  });

  it('a source of a claim left out by one of its names is not another', async () => {
    const path = '/api/v1/namespaces/default/persistentvolumeclaims';
    const dataSource = { kind: 'PersistentVolumeClaim', name: 'other' };
    const resources = { requests: { storage: '1Gi' } };
    const spec = { accessModes: ['ReadWriteOnce'], resources, dataSource };
    await ask('POST', path, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'copied' }, spec });
    const { status, body } = await ask('PATCH', `${path}/copied`, { spec: { dataSourceRef: null } }, MERGE);
    expect([status, body]).toEqual([200, expect.objectContaining({ spec: expect.objectContaining({ dataSource }) })]);
  });

  it('an event written again without what was empty is the same', async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    const told = { reason: 'R', action: 'A', type: 'Normal', reportingController: 'a.b/c', reportingInstance: 'i' };
    const regarding = { kind: 'Pod', name: 'p', namespace: 'default' };
    const event = { ...told, eventTime: '2024-01-01T00:00:00.000000Z', regarding, deprecatedSource: {} };
    const whole = { apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: 'told' }, ...event };
    expect((await ask('POST', path, whole)).status).toBe(201);
    const { deprecatedSource: _empty, ...plain } = whole;
    const series = { count: 2, lastObservedTime: '2024-01-01T00:00:01.000000Z' };
    expect((await ask('PUT', `${path}/told`, { ...plain, series })).status).toBe(200);
    expect((await ask('PUT', `${path}/told`, { ...plain, series, reason: 'S' })).status).toBe(422);
  });

  it.each([
    ['scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', { value: 1 }, { description: 'x' }, 1, 1],
    ['storage.k8s.io/v1', 'csidrivers', 'CSIDriver', { spec: {} }, { spec: { seLinuxMount: true } }, undefined, 1],
  ])('%s %s', async (apiVersion, plural, kind, fields, patch, first, then) => {
    const path = `/apis/${apiVersion}/${plural}`;
    const made = await ask('POST', path, { apiVersion, kind, metadata: { name: 'counted' }, ...fields });
    const changed = await ask('PATCH', `${path}/counted`, { ...patch, metadata: { namespace: 'x' } }, MERGE);
    expect([made, changed].map(({ body }) => body.metadata)).toEqual([
      expect.objectContaining(first === undefined ? {} : { generation: first }),
      expect.objectContaining({ generation: then }),
    ]);
    expect(changed.body.metadata).not.toHaveProperty('namespace');
    if (first === undefined) expect(made.body.metadata).not.toHaveProperty('generation');
  });
});
