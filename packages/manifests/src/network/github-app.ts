/**
 * Tokens of GitHub Apps: a private key becomes a token of an hour for one repository's owner.
 * @spec CD-REPO-07, CD-REPO-08; https://docs.github.com/apps authenticating as an app installation
 */
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';

import { Failure, isObject, parseTimestamp, type Clock, type Instant } from '@argosy/base';

import { shownUrl, type HttpPort, type HttpResponse } from './http-port.ts';
import { parseJson } from './parse-json.ts';
import { transportOf, type GitHubApp, type RepositoryAccess } from './repository-access.ts';

/** Gives accesses of apps their token; others come back as they are. Throws Failure: InvalidCredentials, Unauthorized … */
export type WithToken = (access: RepositoryAccess, url: string) => Promise<RepositoryAccess>;

const PUBLIC_API = 'https://api.github.com';
const TOKEN_USER = 'x-access-token';
/** GitHub takes at most ten minutes, and clocks differ. */
const PROOF_SECONDS = 540;
const CLOCK_SKEW_SECONDS = 60;
/** A token that is about to end would end in the middle of a fetch. */
const REST_MS = 5 * 60_000;
const LARGEST_ANSWER_BYTES = 1024 * 1024;

interface Token {
  readonly text: string;
  readonly endsAt: Instant;
}

/** Creates the source of tokens; each is kept until shortly before its end. */
export const createGitHubTokens = (deps: { readonly http: HttpPort; readonly clock: Clock }): WithToken => {
  const tokens = new Map<string, Promise<Token>>();
  return async (access, url) => {
    const { gitHubApp: app } = access;
    // Other credentials come first (CD-REPO-07).
    if (!app || access.password || access.bearerToken || access.sshPrivateKey) return access;
    const owner = ownerOf(url);
    const key = JSON.stringify([access.identity, app.id, app.installationId, owner.organization]);
    const known = await tokens.get(key)?.catch(() => undefined);
    const isUsable = known !== undefined && known.endsAt - deps.clock.now() > REST_MS;
    const asked = isUsable ? Promise.resolve(known) : requestToken(deps, { app, access, owner });
    tokens.set(key, asked);
    return { ...access, username: TOKEN_USER, password: (await asked).text };
  };
};

interface Owner {
  readonly organization: string;
  readonly repository: string;
}

interface TokenRequest {
  readonly app: GitHubApp;
  readonly access: RepositoryAccess;
  readonly owner: Owner;
}

const ownerOf = (url: string): Owner => {
  const [organization, repository] = URL.canParse(url) ? new URL(url).pathname.split('/').filter((part) => part) : [];
  if (organization === undefined || repository === undefined)
    throw new Failure(
      `${shownUrl(url)}: an app of GitHub needs an address such as https://github.com/owner/repository`,
      {
        code: 'InvalidURL',
      },
    );
  return { organization, repository: repository.replace(/\.git$/, '') };
};

const requestToken = async (
  deps: { readonly http: HttpPort; readonly clock: Clock },
  { app, access, owner }: TokenRequest,
): Promise<Token> => {
  const base = (app.baseUrl || PUBLIC_API).replace(/\/+$/, '');
  const authorization = `Bearer ${proofOf(app, deps.clock.now())}`;
  const call = async (method: 'GET' | 'POST', path: string): Promise<unknown> => {
    const url = `${base}${path}`;
    const headers = { authorization, accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
    const limitBytes = LARGEST_ANSWER_BYTES;
    return readAnswer(url, await deps.http.send({ url, method, headers, limitBytes, ...transportOf(access, url) }));
  };
  const installation = app.installationId || (await findInstallation(call, owner));
  const answer = await call('POST', `/app/installations/${encodeURIComponent(installation)}/access_tokens`);
  const { token, expires_at: end } = isObject(answer) ? answer : {};
  if (typeof token !== 'string' || token === '') throw refused(base, 'answered without a token');
  return { text: token, endsAt: parseTimestamp(typeof end === 'string' ? end : undefined) ?? deps.clock.now() };
};

const findInstallation = async (
  call: (method: 'GET', path: string) => Promise<unknown>,
  { organization, repository }: Owner,
): Promise<string> => {
  const answer = await call('GET', `/repos/${organization}/${repository}/installation`);
  const id = isObject(answer) ? answer['id'] : undefined;
  if (typeof id === 'number' || typeof id === 'bigint') return String(id);
  throw new Failure(
    `GitHub knows no installation of the app for ${organization}/${repository}; set githubAppInstallationID`,
    {
      code: 'Unauthorized',
    },
  );
};

/** A JSON Web Token signed with the app's key. @spec RFC 7519 */
const proofOf = (app: GitHubApp, now: Instant): string => {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - CLOCK_SKEW_SECONDS, exp: seconds + PROOF_SECONDS, iss: app.id };
  const body = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${body}.${sign('sha256', Buffer.from(body), readKey(app.privateKey)).toString('base64url')}`;
};

const readKey = (pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch {
    // The parser's words may quote the key.
    throw new Failure('githubAppPrivateKey: is no private key in PEM; paste the file that GitHub gave', {
      code: 'InvalidCredentials',
    });
  }
};

const readAnswer = (url: string, { status, body }: HttpResponse): unknown => {
  if (status === 401 || status === 403 || status === 404)
    throw new Failure(`${shownUrl(url)}: GitHub refused the app (${status}); check its id, installation and key`, {
      code: 'Unauthorized',
    });
  if (status >= 300) throw refused(url, `answered ${status}`);
  return parseJson(body);
};

const refused = (url: string, what: string): Failure =>
  new Failure(`${shownUrl(url)} ${what}`, { code: 'NetworkFailed', retryable: true });
