import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { SECRETS } from '@argosy/kube';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyChange, WORKFLOWS, type WorkflowSpec } from '../src/index.ts';
import { NAMESPACE, isEnded, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
let server: Server;
let url: string;
const seen: string[] = [];
let failures = 0;

beforeAll(async () => {
  cluster = await startCluster();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${String(request.headers['x-token'] ?? '')} ${body}`);
      if (request.url === '/never') return;
      if (request.url === '/flaky' && failures++ === 0) response.statusCode = 503;
      if (request.url === '/teapot') response.statusCode = 418;
      response.setHeader('content-type', 'text/plain');
      response.end(`answer to ${request.url}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await cluster.stop();
});

const run = async (name: string, spec: WorkflowSpec) => {
  await cluster.submit(name, spec);
  const ended = await cluster.until(name, isEnded, 30);
  const nodes = Object.values(ended.status?.nodes ?? {});
  return { phase: ended.status?.phase, node: nodes.find((one) => one.type === 'HTTP'), nodes };
};

describe('http templates', () => {
  it('send a request and give its answer to the next step', { timeout: 30_000 }, async () => {
    await cluster.client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'api', namespace: NAMESPACE },
      data: { token: Buffer.from('s3cret').toString('base64') },
    });
    const { phase, node } = await run('posts', {
      entrypoint: 'main',
      templates: [
        {
          name: 'main',
          steps: [
            [{ name: 'ask', template: 'ask', arguments: { parameters: [{ name: 'm', value: 'hello' }] } }],
            [
              {
                name: 'check',
                template: 'check',
                arguments: { parameters: [{ name: 'r', value: '{{steps.ask.outputs.result}}' }] },
              },
            ],
          ],
        },
        {
          name: 'ask',
          inputs: { parameters: [{ name: 'm' }] },
          http: {
            url: `${url}/ask`,
            method: 'POST',
            body: 'say {{inputs.parameters.m}}',
            headers: [{ name: 'x-token', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } }],
          },
        },
        {
          name: 'check',
          inputs: { parameters: [{ name: 'r' }] },
          container: { image: 'any', command: ['sh', '-c', 'test "{{inputs.parameters.r}}" = "answer to /ask"'] },
        },
      ],
    });
    expect([phase, node?.phase, node?.outputs?.result, node?.progress]).toEqual([
      'Succeeded',
      'Succeeded',
      'answer to /ask',
      '1/1',
    ]);
    expect(seen).toContain('POST /ask s3cret say hello');
  });

  it.each([
    {
      reason: 'fail for another status',
      http: { url: '/teapot' },
      phase: 'Failed',
      message: 'received non-2xx response code: 418',
    },
    {
      reason: 'are judged by their condition',
      http: {
        url: '/teapot',
        successCondition: 'response.statusCode == 418 && response.headers["Content-Type"][0] == "text/plain"',
      },
      phase: 'Succeeded',
      message: undefined,
    },
    {
      reason: 'fail by their condition',
      http: { url: '/x', successCondition: 'response.body contains "no"' },
      phase: 'Failed',
      message: expect.stringContaining('evaluated false'),
    },
    {
      reason: 'fail without an answer in time',
      http: { url: '/never', timeoutSeconds: 1 },
      phase: 'Failed',
      message: expect.stringContaining('timeout'),
    },
    {
      reason: 'fail without a secret they need',
      http: { url: '/x', headers: [{ name: 'a', valueFrom: { secretKeyRef: { name: 'api', key: 'none' } } }] },
      phase: 'Failed',
      message: 'header a: secret api has no key none',
    },
  ])('$reason', { timeout: 30_000 }, async ({ reason, http, phase, message }) => {
    const name = reason.replaceAll(' ', '-');
    const ended = await run(name, {
      entrypoint: 'main',
      templates: [{ name: 'main', http: { ...http, url: `${url}${http.url}` } }],
    });
    expect([ended.node?.phase, ended.node?.message]).toEqual([phase, message]);
  });

  it('are retried', { timeout: 30_000 }, async () => {
    const { phase, nodes } = await run('flaky', {
      entrypoint: 'main',
      templates: [{ name: 'main', retryStrategy: { limit: '2' }, http: { url: `${url}/flaky` } }],
    });
    expect([phase, nodes.filter((node) => node.type === 'HTTP').map((node) => node.phase)]).toEqual([
      'Succeeded',
      ['Failed', 'Succeeded'],
    ]);
  });

  it('end with their workflow', { timeout: 30_000 }, async () => {
    await cluster.submit('stopped', {
      entrypoint: 'main',
      templates: [{ name: 'main', http: { url: `${url}/never` } }],
    });
    const running = await cluster.until('stopped', (workflow) => workflow.status?.phase === 'Running');
    const changed = applyChange(running, { kind: 'stop', selector: '', message: '' }, Date.now());
    if (!changed.ok) throw new Error(changed.error);
    await cluster.client.update(WORKFLOWS, changed.value);
    const ended = await cluster.until('stopped', isEnded);
    expect(Object.values(ended.status?.nodes ?? {}).map((node) => node.message)).toEqual([
      "Stopped with strategy 'Stop'",
    ]);
  });
});
