/**
 * Publishes until killed, and prints each id once the bus says it is durable. Run by the test of the embedded bus.
 */
import { createSystemClock } from '@argosy/base';

import { createEventBuses } from '../src/bus/embedded-bus.ts';
import { openLmdbStorage } from '../src/bus/lmdb-storage.ts';

const directory = process.argv[2] ?? '';
const buses = createEventBuses({ clock: createSystemClock(), storage: openLmdbStorage({ directory }) });
const bus = buses.of('default', 'default');
const publishOne = async (id: string): Promise<void> => {
  await bus.publish({
    specversion: '1.0',
    id,
    type: 'webhook',
    source: 'webhook',
    subject: 'example',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    data: '{}',
  });
  process.stdout.write(`${id}\n`);
};
for (let round = 0; ; round += 1) {
  await Promise.all(Array.from({ length: 20 }, (_, index) => publishOne(`${round}-${index}`)));
}
