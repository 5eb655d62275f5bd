import http from 'node:http';
import http2 from 'node:http2';
import net, { type AddressInfo } from 'node:net';

import { afterAll, describe, expect, it } from 'vitest';

import type { Probe } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { runProbe } from './run-probe.ts';

const host = '127.0.0.1';
const open: (() => void)[] = [];
afterAll(() => open.forEach((close) => close()));
const listen = async (server: net.Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  open.push(() => server.close());
  return (server.address() as AddressInfo).port;
};
const closedPort = async (): Promise<number> => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const running = {
  exec: (command: readonly string[], timeoutMs: number) =>
    Promise.resolve(
      command[0] === 'slow'
        ? { exitCode: 124, output: `after ${timeoutMs}`, timedOut: true }
        : { exitCode: 4, output: 'why' },
    ),
} as unknown as RunningContainer;
const run = (probe: Probe) => runProbe(probe, { container: { name: 'c' }, running, podIP: host });

describe('an exec probe', () => {
  it('fails with what the command says', async () =>
    expect(await run({ exec: { command: ['x'] } })).toEqual({ passed: false, message: 'why' }));
  it('names the command that takes too long', async () =>
    expect((await run({ exec: { command: ['slow', '5'] } })).message).toBe('command "slow 5" timed out'));
});

describe('a network probe', () => {
  it('says where nobody listens', async () => {
    const port = await closedPort();
    const dial = `dial tcp ${host}:${port}: connect: connection refused`;
    expect((await run({ tcpSocket: { port } })).message).toBe(dial);
    const url = `http://${host}:${port}/up`;
    expect((await run({ httpGet: { path: '/up', port } })).message).toBe(`Get "${url}": ${dial}`);
  });

  it('says who answers too late', async () => {
    const port = await listen(http.createServer(() => undefined));
    const { passed, message } = await run({ httpGet: { path: '/', port }, timeoutSeconds: 0.2 });
    expect(passed).toBe(false);
    expect(message).toContain('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
  });

  it('follows to the same host, and takes the word of who sends it elsewhere', async () => {
    const port = await listen(
      http.createServer((request, response) => {
        const to: Readonly<Record<string, string>> = {
          '/away': 'http://other.invalid/',
          '/here': '/gone',
          '/ok': '/up',
        };
        const location = to[request.url ?? ''];
        if (location !== undefined) return void response.writeHead(302, { location }).end();
        response.writeHead(request.url === '/gone' ? 404 : 200).end();
      }),
    );
    const passed = async (path: string) => (await run({ httpGet: { path, port } })).passed;
    expect([await passed('/away'), await passed('/here'), await passed('ok')]).toEqual([true, false, true]);
  });
});

describe('a gRPC probe', () => {
  const serve = (answer: (stream: http2.ServerHttp2Stream, body: Buffer) => void): Promise<number> => {
    const server = http2.createServer();
    server.on('stream', (stream) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => answer(stream, Buffer.concat(parts)));
    });
    return listen(server);
  };
  const health = (status: number) => (stream: http2.ServerHttp2Stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status]));
  };

  it('passes while the server serves, and says how it is otherwise', async () => {
    expect(await run({ grpc: { port: await serve(health(1)) } })).toEqual({ passed: true, message: '' });
    expect(await run({ grpc: { port: await serve(health(2)) } })).toEqual({
      passed: false,
      message: 'service unhealthy (responded with "NOT_SERVING")',
    });
  });

  it('asks about the service it is given', async () => {
    let asked = '';
    const port = await serve((stream, body) => {
      asked = body.toString('hex');
      health(1)(stream);
    });
    expect((await run({ grpc: { port, service: 'ab' } })).passed).toBe(true);
    expect(asked).toBe('00000000040a026162');
  });

  it('reads no more of an answer than there can be', async () => {
    const port = await serve((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.on('error', () => undefined).write(Buffer.alloc(64 * 1024));
    });
    expect(await run({ grpc: { port } })).toEqual({
      passed: false,
      message: 'error: health rpc probe failed: the answer is longer than 4096 bytes',
    });
  });

  it('says when a server does not know the protocol, answers never, or is not there', async () => {
    const unknown = await serve((stream) =>
      stream.respond({ ':status': 200, 'grpc-status': '12', 'grpc-message': 'unknown%20service' }, { endStream: true }),
    );
    expect((await run({ grpc: { port: unknown } })).message).toBe(
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service',
    );
    const mute = await serve(() => undefined);
    expect((await run({ grpc: { port: mute }, timeoutSeconds: 0.3 })).message).toBe(
      'timeout: health rpc did not complete within 0.3s',
    );
    const port = await closedPort();
    expect((await run({ grpc: { port } })).message).toContain(`failed to connect service at "${host}:${port}"`);
  });
});
