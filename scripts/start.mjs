/** `npm start`: makes the checkout ready, starts the platform and, the first time, tells the story; `-- --empty` skips it. */
import { spawn } from 'node:child_process';
import path from 'node:path';

import { buildIfNeeded, installIfNeeded, requirePrograms, ROOT } from './prepare.mjs';

requirePrograms();
installIfNeeded();
buildIfNeeded();

const asked = process.argv.slice(2);
/** Without processes there is nothing to tell. */
const withStory = (flags) => [
  ...flags.filter((flag) => flag !== '--empty'),
  ...(flags.includes('--empty') || flags.includes('simulated') ? [] : ['--story']),
];
const child = spawn(process.execPath, [path.join(ROOT, 'apps/argosy/dist/argosy.mjs'), 'up', ...withStory(asked)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
