/**
 * A request whose redirects are followed. Credentials stay with the host they are for.
 */
import { Failure } from '@argosy/base';

import { shownUrl, type HttpPort, type HttpRequest, type HttpResponse } from './http-port.ts';
import { transportOf, withoutCredentialsOf, type RepositoryAccess } from './repository-access.ts';

/** Longest chain of redirects, as Go's client. */
const MOST_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A request and how its host may be reached. */
export interface FollowedRequest extends Omit<HttpRequest, 'tls' | 'proxy'> {
  readonly access: RepositoryAccess;
  /** `Authorization` for the first host, and for others where the access says so. */
  readonly authorization?: string;
}

/** An answer, and whose it is. */
export interface FollowedResponse extends HttpResponse {
  /** Where the last redirect led. */
  readonly url: string;
}

/**
 * Sends a GET or HEAD and follows; client certificates are shown where the authorization is. Throws Failure: those
 * of the port, `NetworkFailed` for circles, `InvalidURL`.
 */
export const sendFollowing = async (http: HttpPort, request: FollowedRequest): Promise<FollowedResponse> => {
  const { access, authorization, headers = {}, ...rest } = request;
  let url = request.url;
  for (let followed = 0; followed <= MOST_REDIRECTS; followed += 1) {
    const isAllowed = access.passCredentials === true || isSameOrigin(url, request.url);
    const response = await http.send({
      ...rest,
      ...transportOf(isAllowed ? access : withoutCredentialsOf(access), url),
      url,
      headers: { ...headers, ...(isAllowed && authorization !== undefined && { authorization }) },
    });
    const { location } = response.headers;
    if (!REDIRECTS.has(response.status) || location === undefined) return { ...response, url };
    if (!URL.canParse(location, url))
      throw new Failure(`${shownUrl(url)}: redirects to ${shownUrl(location)}, which is no address`, {
        code: 'InvalidURL',
      });
    url = new URL(location, url).href;
  }
  throw new Failure(`${shownUrl(request.url)}: more than ${MOST_REDIRECTS} redirects`, { code: 'NetworkFailed' });
};

/** Whether two addresses are of one host, by the same scheme and port. */
export const isSameOrigin = (left: string, right: string): boolean =>
  URL.canParse(left) && URL.canParse(right) && new URL(left).origin === new URL(right).origin;
