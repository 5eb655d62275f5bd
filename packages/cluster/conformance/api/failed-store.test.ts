/** A store that can write no more: who asks is told, and what is there is still read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createJournaledStore } from '../../src/store/journaled-store.ts';
import { serveApi, type ServedApi } from './served-api.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const aMap = (name: string) => ({ method: 'POST', path: MAPS, body: { metadata: { name } } });

let api: ServedApi;
let isFull = false;
beforeAll(async () => {
  const append = () => (isFull ? Promise.reject(new Error('ENOSPC: no space left on device')) : Promise.resolve());
  api = await serveApi({ store: createJournaledStore({ append, close: () => Promise.resolve() }) });
  expect((await api.ask(aMap('before'))).status).toBe(201);
  expect(await api.ask({ path: '/readyz' })).toMatchObject({ status: 200, text: 'ok' });
  isFull = true;
});
afterAll(() => api.close());

describe('a server whose store has failed', () => {
  it('says why it refuses a write, and what to do', async () => {
    for (const name of ['first', 'second']) {
      const answer = await api.ask(aMap(name));
      expect(answer.status).toBe(500);
      expect(answer.text).toContain('the store cannot write: ENOSPC: no space left on device');
      expect(answer.text).toContain('start again');
    }
  });

  it('does not call itself well', async () => {
    expect(await api.ask({ path: '/readyz' })).toMatchObject({
      status: 500,
      text: '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n',
    });
    expect((await api.ask({ path: '/livez/etcd' })).status).toBe(500);
    expect((await api.ask({ path: '/livez/ping' })).status).toBe(200);
    expect((await api.ask({ path: '/healthz?exclude=etcd' })).status).toBe(200);
  });

  it('is read all the same', async () => {
    expect((await api.ask({ path: `${MAPS}/before` })).status).toBe(200);
    expect((await api.ask({ path: `${MAPS}/first` })).status).toBe(404);
  });
});

describe('what is counted of requests', () => {
  it('has an end, whatever callers think of', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `made-up-${at}`);
    for (const name of names) {
      await api.ask({ path: `/apis/${name}/v1/namespaces/n/${name}/x` });
      await api.ask({ path: `${MAPS}/before/${name}` });
    }
    const { text } = await api.ask({ path: '/metrics' });
    expect(text).not.toContain('made-up');
    expect(text).toMatch(/apiserver_request_total\{[^}]*resource="unknown"[^}]*\} 20/);
    expect(text).toMatch(/apiserver_request_total\{[^}]*resource="configmaps",subresource="unknown"[^}]*\} 20/);
  });
});
