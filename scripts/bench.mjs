/** `npm run bench [-- NAME …]`: runs the benchmarks of `bench/`, all or those named. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

import { buildIfNeeded, installIfNeeded, requirePrograms, ROOT } from './prepare.mjs';

requirePrograms();
installIfNeeded();
buildIfNeeded();

const known = readdirSync(path.join(ROOT, 'bench'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`argosy: no benchmark ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(1);
}
let failed = 0;
for (const name of asked.length > 0 ? asked : known) {
  console.log(`# ${name}`);
  failed +=
    spawnSync(process.execPath, ['--import', 'tsx', path.join(ROOT, 'bench', `${name}.ts`)], {
      cwd: ROOT,
      stdio: 'inherit',
    }).status === 0
      ? 0
      : 1;
}
process.exit(failed === 0 ? 0 : 1);
