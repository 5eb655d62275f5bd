/** Logs over WebSocket, for programs that read no other stream. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { ApiStatusError } from '@argosy/kube';
import type { LogOptions } from '@argosy/client';

import type { PodAccess } from '../../src/kubelet/pod-runtime.ts';
import { createPod, serveApi, type ServedApi } from './served-api.ts';

let api: ServedApi;
let asked: LogOptions | undefined;
beforeAll(async () => {
  api = await serveApi();
  await createPod(api.client);
  const logs: PodAccess['logs'] = async function* (_pod, options) {
    asked = options;
    if (options.container === 'none') throw new ApiStatusError('BadRequest', 'container none is not valid for pod p');
    yield Buffer.from('one\n');
    yield Buffer.from([0xff, 0x0a]);
    if (options.follow) await new Promise((resolve) => options.signal?.addEventListener('abort', resolve));
  };
  api.server.setPodAccess({ logs } as PodAccess);
});
afterAll(() => api.close());

const open = (query: string, protocols: readonly string[], headers: Readonly<Record<string, string>> = {}) => {
  const url = `${api.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/p/log?${query}`;
  return new WebSocket(url, [...protocols], { headers });
};
const read = (socket: WebSocket) =>
  new Promise<{ readonly protocol: string; readonly messages: readonly (string | Buffer)[]; readonly code: number }>(
    (resolve, reject) => {
      const messages: (string | Buffer)[] = [];
      socket.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString('utf8')));
      socket.on('error', reject);
      socket.on('close', (code) => resolve({ protocol: socket.protocol, messages, code }));
    },
  );
const refusal = (socket: WebSocket) =>
  new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve) => {
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString('utf8')));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
  });

describe('a log in a WebSocket', () => {
  it.each([
    { protocols: [], protocol: '' },
    { protocols: ['v9.other', 'binary.k8s.io'], protocol: 'binary.k8s.io' },
  ])('is its bytes: $protocols', async ({ protocols, protocol }) => {
    expect(await read(open('container=c&tailLines=2', protocols))).toEqual({
      protocol,
      messages: [Buffer.from(''), Buffer.from('one\n'), Buffer.from([0xff, 0x0a])],
      code: 1000,
    });
    expect(asked).toMatchObject({ container: 'c', tailLines: 2, follow: false });
  });

  it('is text where the client wants text', async () => {
    expect(await read(open('', ['base64.binary.k8s.io', 'binary.k8s.io']))).toEqual({
      protocol: 'base64.binary.k8s.io',
      messages: ['', Buffer.from('one\n').toString('base64'), Buffer.from([0xff, 0x0a]).toString('base64')],
      code: 1000,
    });
  });

  it('ends for the reader of the log when the client goes', async () => {
    const socket = open('follow=true', []);
    await new Promise((resolve) => socket.on('open', resolve));
    await expect.poll(() => asked?.follow).toBe(true);
    expect(asked?.signal?.aborted).toBe(false);
    socket.close();
    await expect.poll(() => asked?.signal?.aborted).toBe(true);
  });

  it('is refused as any request is', async () => {
    const answers = [
      await refusal(open('container=none', [])),
      await refusal(open('', ['v4.channel.k8s.io'])),
      await refusal(open('', [], { 'impersonate-user': 'jane' })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 403]);
    expect(answers[0]?.text).toContain('container none is not valid for pod p');
    expect(answers[1]?.text).toContain('unable to negotiate protocol');
    expect(answers[2]?.text).toContain('cannot get resource \\"pods/log\\"');
  });
});
