/** Bodies of the wrong kind or type, in the words users know; and answers indented for people. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CUSTOM_RESOURCE_DEFINITIONS } from '@argosy/kube';

import { serveApi, type Asked, type ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
  const schema = { openAPIV3Schema: { type: 'object' as const, 'x-kubernetes-preserve-unknown-fields': true } };
  await api.client.create(CUSTOM_RESOURCE_DEFINITIONS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
});
afterAll(() => api.close());

const ask = async ({ path = '/api/v1/namespaces', headers, ...asked }: Partial<Asked>): Promise<string> =>
  (await api.ask({ path, ...asked, headers: { 'user-agent': 'test', ...headers } })).text;
const post = async (body: string, path = '/api/v1/namespaces'): Promise<readonly [number, string, string]> => {
  const { code, reason, message } = JSON.parse(await ask({ method: 'POST', path, body })) as {
    readonly code: number;
    readonly reason: string;
    readonly message: string;
  };
  return [code, reason, message];
};
const AS = 'the object provided is unrecognized (must be of type Namespace)';
const TYPE = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

describe('a body that is no Namespace', () => {
  it.each([
    [
      'a text',
      '"x"',
      `${AS}: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type ${TYPE} (227822)`,
    ],
    [
      'a list',
      '[]',
      `${AS}: couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type ${TYPE} (5b5d)`,
    ],
    [
      'a number',
      '42',
      `${AS}: couldn't get version/kind; json parse error: json: cannot unmarshal number into Go value of type ${TYPE} (3432)`,
    ],
    [
      'a truth',
      'true',
      `${AS}: couldn't get version/kind; json parse error: json: cannot unmarshal bool into Go value of type ${TYPE} (74727565)`,
    ],
    ['nothing', '', `${AS}: couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`],
    [
      'half of an object',
      '{"kind":"Namespace","metadata":{"name":',
      `${AS}: couldn't get version/kind; json parse error: unexpected end of JSON input ({"kind":"Namespace","metadata" ...)`,
    ],
    [
      'no JSON',
      'hello',
      `${AS}: couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (68656c6c6f)`,
    ],
    [
      'a kind that is no text',
      '{"kind":true}',
      `${AS}: couldn't get version/kind; json parse error: json: cannot unmarshal bool into Go struct field .kind of type string ({"kind":true})`,
    ],
    [
      'another kind',
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}',
      'Pod in version "v1" cannot be handled as a Namespace: converting (v1.Pod) to (core.Namespace): unknown conversion',
    ],
    [
      'a kind nobody knows',
      '{"apiVersion":"v1","kind":"Nope"}',
      'Nope in version "v1" cannot be handled as a Namespace: no kind "Nope" is registered for version "v1"',
    ],
  ])('%s', async (_case, body, message) => expect(await post(body)).toEqual([400, 'BadRequest', message]));

  it('null is an object without a name', async () =>
    expect(await post('null')).toEqual([
      422,
      'Invalid',
      'Namespace "" is invalid: metadata.name: Required value: name or generateName is required',
    ]));

  it('another version', async () =>
    expect(
      await post(
        '{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler"}',
        '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
      ),
    ).toEqual([
      400,
      'BadRequest',
      'the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)',
    ]));

  it('another custom kind, or another version of it', async () => {
    const of = (apiVersion: string, kind: string) =>
      post(JSON.stringify({ apiVersion, kind, metadata: { name: 'x' } }), '/apis/example.com/v1/widgets');
    expect(await of('example.com/v1', 'Gadget')).toEqual([
      422,
      'Invalid',
      'Gadget.example.com "x" is invalid: kind: Invalid value: "Gadget": must be Widget',
    ]);
    expect(await of('example.com/v2', 'Widget')).toEqual([
      400,
      'BadRequest',
      'the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)',
    ]);
  });

  it.each([
    [
      'application/merge-patch+json',
      '[]',
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    [
      'application/strategic-merge-patch+json',
      '"x"',
      'error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}',
    ],
    ['application/json-patch+json', '{}', 'json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
  ])('a patch of type %s that is none', async (type, body, message) => {
    const answer = await ask({
      method: 'PATCH',
      path: '/api/v1/namespaces/default',
      body,
      headers: { 'content-type': type },
    });
    expect(JSON.parse(answer)).toMatchObject({ code: 400, reason: 'BadRequest', message });
  });
});

describe('answers for people', () => {
  const curl = { 'user-agent': 'curl/8.5.0' };
  it.each([
    ['an object', '/api/v1/namespaces/default'],
    ['a list', '/api/v1/namespaces'],
    ['discovery', '/api'],
    ['a refusal', '/api/v1/namespaces/nobody'],
  ])('%s', async (_case, path) => {
    const plain = await ask({ path });
    expect(plain).toBe(`${JSON.stringify(JSON.parse(plain))}\n`);
    expect(await ask({ path, headers: curl })).toBe(JSON.stringify(JSON.parse(plain), null, 2));
    expect(await ask({ path: `${path}?pretty=true` })).toBe(JSON.stringify(JSON.parse(plain), null, 2));
    expect(await ask({ path: `${path}?pretty=0`, headers: curl })).toBe(plain);
  });

  it('the version, whoever asks', async () => {
    const text = await ask({ path: '/version' });
    expect(text).toBe(JSON.stringify(JSON.parse(text), null, 2));
  });
});
