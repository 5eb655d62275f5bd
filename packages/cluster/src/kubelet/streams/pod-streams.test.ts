import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Pod } from '@argosy/kube';

import { createPodStreams } from './pod-streams.ts';

let server: net.Server;
let port = 0;
beforeAll(async () => {
  server = net.createServer((socket) => socket.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const aPod = (podIP: string): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status: { podIP } });
const streams = (own: string | undefined) =>
  createPodStreams('process', { running: () => undefined, addressOf: () => own });

it('a pod is where the runtime has put it, whatever its status says', async () => {
  const socket = await streams('127.0.0.1').connect(aPod('192.0.2.1'), port);
  socket.setEncoding('utf8');
  const text = await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  expect(text).toBe('here');
});

it.each(['127.0.0.1', '127.1.2.3', '0.0.0.0', '169.254.169.254', '::1', 'fe80::1', '::ffff:127.0.0.1'])(
  'who writes a status does not reach %s by it',
  (podIP) => expect(streams(undefined).connect(aPod(podIP), port)).rejects.toThrow('address not allowed'),
);
