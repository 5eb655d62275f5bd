/** Git as the tests of this package run it: with an author, and nothing of the machine's own settings. */
import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';

import { withGitAuthor } from '../src/index.ts';

/** Runs a program to its end. */
export const run = promisify(execFile);

/** Environment of git. */
export const env = withGitAuthor(
  { PATH: process.env['PATH'] ?? '', HOME: os.tmpdir() },
  { name: 'a', email: 'a@argosy.test' },
);
