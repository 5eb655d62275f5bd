/** Git as the tests of this package run it: with an author, and nothing of the machine's own settings. */
import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';

/** Runs a program to its end. */
export const run = promisify(execFile);

/** Environment of git. */
export const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: os.tmpdir(),
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@argosy.test',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@argosy.test',
};
