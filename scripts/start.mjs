/** `npm start`: makes the checkout ready, starts the platform and tells the story the first time (`-- --empty` skips it). */
import { spawn } from 'node:child_process';
import path from 'node:path';

import { buildIfNeeded, installIfNeeded, requirePrograms, ROOT } from './prepare.mjs';

requirePrograms();
installIfNeeded();
buildIfNeeded();

const asked = process.argv.slice(2);
const story = asked.includes('--empty') ? [] : ['--story'];
const child = spawn(
  process.execPath,
  [path.join(ROOT, 'apps/argosy/dist/argosy.mjs'), 'up', ...story, ...asked.filter((flag) => flag !== '--empty')],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
