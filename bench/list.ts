/** A list of 10,000 pods through the API, in pages of 500 as kubectl asks and whole; median of five. */
import { PODS, type KubeList, type Pod } from '@argosy/kube';

import { perSecond, quantile, startPlatform } from './peers/cluster.ts';

const COUNT = 10_000;
const platform = await startPlatform('--runtime', 'simulated');
const clients = Array.from({ length: 16 }, () => platform.connect());
const client = clients[0] ?? platform.connect();
// Of a node that is not there, so that nothing moves them.
const aPod = (at: number): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `pod-${at}`, namespace: 'default', labels: { app: `app-${at % 100}` } },
  spec: { nodeName: 'elsewhere', containers: [{ name: 'main', image: 'registry.example/shop/web:1.2.3' }] },
});
const before = await platform.residentMb();
const created = await perSecond(16, COUNT, (at, index) => (clients[index] ?? client).create(PODS, aPod(at)));
console.log(`created at ${Math.round(created).toLocaleString('en')}/s`);
const time = async (work: () => Promise<number>): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    const found = await work();
    if (found !== COUNT) throw new Error(`${found} pods instead of ${COUNT}`);
    times.push(performance.now() - started);
  }
  return quantile(times, 0.5);
};
const whole = await time(async () => (await client.list(PODS, { namespace: 'default' })).items.length);
const paged = await time(async () => {
  let count = 0;
  for (let token: string | undefined = ''; token !== undefined;) {
    const page: KubeList<Pod> = await client.list(PODS, {
      namespace: 'default',
      limit: 500,
      ...(token ? { continue: token } : {}),
    });
    count += page.items.length;
    token = page.metadata.continue || undefined;
  }
  return count;
});
console.log(`list of ${COUNT} pods, whole: median ${whole.toFixed(0)} ms, parsed by the client`);
console.log(`list of ${COUNT} pods, pages of 500: median ${paged.toFixed(0)} ms`);
console.log(`resident memory grew by ${((await platform.residentMb()) - before).toFixed(0)} MB`);
await Promise.all(clients.map((one) => one.close()));
await platform.stop();
