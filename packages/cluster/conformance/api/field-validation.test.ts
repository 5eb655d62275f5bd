/** Fields nobody knows, and fields that stand twice, under each level of validation, asked over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveApi, type ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
});
afterAll(() => api.close());

const ask = async (method: string, path: string, body: string, type: string) => {
  const { status, warning, text } = await api.ask({ method, path, body, type });
  return { status, text: `${warning}${text}`.replaceAll('\\"', '"') };
};

const PATH = '/apis/apps/v1/namespaces/default/deployments';
const CONTAINERS = '"containers":[{"name":"c","image":"i"}]';
const aDeployment = (name: string, metadata: string, spec: string) =>
  `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"${name}"${metadata}},"spec":{${spec}"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{${CONTAINERS}}}}}`;
const YAML = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: yaml
spec:
  replicas: 1
  replicas: 2
  selector: { matchLabels: { a: b } }
  template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: c, image: i }] } }
`;

it.each([
  {
    reason: 'unknown and duplicate fields are refused together',
    body: aDeployment('one', '', '"unknownField":"x","replicas":2,"replicas":3,'),
    level: 'Strict',
    status: 400,
    says: 'strict decoding error: unknown field "spec.unknownField", duplicate field "spec.replicas"',
  },
  {
    reason: 'unknown fields of metadata are refused',
    body: aDeployment('two', ',"unknownMeta":"x"', ''),
    level: 'Strict',
    status: 400,
    says: 'strict decoding error: unknown field "metadata.unknownMeta"',
  },
  {
    reason: 'both are told of',
    body: aDeployment('three', '', '"unknownField":"x","replicas":2,"replicas":3,'),
    level: 'Warn',
    status: 201,
    says: 'duplicate field "spec.replicas"',
  },
  {
    reason: 'a key of YAML that stands twice is refused',
    body: YAML,
    level: 'Strict',
    status: 400,
    says: 'line 8: key "replicas" already set in map',
    type: 'application/yaml',
  },
  {
    reason: 'the last of two counts',
    body: YAML,
    level: 'Ignore',
    status: 201,
    says: '"replicas":2',
    type: 'application/yaml',
  },
])('$level: $reason', async ({ body, level, status, says, type = 'application/json' }) => {
  const answer = await ask('POST', `${PATH}?fieldValidation=${level}`, body, type);
  expect(answer.text).toContain(says);
  expect(answer.status).toBe(status);
});

it.each(['Strict', 'Ignore'])('%s: what is applied may hold declared fields only', async (level) => {
  const body = aDeployment('applied', '', '"unknownField":"x",');
  const path = `${PATH}/applied?fieldManager=me&fieldValidation=${level}`;
  expect((await ask('PATCH', path, body, 'application/apply-patch+yaml')).text).toContain(
    '.spec.unknownField: field not declared in schema',
  );
});

it('warnings end where heads become too long for clients', async () => {
  const members = Array.from({ length: 20_000 }, (_, at) => `"unknown${at}":1`).join(',');
  const path = '/api/v1/namespaces/default/configmaps?fieldValidation=Warn';
  const body = `{"metadata":{"name":"many"},${members}}`;
  const { status, warning } = await api.ask({ method: 'POST', path, body });
  expect([status, warning.includes('unknown field \\"unknown0\\"')]).toEqual([201, true]);
  expect(warning.length).toBeLessThan(8_000);
});

describe('fields a built-in kind does not have', () => {
  const MAPS = '/api/v1/namespaces/default/configmaps';
  const name = 'pruned';
  const metadata = { name, labels: { a: 'b' } };
  const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels: { a: 'b' } } };

  it.each([
    ['POST', '', 'application/json', { metadata: { ...metadata, colour: 'x' }, nope: 1 }],
    ['PUT', `/${name}`, 'application/json', { metadata: { ...metadata, colour: 'x' }, nope: { deeper: [1] } }],
    ['PATCH', `/${name}`, 'application/merge-patch+json', { metadata: { colour: 'x' }, nope: 1 }],
    ['PATCH', `/${name}`, 'application/strategic-merge-patch+json', { metadata: { colour: 'x' }, nope: 1 }],
    ['PATCH', `/${name}`, 'application/json-patch+json', [{ op: 'add', path: '/nope', value: 1 }]],
  ])('are lost: %s%s as %s', async (method, path, type, body) => {
    const answer = await api.ask({ method, path: `${MAPS}${path}`, type, body });
    expect(answer.status).toBeLessThan(300);
    const {
      managedFields: _owners,
      uid,
      creationTimestamp,
      resourceVersion,
      ...kept
    } = (JSON.parse(answer.text) as { readonly metadata: Readonly<Record<string, unknown>> }).metadata;
    expect([uid, creationTimestamp, resourceVersion].every((value) => typeof value === 'string')).toBe(true);
    expect({ ...(JSON.parse(answer.text) as object), metadata: kept }).toEqual(bare);
  });

  it.each([
    ['PUT', '', 'application/json', { metadata: { name }, told: 1 }],
    ['PATCH', '', 'application/merge-patch+json', { told: 1 }],
    ['PATCH', '', 'application/strategic-merge-patch+json', { told: 1 }],
    ['PATCH', '', 'application/json-patch+json', [{ op: 'add', path: '/told', value: 1 }]],
  ])('are told of: %s%s as %s', async (method, query, type, body) => {
    await api.ask({ method: 'POST', path: MAPS, body: { metadata: { name } } });
    const answers = await Promise.all(
      [query, '?fieldValidation=Ignore'].map((level) =>
        api.ask({ method, path: `${MAPS}/${name}${level}`, type, body }),
      ),
    );
    expect(answers.map(({ status, warning }) => [status, warning])).toEqual([
      [200, expect.stringContaining('unknown field \\"told\\"')],
      [200, ''],
    ]);
  });

  it('are told of to whoever is refused for something else', async () => {
    const body = { metadata: { name: 'A B' }, told: 1 };
    const { status, warning } = await api.ask({ method: 'POST', path: MAPS, body });
    expect([status, warning]).toEqual([422, expect.stringContaining('unknown field \\"told\\"')]);
  });

  it.each([
    ['application/merge-patch+json', { told: 1 }, '\\"told\\":1'],
    ['application/strategic-merge-patch+json', { told: { a: 1 } }, 'map[told:map[a:1]]'],
    ['application/json-patch+json', [{ op: 'add', path: '/told', value: 1 }], '\\"told\\":1'],
  ])('are refused by strict clients, with the patch or what came of it: %s', async (type, body, shown) => {
    await api.ask({ method: 'POST', path: MAPS, body: { metadata: { name } } });
    const answer = await api.ask({ method: 'PATCH', path: `${MAPS}/${name}?fieldValidation=Strict`, type, body });
    const { message } = JSON.parse(answer.text) as { readonly message: string };
    expect(answer.status).toBe(422);
    expect(message).toMatch(/^ "" is invalid: patch: Invalid value: .*: strict decoding error: unknown field "told"$/);
    expect(message).toContain(shown);
  });

  it('are lost from a status, as are its nulls', async () => {
    const path = '/api/v1/namespaces/default/pods';
    const spec = { containers: [{ name: 'c', image: 'x' }] };
    await api.ask({ method: 'POST', path, body: { metadata: { name: 'told' }, spec } });
    const condition = { type: 'Ready', status: 'True', lastProbeTime: null, told: 1 };
    const status = { phase: 'Running', conditions: [condition], told: 1 };
    const body = { metadata: { name: 'told' }, status };
    const answer = await api.ask({ method: 'PUT', path: `${path}/told/status`, body });
    const { status: kept } = JSON.parse(answer.text) as { readonly status: object };
    expect([answer.status, kept]).toEqual([
      200,
      { phase: 'Running', qosClass: 'BestEffort', conditions: [{ type: 'Ready', status: 'True' }] },
    ]);
  });

  it('are told of where a status is written', async () => {
    const path = '/api/v1/namespaces/default/status';
    const body = { metadata: { name: 'default' }, status: { told: 1 } };
    const { status, warning } = await api.ask({ method: 'PUT', path, body });
    expect([status, warning]).toEqual([200, expect.stringContaining('unknown field \\"status.told\\"')]);
  });

  it('are lost however deep', async () => {
    const spec = { containers: [{ name: 'c', image: 'x', nope: 1 }], nope: 1 };
    const path = '/api/v1/namespaces/default/pods';
    const { text } = await api.ask({ method: 'POST', path, body: { metadata: { name: 'p' }, spec } });
    expect(text).not.toContain('nope');
  });
});
