/** Values of the wrong type, in each way to write an object of a built-in kind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveApi, type ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
  expect((await ask('POST', PATH, aDeployment('there', { replicas: 1 }))).code).toBe(201);
});
afterAll(() => api.close());

const PATH = '/apis/apps/v1/namespaces/default/deployments';
const THERE = `${PATH}/there`;
const aDeployment = (name: string, spec: object): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    ...spec,
  },
});
const ask = async (method: string, path: string, body: unknown, type = 'application/json') => {
  const { status, text } = await api.ask({ method, path, body: JSON.stringify(body), type });
  const { reason, message } = JSON.parse(text) as { readonly reason?: string; readonly message?: string };
  return { code: status, reason, message };
};
const FIELD = 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32';

describe('a text where a number belongs', () => {
  const refused = {
    code: 400,
    reason: 'BadRequest',
    message: `Deployment in version "v1" cannot be handled as a Deployment: ${FIELD}`,
  };
  it('in a new object', async () => {
    expect(await ask('POST', PATH, aDeployment('new', { replicas: '3' }))).toEqual(refused);
  });
  it('in a replacement', async () => {
    expect(await ask('PUT', THERE, aDeployment('there', { replicas: '3' }))).toEqual(refused);
  });
  it('beside a status, though the status alone would be written', async () => {
    expect(await ask('PUT', `${THERE}/status`, aDeployment('there', { replicas: '3' }))).toEqual(refused);
  });
  it('in a merge patch, which shows what came of it', async () => {
    const { code, reason, message } = await ask(
      'PATCH',
      THERE,
      { spec: { replicas: '3' } },
      'application/merge-patch+json',
    );
    expect([code, reason]).toEqual([422, 'Invalid']);
    expect(message).toMatch(/^ "" is invalid: patch: Invalid value: "\{.*\\"replicas\\":\\"3\\".*\}": json: /);
    expect(message).toContain(FIELD);
  });
  it('in a strategic merge patch, which is shown as Go prints it', async () => {
    const patch = { spec: { replicas: '3' } };
    expect(await ask('PATCH', THERE, patch, 'application/strategic-merge-patch+json')).toEqual({
      code: 422,
      reason: 'Invalid',
      message: ' "" is invalid: patch: Invalid value: "map[spec:map[replicas:3]]": unrecognized type: int32',
    });
  });
  it('in what is applied', async () => {
    const applied = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'there' }, spec: { replicas: '3' } };
    expect(await ask('PATCH', `${THERE}?fieldManager=me`, applied, 'application/apply-patch+yaml')).toEqual({
      code: 400,
      reason: 'BadRequest',
      message:
        'failed to create typed patch object (/there; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string',
    });
  });
});

it('another kind is told as such, whatever its types', async () => {
  const { message } = await ask('POST', PATH, { ...aDeployment('new', { replicas: '3' }), kind: 'Nope' });
  expect(message).toContain('no kind "Nope" is registered');
});

it('a patch that fits its types fails for its own reasons', async () => {
  const { message } = await ask('PATCH', THERE, { spec: { replicas: -1 } }, 'application/merge-patch+json');
  expect(message).toBe(
    'Deployment.apps "there" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  );
});
