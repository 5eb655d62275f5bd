/**
 * Git as a program uses it that commits for somebody: with an author, and with nothing of the machine's own settings.
 */
import os from 'node:os';

/** Whom commits are by. */
export interface GitAuthor {
  readonly name: string;
  readonly email: string;
}

/** An environment in which git commits as an author, reads no settings of the machine or user, and never asks. Pure. */
export const withGitAuthor = (
  environment: Readonly<Record<string, string>>,
  { name, email }: GitAuthor,
): Readonly<Record<string, string>> => ({
  ...environment,
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_AUTHOR_NAME: name,
  GIT_AUTHOR_EMAIL: email,
  GIT_COMMITTER_NAME: name,
  GIT_COMMITTER_EMAIL: email,
});
