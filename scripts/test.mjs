/** `npm test`: makes the checkout ready, checks types, lint, layers and format, and runs every test. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { buildIfNeeded, installIfNeeded, requirePrograms, ROOT } from './prepare.mjs';

requirePrograms();
installIfNeeded();
buildIfNeeded();

const run = (what, command, args) => {
  console.log(`argosy: ${what}`);
  return spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
};
const asked = process.argv.slice(2);
const checked =
  asked.length > 0 ? 0 : run('checking types, lint, layers and format', 'npm', ['run', '--silent', 'check']);
const tested = run('running the tests', process.execPath, [
  path.join(ROOT, 'node_modules/vitest/vitest.mjs'),
  'run',
  ...asked,
]);
process.exit(checked === 0 ? tested : checked);
