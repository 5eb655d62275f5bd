/** Commands over WebSocket, in the protocols of old clients and of new ones. */
import { Readable } from 'node:stream';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import type { PodAccess } from '../../src/kubelet/pod-runtime.ts';
import { createPod, serveApi, type ServedApi } from './served-api.ts';

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi();
  await createPod(api.client);
  const exec: PodAccess['exec'] = async (_pod, { command }) => ({
    stdout: Readable.from([Buffer.from(command.join(' '))]),
    stderr: Readable.from([]),
    resize: () => undefined,
    ended: Promise.resolve(command[0] === 'false' ? 3 : 0),
    close: () => undefined,
  });
  api.server.setPodAccess({ exec } as PodAccess);
});
afterAll(() => api.close());

/** What came on each channel, and the protocol that was chosen. */
const run = (command: string, protocols: readonly string[]) =>
  new Promise<{ readonly protocol: string; readonly channels: Readonly<Record<number, string>> }>((resolve, reject) => {
    const url = `${api.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/p/exec?command=${command}&stdout=1&stderr=1`;
    const socket = new WebSocket(url, [...protocols]);
    const channels: Record<number, string> = {};
    socket.on('message', (data: Buffer) => {
      if (data.length > 1) channels[data[0]!] = (channels[data[0]!] ?? '') + data.subarray(1).toString('utf8');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve({ protocol: socket.protocol, channels }));
  });
const FAILURE = 'command terminated with non-zero exit code: exit status 3';

describe('a command in a WebSocket', () => {
  it.each([{ protocols: ['channel.k8s.io'] }, { protocols: [] }])(
    'tells in words what failed, and nothing else: $protocols',
    async ({ protocols }) => {
      const protocol = protocols[0] ?? '';
      expect(await run('echo', protocols)).toEqual({ protocol, channels: { 1: 'echo' } });
      expect(await run('false', protocols)).toEqual({ protocol, channels: { 1: 'false', 3: FAILURE } });
    },
  );

  it('tells how it ended as a status where the client knows that', async () => {
    const { protocol, channels } = await run('false', ['channel.k8s.io', 'v4.channel.k8s.io']);
    expect(protocol).toBe('v4.channel.k8s.io');
    expect(JSON.parse(channels[3] ?? '')).toMatchObject({ status: 'Failure', message: FAILURE });
    expect(JSON.parse((await run('echo', ['v5.channel.k8s.io'])).channels[3] ?? '')).toMatchObject({
      status: 'Success',
    });
  });
});
