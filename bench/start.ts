/** How long `argosy up` takes to Ready and what it then holds in memory, with nothing in it. Median of five starts. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const built = new URL('../apps/argosy/dist/argosy.mjs', import.meta.url).pathname;
const times: number[] = [];
const sizes: number[] = [];
for (let round = 0; round < 5; round += 1) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-bench-'));
  const started = performance.now();
  const child = spawn(process.execPath, [built, 'up', '--data', directory, '--port', '0', '--kube-port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (part: Buffer) => part.toString('utf8').includes('Ready in') && resolve()),
  );
  times.push(performance.now() - started);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  if (process.platform === 'linux')
    sizes.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  child.kill('SIGTERM');
  await new Promise((resolve) => child.on('exit', resolve));
  await rm(directory, { recursive: true, force: true });
}
const median = (values: number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
console.log(`process start to Ready, new data folder: median ${median(times).toFixed(0)} ms`);
if (sizes.length > 0) console.log(`resident at rest: median ${median(sizes).toFixed(0)} MB`);
