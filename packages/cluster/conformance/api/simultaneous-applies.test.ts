/** Clients that apply the same new object at the same moment: one of them makes it. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createJournaledStore } from '../../src/store/journaled-store.ts';
import { serveApi, type ServedApi } from './served-api.ts';

let api: ServedApi;
let isSlow = false;
beforeAll(async () => {
  const append = () => new Promise<void>((resolve) => setTimeout(resolve, isSlow ? 100 : 0));
  api = await serveApi({ store: createJournaledStore({ append, close: () => Promise.resolve() }) });
  isSlow = true;
});
afterAll(() => api.close());

it('one is told that it was made, the others that it was there', async () => {
  const managers = ['first', 'second', 'third'];
  const answers = await Promise.all(
    managers.map((manager) =>
      api.ask({
        method: 'PATCH',
        path: `/api/v1/namespaces/default/configmaps/shared?fieldManager=${manager}`,
        type: 'application/apply-patch+yaml',
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data: { [manager]: 'x' } },
      }),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 201]);
  const { text } = await api.ask({ path: '/api/v1/namespaces/default/configmaps/shared' });
  expect(JSON.parse(text)).toMatchObject({ data: { first: 'x', second: 'x', third: 'x' } });
});
