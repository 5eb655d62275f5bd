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
    'context deadline exceeded: no answer within 1s',
  );
  silent.close();
});
