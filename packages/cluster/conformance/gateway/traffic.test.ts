import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { GATEWAYS, HTTP_ROUTES, INGRESSES } from '@argosy/kube';

import { aGateway, anIngress, aRoute, createGatewayWorld, NS, type GatewayWorld } from './gateway-world.ts';

let world: GatewayWorld;

beforeAll(async () => {
  world = await createGatewayWorld();
  await world.client.create(GATEWAYS, aGateway() as never);
  await world.service('stable', [await world.backend('stable')], 'aaa');
  await world.service('canary', [await world.backend('canary')], 'bbb');
});
afterAll(() => world.close());

const isBackend = ({ code }: { readonly code: number }): boolean => code === 200;

/** Asks many times and counts who answered. */
const share = async (host: string, requests: number): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (let sent = 0; sent < requests; sent += 20) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask('/', { host })));
    for (const { code, text } of answers) {
      const name = code === 200 ? text : `${code} ${text}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
};

const weighted = (canary: number) => ({
  rules: [
    {
      backendRefs: [
        { name: 'stable', port: 80, weight: 100 - canary },
        { name: 'canary', port: 80, weight: canary },
      ],
    },
  ],
});

describe('weights', () => {
  it.each([5, 50, 33])('sends %i of 100 requests to the canary of an HTTPRoute', async (weight) => {
    const host = `w${weight}.example.com`;
    await world.client.create(HTTP_ROUTES, aRoute(`w${weight}`, { hostnames: [host], ...weighted(weight) }));
    await world.settle('/', { host }, isBackend);
    const counts = await share(host, 1000);
    expect(Object.keys(counts).sort()).toEqual(['canary', 'stable']);
    expect(Math.abs((counts['canary'] ?? 0) - weight * 10)).toBeLessThanOrEqual(20);
  });
  it('sends nothing to weight 0', async () => {
    const host = 'w0.example.com';
    await world.client.create(HTTP_ROUTES, aRoute('w0', { hostnames: [host], ...weighted(0) }));
    await world.settle('/', { host }, isBackend);
    expect(await share(host, 200)).toEqual({ stable: 200 });
  });
  it('follows canary-weight of a second Ingress', async () => {
    const host = 'ing.example.com';
    await world.client.create(INGRESSES, anIngress('web', { host, service: 'stable' }));
    const canary = anIngress('web-canary', {
      host,
      service: 'canary',
      annotations: { canary: 'true', 'canary-weight': '20' },
    });
    await world.client.create(INGRESSES, canary);
    await world.settle('/', { host }, isBackend);
    const counts = await share(host, 1000);
    expect(Object.keys(counts).sort()).toEqual(['canary', 'stable']);
    expect(Math.abs((counts['canary'] ?? 0) - 200)).toBeLessThanOrEqual(20);
  });
  it('loses no request while weights change', async () => {
    const host = 'moving.example.com';
    await world.client.create(HTTP_ROUTES, aRoute('moving', { hostnames: [host], ...weighted(0) }));
    await world.settle('/', { host }, isBackend);
    const traffic = share(host, 2000);
    for (const weight of [10, 25, 50, 75, 100]) {
      await world.client.patch(
        HTTP_ROUTES,
        { namespace: NS, name: 'moving' },
        { kind: 'merge', patch: { spec: weighted(weight) } },
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const counts = await traffic;
    expect(Object.keys(counts).sort()).toEqual(['canary', 'stable']);
    expect((await share(host, 100))['canary']).toBe(100);
  });
});

describe('measurements', () => {
  it('answers a rate query that agrees with the counts', async () => {
    const host = 'rate.example.com';
    await world.client.create(HTTP_ROUTES, aRoute('rate', { hostnames: [host], ...weighted(50) }));
    await world.settle('/', { host }, isBackend);
    const counts = await share(host, 1000);
    // Seconds are the resolution of what is kept.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const selector = 'argosy_gateway_requests_total{route="rate",code="200"}';
    const byHash = await ask(`sum by (pod_template_hash) (increase(${selector}[1m]))`);
    const [stable = 0, canary = 0] = ['aaa', 'bbb'].map(
      (hash) => byHash.find(([labels]) => labels['pod_template_hash'] === hash)?.[1] ?? 0,
    );
    // The request that waited for the route is counted too, on either side.
    expect(stable + canary).toBe(1001);
    expect(Math.abs(canary - (counts['canary'] ?? 0))).toBeLessThanOrEqual(1);
    expect((await ask(`sum(rate(${selector}[1m]))`))[0]?.[1]).toBeCloseTo(1001 / 60, 1);
    expect(await ask('sum(argosy_gateway_request_duration_seconds_bucket{route="rate",le="+Inf"})')).toEqual([
      [{}, 1001],
    ]);
  });
  it('speaks as Prometheus does', async () => {
    const get = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`${world.metricsUrl}${path}`, init);
      return [answer.status, await answer.text()] as const;
    };
    expect((await get('/-/healthy'))[0]).toBe(200);
    const [code, text] = await get('/metrics');
    expect(code).toBe(200);
    expect(text).toMatch(/argosy_gateway_requests_total\{namespace="default",service="canary",[^}]*code="200"\} \d+/);
    const post = { method: 'POST', body: new URLSearchParams({ query: 'topk(1, x)' }) };
    expect(await get('/api/v1/query', post)).toEqual([
      400,
      JSON.stringify({
        status: 'error',
        errorType: 'bad_data',
        error: 'invalid parameter "query": not supported: aggregation topk',
      }),
    ]);
    const [, range] = await get('/api/v1/query_range?query=vector(1)&start=0&end=2&step=1');
    expect(JSON.parse(range)).toEqual({
      status: 'success',
      data: {
        resultType: 'matrix',
        result: [{ metric: {}, values: [0, 1, 2].map((at) => [at, '1']) }],
      },
    });
    expect((await get('/api/v1/nothing'))[0]).toBe(404);
  });
});

const ask = async (query: string): Promise<readonly (readonly [Readonly<Record<string, string>>, number])[]> => {
  const answer = await fetch(`${world.metricsUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as {
    readonly data: {
      readonly result: readonly {
        readonly metric: Record<string, string>;
        readonly value: readonly [number, string];
      }[];
    };
  };
  return data.result.map(({ metric, value }) => [metric, Number(value[1])] as const);
};
