/**
 * A list of 10,000 pods through the API, whole and in pages of 500 as kubectl asks, median of five, beside etcd's range of
 * the same objects; and what the stored pods cost in memory.
 */
import { PODS, type Pod } from '@argosy/kube';

import { perSecond, quantile, startPlatform } from './peers/cluster.ts';
import { startEtcd } from './peers/etcd.ts';

const COUNT = 10_000;
const PAGE = 500;
const PATH = '/api/v1/namespaces/default/pods';

const platform = await startPlatform('--runtime', 'simulated');
const writers = Array.from({ length: 16 }, () => platform.connect());
const [writer = platform.connect()] = writers;
// Of a node that is not there, so that nothing moves them.
const aPod = (at: number): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `pod-${String(at).padStart(5, '0')}`, namespace: 'default', labels: { app: `app-${at % 100}` } },
  spec: { nodeName: 'elsewhere', containers: [{ name: 'main', image: 'registry.example/shop/web:1.2.3' }] },
});
const before = await platform.residentMb();
const created = await perSecond(16, COUNT, (at, index) => (writers[index] ?? writer).create(PODS, aPod(at)));
console.log(`created at ${Math.round(created).toLocaleString('en')}/s`);

const lean = await platform.connectLean();
const etcd = await startEtcd();
const peer = await etcd?.connect();
const { items } = await writer.list(PODS, { namespace: 'default' });
const bytes = items.reduce((sum, pod) => sum + JSON.stringify(pod).length, 0);
for (const pod of peer ? items : [])
  await peer?.put(`/registry/pods/default/${pod.metadata.name}`, JSON.stringify(pod));

const median = async (work: () => Promise<unknown>): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return quantile(times, 0.5);
};
const whole = await median(() => lean.read(PATH));
const parsed = await median(async () => {
  const list = JSON.parse((await lean.read(PATH)).toString('utf8')) as { readonly items: readonly Pod[] };
  if (list.items.length !== COUNT) throw new Error(`${list.items.length} pods instead of ${COUNT}`);
});
const paged = await median(async () => {
  for (let token: string | undefined = ''; token !== undefined;) {
    const page = await lean.read(`${PATH}?limit=${PAGE}${token ? `&continue=${token}` : ''}`);
    // The head of a list stands before its items.
    token = /"continue":"([^"]+)"/.exec(page.toString('latin1', 0, 500))?.[1];
  }
});
const theirs = peer && (await median(() => peer.list('/registry/pods/')));
const beside = theirs === undefined ? 'etcd is not installed' : `etcd ${theirs.toFixed(0)} ms`;
console.log(
  `list of ${COUNT} pods, whole: median ${whole.toFixed(0)} ms, parsed as well ${parsed.toFixed(0)} ms   ${beside}`,
);
console.log(`list of ${COUNT} pods, pages of ${PAGE}: median ${paged.toFixed(0)} ms`);
const grown = ((await platform.residentMb()) - before) * 1024 * 1024;
console.log(
  `resident memory grew by ${Math.round(grown / COUNT)} bytes a pod of ${Math.round(bytes / COUNT)} bytes   etcd resident ${etcd ? (await etcd.residentMb()).toFixed(0) : '-'} MB`,
);
for (const client of [lean, ...(peer ? [peer] : [])]) client.end();
await Promise.all(writers.map((one) => one.close()));
await platform.stop();
await etcd?.stop();
