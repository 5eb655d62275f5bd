/**
 * How registries let clients in: nothing, Basic, or a token of another service.
 * @spec https://distribution.github.io/distribution/spec/auth/token/
 */
import { Failure, isObject } from '@argosy/base';

import { statusFailure } from '../network/download.ts';
import { sendFollowing } from '../network/follow-redirects.ts';
import { shownUrl, type HttpPort } from '../network/http-port.ts';
import { parseJson } from '../network/parse-json.ts';
import { authorizationOf, type RepositoryAccess } from '../network/repository-access.ts';

/** What a registry asks for. */
export type Challenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string; readonly scope: string };

const LARGEST_TOKEN_BYTES = 1024 * 1024;

/** Reads `WWW-Authenticate`; `undefined` for a way in that is not known. */
export const parseChallenge = (header: string): Challenge | undefined => {
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/i.exec(header)?.[1];
  if (bearer !== undefined) {
    const parameters = new Map(
      [...bearer.matchAll(/([a-z]+)=(?:"([^"]*)"|([^\s,"]+))/gi)].map(
        ([, name = '', quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? ''] as const,
      ),
    );
    const realm = parameters.get('realm') ?? '';
    return realm === ''
      ? undefined
      : { kind: 'bearer', realm, service: parameters.get('service') ?? '', scope: parameters.get('scope') ?? '' };
  }
  return /(?:^|,\s*)basic\b/i.test(header) ? { kind: 'basic' } : undefined;
};

/**
 * The `Authorization` that answers a challenge; `undefined` when there is nothing to answer with. Throws Failure:
 * Unauthorized, InvalidAnswer, InvalidURL for a service that would be sent passwords in the clear.
 */
export const answerChallenge = async (
  http: HttpPort,
  challenge: Challenge,
  of: { readonly registryUrl: string; readonly scope: string; readonly access: RepositoryAccess },
): Promise<string | undefined> => {
  const { access, registryUrl } = of;
  const own = authorizationOf(access);
  if (challenge.kind === 'basic' || access.bearerToken) return own;
  const url = tokenUrl(challenge, of);
  if (url.protocol !== 'https:' && registryUrl.startsWith('https:'))
    throw new Failure(`${shownUrl(registryUrl)}: its tokens would come from ${shownUrl(url.href)} in the clear`, {
      code: 'InvalidURL',
    });
  const response = await sendFollowing(http, {
    url: url.href,
    access,
    limitBytes: LARGEST_TOKEN_BYTES,
    ...(own !== undefined && { authorization: own }),
  });
  if (response.status !== 200) throw statusFailure(url.href, response.status);
  return `Bearer ${readToken(response.body, url.href)}`;
};

const tokenUrl = (
  challenge: Extract<Challenge, { kind: 'bearer' }>,
  of: { readonly registryUrl: string; readonly scope: string },
): URL => {
  if (!URL.canParse(challenge.realm))
    throw new Failure(`${shownUrl(of.registryUrl)}: its realm ${JSON.stringify(challenge.realm)} is no address`, {
      code: 'InvalidAnswer',
    });
  const url = new URL(challenge.realm);
  if (challenge.service !== '') url.searchParams.set('service', challenge.service);
  url.searchParams.set('scope', challenge.scope || of.scope);
  return url;
};

const readToken = (body: Uint8Array, url: string): string => {
  const answer = parseJson(body);
  const token = isObject(answer) ? (answer['token'] ?? answer['access_token']) : undefined;
  if (typeof token === 'string' && token !== '') return token;
  throw new Failure(`${shownUrl(url)}: the answer has no token`, { code: 'InvalidAnswer' });
};
