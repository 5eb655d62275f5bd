/**
 * The command as users start it: built when its sources are newer, so that each start costs a third of a second.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const built = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, encoding: 'utf8' });
if (built.status !== 0) throw new Error(`the command does not build: ${built.stdout}${built.stderr}`);

/** Arguments of Node that run the command. */
export const COMMAND: readonly string[] = [fileURLToPath(new URL('../apps/argosy/dist/argosy.mjs', import.meta.url))];
