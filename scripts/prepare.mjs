/**
 * Makes a checkout ready to run: installs what the lockfile asks for and builds what has changed, saying so.
 * Uses only Node and what it installs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const OLDEST_NODE = [20, 20];
const OLDEST_GIT = [2, 30];

/** Prints one line and ends with exit code 1. */
export const stopWith = (message) => {
  console.error(`argosy: ${message}`);
  process.exit(1);
};

/** Stops with a clear line when Node or git is missing or too old. */
export const requirePrograms = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]))
    stopWith(`Node ${process.versions.node} is too old: ${OLDEST_NODE.join('.')} or newer is needed`);
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' });
  if (git.status !== 0) stopWith('git was not found: install git 2.30 or newer and try again');
  const version = /(\d+)\.(\d+)/.exec(git.stdout);
  const [gitMajor, gitMinor] = [Number(version?.[1]), Number(version?.[2])];
  if (gitMajor < OLDEST_GIT[0] || (gitMajor === OLDEST_GIT[0] && gitMinor < OLDEST_GIT[1]))
    stopWith(`git ${gitMajor}.${gitMinor} is too old: ${OLDEST_GIT.join('.')} or newer is needed`);
};

/** Installs the dependencies if the lockfile has changed since they were last installed. */
export const installIfNeeded = () => {
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(ROOT, 'node_modules', '.argosy-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  step('installing dependencies (npm ci)', () => {
    const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    if (result.status !== 0) stopWith('npm ci failed; the lines above say why');
    writeFileSync(stamp, wanted);
  });
};

/** Builds the command and the pages if their sources are newer than what was built. */
export const buildIfNeeded = () => {
  if (
    isStale('apps/argosy/dist/argosy.mjs', [
      'packages',
      'products',
      'apps/argosy/src',
      'scripts/build-command.mjs',
      'package-lock.json',
    ])
  ) {
    step('building the command', () =>
      execFileSync(process.execPath, [path.join(ROOT, 'scripts/build-command.mjs')], { cwd: ROOT, stdio: 'inherit' }),
    );
  }
  if (
    existsSync(path.join(ROOT, 'apps/web/index.html')) &&
    isStale('apps/web/dist/index.html', [
      'apps/web/src',
      'apps/web/index.html',
      'apps/web/vite.config.mjs',
      'package-lock.json',
    ])
  ) {
    const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
    step('building the pages', () =>
      execFileSync(process.execPath, [vite, 'build', '--logLevel', 'error'], {
        cwd: path.join(ROOT, 'apps/web'),
        stdio: 'inherit',
      }),
    );
  }
};

const step = (what, run) => {
  const started = performance.now();
  process.stderr.write(`argosy: ${what} ... `);
  run();
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
};

const isStale = (built, sources) => {
  const output = path.join(ROOT, built);
  if (!existsSync(output)) return true;
  const builtAt = statSync(output).mtimeMs;
  return sources.some((source) => newest(path.join(ROOT, source)) > builtAt);
};

const newest = (file) => {
  if (!existsSync(file)) return 0;
  const found = statSync(file);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(
    0,
    ...readdirSync(file)
      .filter((name) => name !== 'node_modules' && name !== 'dist' && !/\.test\.tsx?$|^conformance$/.test(name))
      .map((name) => newest(path.join(file, name))),
  );
};

/** Makes a folder for files the scripts produce. */
export const ensureFolder = (folder) => mkdirSync(folder, { recursive: true });
