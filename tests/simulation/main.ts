/** `npm run simulate [-- --seed N --hours H --runs R]`: exit code 1 and the seed when something does not hold. */
import { parseArgs } from 'node:util';

import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Date.now() % 1_000_000)) },
    hours: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
let isBroken = false;
for (let run = 0; run < Number(values.runs); run += 1) {
  const result = await simulate(Number(values.seed) + run, Number(values.hours));
  console.log(
    `seed ${result.seed}: ${result.actions} actions, ${result.crashes} crashes, ${result.violations.length} violations, fingerprint ${result.fingerprint}`,
  );
  if (values.trace || result.violations.length > 0) for (const line of result.trace) console.log(`  ${line}`);
  for (const violation of result.violations) console.log(`  VIOLATION ${violation}`);
  if (result.violations.length > 0)
    console.log(`  again: npm run simulate -- --seed ${result.seed} --hours ${values.hours}`);
  isBroken ||= result.violations.length > 0;
}
process.exitCode = isBroken ? 1 : 0;
