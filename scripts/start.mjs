/** `npm start`: makes the checkout ready, and starts the platform. `-- --empty` starts it without the first story; there is none yet. */
import { spawn } from 'node:child_process';
import path from 'node:path';

import { buildIfNeeded, installIfNeeded, requirePrograms, ROOT } from './prepare.mjs';

requirePrograms();
installIfNeeded();
buildIfNeeded();

const asked = process.argv.slice(2);
const child = spawn(
  process.execPath,
  [path.join(ROOT, 'apps/argosy/dist/argosy.mjs'), 'up', ...asked.filter((flag) => flag !== '--empty')],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
