/** How long each step of the story takes: `argosy demo`, three times; the median of each step. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const built = new URL('../apps/argosy/dist/argosy.mjs', import.meta.url).pathname;
const ROUNDS = 3;
const STEP = /^\s+[\d.]+ s {2}(.{26}) .*\((\d+\.\d) s\)$/;
const took = new Map<string, number[]>();
const whole: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const { stdout } = await promisify(execFile)(process.execPath, [built, 'demo'], { maxBuffer: 16 * 1024 * 1024 });
  const seen = new Map<string, number>();
  for (const line of stdout.split('\n')) {
    const [, title = '', seconds = ''] = STEP.exec(line) ?? [];
    if (!title) continue;
    const name = title.trim();
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const key = count > 1 ? `${name} (with the mistake)` : name;
    took.set(key, [...(took.get(key) ?? []), Number(seconds)]);
  }
  whole.push(Number(/ended green in ([\d.]+) s/.exec(stdout)?.[1] ?? Number.NaN));
}
const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
for (const [name, seconds] of took) console.log(`${name.padEnd(32)} median ${median(seconds).toFixed(1)} s`);
console.log(`${'the whole story'.padEnd(32)} median ${median(whole).toFixed(1)} s (${whole.join(', ')})`);
