/** `npm run kill-test [-- ROUNDS]`: kill -9 under write load, again and again; 100 times unless told otherwise. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { buildIfNeeded, installIfNeeded, requirePrograms, ROOT } from './prepare.mjs';

requirePrograms();
installIfNeeded();
buildIfNeeded();
const main = path.join(ROOT, 'tests/durability/main.ts');
const { status } = spawnSync(process.execPath, ['--import', 'tsx', main, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exit(status ?? 1);
