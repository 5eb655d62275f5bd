/** `npm run fuzz [-- --minutes M --seed N --only NAME]`: texts that are nearly programs, in every language that manifests hold. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { installIfNeeded, requirePrograms, ROOT } from './prepare.mjs';

requirePrograms();
installIfNeeded();
const main = path.join(ROOT, 'tests/fuzz/main.ts');
const { status } = spawnSync(process.execPath, ['--import', 'tsx', main, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exit(status ?? 1);
