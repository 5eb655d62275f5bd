/** How the parts of a cluster are, as `kubectl get componentstatuses` asks. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { serveApi, type ServedApi } from './served-api.ts';

const PATH = '/api/v1/componentstatuses';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
});
afterAll(() => api.close());

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly string[] }[];
}
const table = async (query = ''): Promise<Table> => {
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
  return JSON.parse((await api.ask({ path: `${PATH}${query}`, headers })).text) as Table;
};
const cells = async (query = '') => (await table(query)).rows.map((row) => row.cells);

it('a part is well from when it runs until it ends', async () => {
  const absent = 'it does not run beside this server';
  expect((await table()).columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Status', 'Message', 'Error']);
  expect(await cells()).toEqual([
    ['controller-manager', 'Unhealthy', absent, ''],
    ['scheduler', 'Unhealthy', absent, ''],
    ['etcd-0', 'Healthy', 'ok', ''],
  ]);
  let fail: (why: Error) => void = () => undefined;
  const work = new Promise((_resolve, reject) => (fail = reject));
  api.server.componentRuns('scheduler', work);
  api.server.componentRuns('controller-manager', new Promise(() => undefined));
  expect((await cells()).map(([name, status]) => [name, status])).toEqual([
    ['controller-manager', 'Healthy'],
    ['scheduler', 'Healthy'],
    ['etcd-0', 'Healthy'],
  ]);
  fail(new Error('no room'));
  await work.catch(() => undefined);
  expect(await cells('?fieldSelector=metadata.name%3Dscheduler')).toEqual([
    ['scheduler', 'Unhealthy', 'it has failed: no room', ''],
  ]);
});

it('is asked for by name, and said to be old', async () => {
  const { status, text, warning } = await api.ask({ path: `${PATH}/etcd-0` });
  expect(status).toBe(200);
  expect(warning).toContain('v1 ComponentStatus is deprecated in v1.19+');
  expect(JSON.parse(text)).toEqual({
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name: 'etcd-0' },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  });
});

it.each([
  ['GET', '/nope', 500, 'Component not found: nope'],
  ['GET', '?watch=1', 405, 'watch is not supported on resources of kind \\"componentstatuses\\"'],
  ['DELETE', '/etcd-0', 405, 'the server does not allow this method on the requested resource'],
  ['POST', '', 405, 'the server does not allow this method on the requested resource'],
])('%s %s is refused', async (method, path, status, says) => {
  const answer = await api.ask({ method, path: `${PATH}${path}`, ...(method === 'POST' ? { body: {} } : {}) });
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(says) as string]);
});
