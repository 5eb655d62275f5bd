/**
 * A token in a file that somebody else renews, as the kubelet renews those of service accounts.
 */
import { readFile } from 'node:fs/promises';

import { Failure, messageOf, type Clock } from '@argosy/base';

import type { Credentials, CredentialSource } from './cluster-access.ts';

/** How long a token is used before the file is read again, in milliseconds. client-go uses as long. */
const REREAD_AFTER_MS = 60_000;

/** Reads the token when it is first needed, every minute, and when the server refused it. `beside` goes with it. */
export const tokenFileCredentials = (
  deps: { readonly clock: Clock },
  file: string,
  beside: Omit<Credentials, 'token'> = {},
): CredentialSource => {
  let known: { readonly credentials: Credentials; readonly readAt: number } | undefined;
  return {
    current: async () => {
      const now = deps.clock.now();
      if (known && now - known.readAt < REREAD_AFTER_MS) return known.credentials;
      known = { credentials: { ...beside, token: await readToken(file) }, readAt: now };
      return known.credentials;
    },
    refused: (credentials) => {
      if (known?.credentials === credentials) known = undefined;
      return true;
    },
  };
};

const readToken = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new Failure(`the token file ${file} cannot be read: ${messageOf(thrown)}`, {
      code: 'CredentialsUnavailable',
      retryable: true,
      cause: thrown,
    });
  });
  const token = text.trim();
  if (token === '')
    throw new Failure(`the token file ${file} is empty`, { code: 'CredentialsUnavailable', retryable: true });
  return token;
};
