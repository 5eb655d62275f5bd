import net, { type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';

import { createMemoryStore } from '../../store/memory-store.ts';
import { callWebhook } from './call-webhook.ts';

it('says that a webhook took too long', async () => {
  const silent = net.createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const webhook = { name: 'slow.example.com', clientConfig: { url }, timeoutSeconds: 1 } as never;
  await expect(callWebhook(createMemoryStore(), webhook, { uid: 'u' })).rejects.toThrow(
    `Post "${url}?timeout=1s": context deadline exceeded`,
  );
  silent.close();
});

it('names a service that is not there by its address', async () => {
  const service = { namespace: 'shop', name: 'hooks', path: '/check?a=b' };
  const webhook = { name: 'gone.example.com', clientConfig: { service } } as never;
  await expect(callWebhook(createMemoryStore(), webhook, { uid: 'u' })).rejects.toThrow(
    'Post "https://hooks.shop.svc:443/check?a=b&timeout=10s": service "hooks" not found',
  );
});
