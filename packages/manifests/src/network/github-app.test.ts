import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { createVirtualClock } from '@argosy/base';

import { createGitHubTokens } from './github-app.ts';
import type { HttpRequest, HttpResponse } from './http-port.ts';
import type { RepositoryAccess } from './repository-access.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const anAccess = (app = {}, more: Partial<RepositoryAccess> = {}): RepositoryAccess => ({
  identity: 'argocd/app',
  gitHubApp: { id: '7', privateKey: pem, ...app },
  ...more,
});
const URL_OF_REPOSITORY = 'https://github.com/org/repo.git';

/** GitHub that gives numbered tokens of an hour. */
const aGitHub = (status = 201) => {
  const clock = createVirtualClock(Date.UTC(2026, 0, 1));
  const asked: HttpRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    asked.push(request);
    const body =
      request.method === 'GET'
        ? { id: 42 }
        : { token: `t${asked.length}`, expires_at: new Date(clock.now() + 3_600_000).toISOString() };
    return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
  };
  return { clock, asked, withToken: createGitHubTokens({ http: { send }, clock }) };
};

describe('apps of GitHub', () => {
  it('become tokens of the installation that owns a repository, kept for most of an hour', async () => {
    const { clock, asked, withToken } = aGitHub();
    expect(await withToken(anAccess(), URL_OF_REPOSITORY)).toMatchObject({
      username: 'x-access-token',
      password: 't2',
    });
    clock.advance(50 * 60_000);
    expect((await withToken(anAccess(), 'https://github.com/org/other')).password).toBe('t2');
    clock.advance(6 * 60_000);
    expect((await withToken(anAccess(), URL_OF_REPOSITORY)).password).toBe('t4');
    expect(asked.slice(0, 2).map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET https://api.github.com/repos/org/repo/installation',
      'POST https://api.github.com/app/installations/42/access_tokens',
    ]);
  });

  it('prove who they are by their key', async () => {
    const { asked, withToken } = aGitHub();
    await withToken(anAccess({ installationId: '9', baseUrl: 'https://ghe.test/api/v3/' }), URL_OF_REPOSITORY);
    const [request] = asked;
    const [head = '', claims = '', signature = ''] =
      request?.headers?.['authorization']?.replace('Bearer ', '').split('.') ?? [];
    const signed = Buffer.from(`${head}.${claims}`);
    expect([
      request?.url,
      verify('sha256', signed, createPublicKey(privateKey), Buffer.from(signature, 'base64url')),
      JSON.parse(Buffer.from(claims, 'base64url').toString()),
    ]).toEqual([
      'https://ghe.test/api/v3/app/installations/9/access_tokens',
      true,
      { iat: Date.UTC(2026, 0, 1) / 1000 - 60, exp: Date.UTC(2026, 0, 1) / 1000 + 540, iss: '7' },
    ]);
  });

  it('stand back behind other credentials', async () => {
    const { asked, withToken } = aGitHub();
    for (const access of [anAccess({}, { password: 'p' }), anAccess({}, { sshPrivateKey: 'k' }), { identity: '' }])
      expect(await withToken(access, URL_OF_REPOSITORY)).toBe(access);
    expect(asked).toEqual([]);
  });

  it.each<readonly [string, RepositoryAccess, string, number, RegExp]>([
    [
      'a key that is none',
      anAccess({ privateKey: 'secret-word' }),
      URL_OF_REPOSITORY,
      201,
      /^githubAppPrivateKey: is no private key/,
    ],
    ['an address without an owner', anAccess(), 'https://github.com/repo', 201, /needs an address such as/],
    ['an app nobody knows', anAccess(), URL_OF_REPOSITORY, 401, /GitHub refused the app \(401\)/],
    ['a GitHub that is down', anAccess(), URL_OF_REPOSITORY, 502, /answered 502/],
  ])('are refused for %s', async (_reason, access, url, status, message) => {
    const { withToken } = aGitHub(status);
    await expect(withToken(access, url)).rejects.toThrow(message);
  });
});
