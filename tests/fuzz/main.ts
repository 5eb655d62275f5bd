/**
 * `npm run fuzz [-- --minutes M --seed N --only NAME]`: every language in turns, in a process of its own that is ended when it hangs.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { fuzz, type Fault } from './fuzz.ts';
import { TARGETS } from './targets.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    round: { type: 'string' },
  },
});
const RUNS = 400;
const MOST_MS = 4000;
/** A round that takes longer hangs. */
const HANGS_AFTER_MS = 180_000;

/** In the process of one round: says what it found as JSON. */
const playRound = async (name: string, seed: number): Promise<void> => {
  const target = TARGETS.find((one) => one.name === name);
  if (!target) throw new Error(`no language ${name}; there are ${TARGETS.map((one) => one.name).join(', ')}`);
  console.log(JSON.stringify((await fuzz(target, { seed, runs: RUNS, mostMs: MOST_MS })) ?? null));
};

const startRound = (target: string, seed: number): Promise<Fault | undefined> =>
  new Promise((resolve) => {
    const fault = (what: string): void => resolve({ target, seed, text: '', what });
    const args = ['--import', 'tsx', fileURLToPath(import.meta.url), '--round', target, '--seed', String(seed)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fault(`hangs: not done after ${HANGS_AFTER_MS / 1000} s`);
    }, HANGS_AFTER_MS);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (code !== 0) return fault(`the process died (${code ?? signal}): ${errors.slice(-2000)}`);
      resolve((JSON.parse(output.trim().split('\n').at(-1) ?? 'null') as Fault | null) ?? undefined);
    });
  });

const play = async (): Promise<number> => {
  const names = TARGETS.map(({ name }) => name).filter((name) => values.only === undefined || name === values.only);
  const end = Date.now() + Number(values.minutes) * 60_000;
  let rounds = 0;
  const faults: Fault[] = [];
  const broken = new Set<string>();
  for (let seed = Number(values.seed); Date.now() < end && broken.size < names.length; seed += 1)
    for (const name of names.filter((one) => !broken.has(one))) {
      if (Date.now() >= end) break;
      const fault = await startRound(name, seed);
      rounds += 1;
      if (!fault) continue;
      faults.push(fault);
      // The same fault would be found again and again.
      broken.add(name);
      console.log(`${name}, seed ${seed}: ${shorten(JSON.stringify(fault.text))}\n  ${fault.what}`);
    }
  console.log(`${rounds} rounds of ${RUNS} texts, ${faults.length} faults`);
  return faults.length;
};

/** Whoever needs all of it has the seed. */
function shorten(text: string): string {
  const { length } = text;
  return length <= 600 ? text : `${text.slice(0, 300)} … ${text.slice(-300)} (${length} characters)`;
}

if (values.round === undefined) process.exitCode = (await play()) > 0 ? 1 : 0;
else await playRound(values.round, Number(values.seed));
