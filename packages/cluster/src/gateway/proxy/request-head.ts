/**
 * What a request asks for, read from its first line and its headers. Pure.
 */
import { fail, ok, type Result } from '@argosy/base';

import type { PathRewrite, RouteAction, RouteEntry } from '../routes/route.ts';
import type { RoutedRequest } from '../routes/match-request.ts';

/** A request's head. */
export interface RequestHead extends RoutedRequest {
  /** Host with port, as sent. */
  readonly authority: string;
}

/** What Node knows of a request. */
export interface RawHead {
  readonly url?: string;
  readonly method?: string;
  readonly headers: RoutedRequest['headers'];
}

/** Reads a head. Dot segments are resolved before anything is matched, so that no path slips past a rule. */
export const readRequestHead = ({ url = '/', method = 'GET', headers }: RawHead): Result<RequestHead> => {
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url);
  const target = absolute ? absolute[2] || '/' : url;
  const authority = absolute?.[1] ?? textOf(headers['host']) ?? '';
  if (!target.startsWith('/')) return fail(`request target ${JSON.stringify(url.slice(0, 80))} is not a path`);
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  return ok({
    authority,
    host: authority.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'),
    path: withoutDotSegments(path),
    query: question < 0 ? '' : target.slice(question + 1),
    method,
    headers,
  });
};

/** The path and query the backend gets. */
export const forwardedTarget = (head: RequestHead, entry: RouteEntry, rewrite: PathRewrite | undefined): string => {
  const path = rewrite ? rewritePath(head.path, entry, rewrite) : head.path;
  return head.query === '' ? path : `${path}?${head.query}`;
};

/**
 * Where a redirect leads. Without a port of its own it keeps the request's, unless it names a scheme, whose usual port
 * then counts. @spec https://gateway-api.sigs.k8s.io/reference/spec/#httprequestredirectfilter
 */
export const redirectLocation = (
  head: RequestHead,
  entry: RouteEntry,
  redirect: Extract<RouteAction, { kind: 'redirect' }>,
): string => {
  const scheme = redirect.scheme ?? 'http';
  const sent = /:(\d+)$/.exec(head.authority)?.[1];
  const port = redirect.port ?? (redirect.scheme ? undefined : sent === undefined ? undefined : Number(sent));
  const isUsual = port === undefined || port === (scheme === 'https' ? 443 : 80);
  const host = redirect.hostname ?? (head.host.includes(':') ? `[${head.host}]` : head.host);
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${forwardedTarget(head, entry, redirect.path)}`;
};

const rewritePath = (path: string, { match }: RouteEntry, rewrite: PathRewrite): string => {
  if (rewrite.kind === 'full') return rewrite.path;
  // Without a prefix to replace there is nothing to do; the API refuses such routes. @spec HTTPPathModifier
  if (match.path.kind !== 'prefix') return path;
  const rest = path.slice(match.path.path.replace(/\/$/, '').length);
  const joined = `${rewrite.replacement.replace(/\/$/, '')}${rest}`;
  return joined.startsWith('/') ? joined : `/${joined}`;
};

const withoutDotSegments = (path: string): string =>
  /\/(\.|%2e)/i.test(path) ? new URL(`http://host${path}`).pathname : path;

const textOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value;
