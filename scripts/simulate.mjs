/** `npm run simulate [-- --seed N --hours H --runs R --trace]`: loops in virtual time, with faults; a failure is a seed. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { installIfNeeded, requirePrograms, ROOT } from './prepare.mjs';

requirePrograms();
installIfNeeded();
const main = path.join(ROOT, 'tests/simulation/main.ts');
const { status } = spawnSync(process.execPath, ['--import', 'tsx', main, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exit(status ?? 1);
