/**
 * Who sends a request: a client certificate of our authority, the administrator's token, or a service account's.
 * @spec https://kubernetes.io/docs/reference/access-authn-authz/authentication/
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

import { ApiStatusError, MASTERS, type Caller } from '@argosy/kube';

import type { Access } from './access.ts';
import { TOKEN_ISSUER } from './service-account-tokens.ts';

const AUTHENTICATED = 'system:authenticated';

/** The administrator: whoever holds the token of the kubeconfig, and everybody where the server asks for no credentials. */
export const ADMINISTRATOR: Caller = { username: 'kubernetes-admin', groups: [MASTERS, AUTHENTICATED] };

/** Finds out who sends a request. Throws Unauthorized. */
export type Authenticate = (request: IncomingMessage) => Caller;

/** Creates it for one server. A certificate is read once per connection: reading it costs as much as a small request. */
export const createAuthenticate = (access: Access, security: { readonly token: string } | undefined): Authenticate => {
  const certified = new WeakMap<TLSSocket, { readonly caller: Caller | undefined }>();
  const certifiedOf = (socket: TLSSocket): Caller | undefined => {
    const known = certified.get(socket);
    if (known) return known.caller;
    const caller = certifiedCaller(socket);
    certified.set(socket, { caller });
    return caller;
  };
  return (request) => {
    if (!security) return ADMINISTRATOR;
    const caller = certifiedOf(request.socket as TLSSocket) ?? tokenCaller(access, security, request);
    if (!caller) throw new ApiStatusError('Unauthorized', 'Unauthorized');
    return caller;
  };
};

interface Subject {
  readonly CN?: string | readonly string[];
  readonly O?: string | readonly string[];
}

/** The name is the certificate's common name, the groups its organizations. */
const certifiedCaller = (socket: TLSSocket): Caller | undefined => {
  if (!socket.authorized) return undefined;
  // A session that is taken up again counts as authorized, whether or not a certificate was shown when it began.
  const subject = socket.getPeerCertificate().subject as unknown as Subject | undefined;
  if (!subject) return undefined;
  const { CN: name, O: organizations } = subject;
  const [username] = listOf(name);
  return username === undefined ? undefined : { username, groups: [...listOf(organizations), AUTHENTICATED] };
};

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

const tokenCaller = (
  access: Access,
  security: { readonly token: string },
  request: IncomingMessage,
): Caller | undefined => {
  const token = bearerTokenOf(request);
  if (token === undefined) return undefined;
  if (isSame(token, security.token)) return ADMINISTRATOR;
  const accepted = access.tokens.accept(token);
  return accepted?.audiences.includes(TOKEN_ISSUER) ? accepted.caller : undefined;
};

/** Browsers cannot set headers on a WebSocket: there the token is one of its protocols. */
const bearerTokenOf = (request: IncomingMessage): string | undefined => {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'bearer') return token ?? '';
  const prefix = 'base64url.bearer.authorization.k8s.io.';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const encoded = offered.find((one) => one.startsWith(prefix))?.slice(prefix.length);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString('utf8');
};

const isSame = (left: string, right: string): boolean => {
  const [given, wanted] = [Buffer.from(left), Buffer.from(right)];
  return given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted);
};
