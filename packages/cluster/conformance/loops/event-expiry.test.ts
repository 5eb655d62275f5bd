/** Events go an hour after they were last told. */
import { expect, it, vi } from 'vitest';

import { createVirtualClock } from '@argosy/base';
import { CORE_EVENTS } from '@argosy/kube';

import { createEventExpiryLoop } from '../../src/loops/event-expiry/controller.ts';
import { clusterDeps, runAll, startApiServer } from '../running-cluster.ts';

/** What the loop is about to do is done: it looks at the clock first and sets its timer later. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('events that are over go, those told again stay', async () => {
  const clock = createVirtualClock(Date.UTC(2026, 0, 1));
  const server = await startApiServer({ clock });
  const deps = { ...clusterDeps(server.client), clock };
  const end = runAll(deps, [createEventExpiryLoop(deps)]);
  const names = async () => (await server.client.list(CORE_EVENTS)).items.map(({ metadata }) => metadata.name);
  for (const name of ['once', 'again'])
    await server.client.create(CORE_EVENTS, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: 'default' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    });
  await turn();
  clock.advance(1_800_000);
  const lastTimestamp = new Date(clock.now()).toISOString().replace('.000', '');
  await server.client.patch(
    CORE_EVENTS,
    { namespace: 'default', name: 'again' },
    { kind: 'merge', patch: { lastTimestamp } },
  );
  await turn();
  clock.advance(1_800_001);
  await vi.waitFor(async () => expect(await names()).toEqual(['again']));
  clock.advance(1_800_000);
  await vi.waitFor(async () => expect(await names()).toEqual([]));
  await end();
  await server.close();
});
