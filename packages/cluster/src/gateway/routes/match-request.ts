/**
 * Finds the rule for a request. Pure. More specific hosts come first, then the order of `compareEntries`; a host
 * whose rules do not fit leaves the request to less specific ones.
 * @spec https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec hostnames, HTTPRouteRule matches
 * @spec https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches
 */
import { matchesPattern } from '../patterns/pattern.ts';
import type { PathMatch, RequestMatch, RouteEntry, ValueMatch } from './route.ts';
import type { RoutingTable } from './compile-routes.ts';

/** What a rule may ask of a request. */
export interface RoutedRequest {
  /** Without port. */
  readonly host: string;
  /** Without query. */
  readonly path: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Text after the `?`, or empty. */
  readonly query: string;
}

/** The entry whose rule applies, or `undefined`: no route. */
export const matchRequest = (table: RoutingTable, request: RoutedRequest): RouteEntry | undefined => {
  const parameters = once(() => new URLSearchParams(request.query));
  const fits = (entry: RouteEntry): boolean => matches(entry.match, request, parameters);
  for (const [host, labels] of candidateHosts(request.host)) {
    const found = table.hosts.get(host)?.find((entry) => (labels < 2 || !entry.singleLabel) && fits(entry));
    if (found) return found;
  }
  return undefined;
};

/** Tells whether a path lies at or below a prefix, by whole segments; a trailing slash of the prefix is ignored. */
const hasPathPrefix = (path: string, prefix: string): boolean => {
  const bare = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return path.startsWith(bare) && (path.length === bare.length || path[bare.length] === '/');
};

/** The keys under which a host's routes stand, most specific first, with how many labels the `*` stands for. */
const candidateHosts = (given: string): readonly (readonly [host: string, labels: number])[] => {
  const host = given.toLowerCase().replace(/\.$/, '');
  const labels = host.split('.').slice(0, MOST_LABELS);
  const wildcards = labels.slice(1).map((_, index) => [`*.${labels.slice(index + 1).join('.')}`, index + 1] as const);
  return [[host, 0], ...wildcards, ['*', 0]];
};

/** A host has at most 127 labels; more is nobody's. */
const MOST_LABELS = 127;

const matches = (match: RequestMatch, request: RoutedRequest, parameters: () => URLSearchParams): boolean =>
  (match.method === undefined || match.method === request.method) &&
  matchesPath(match.path, request.path) &&
  match.headers.every((header) => matchesValue(header, textOf(request.headers[header.name]))) &&
  match.query.every((parameter) => matchesValue(parameter, parameters().get(parameter.name) ?? undefined));

const matchesPath = (match: PathMatch, path: string): boolean => {
  if (match.kind === 'prefix') return hasPathPrefix(path, match.path);
  return match.kind === 'exact' ? path === match.path : matchesPattern(match.pattern, path);
};

const matchesValue = (match: ValueMatch, value: string | undefined): boolean => {
  if (value === undefined) return false;
  return match.kind === 'exact' ? value === match.value : matchesPattern(match.pattern, value);
};

const textOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value.join(',') : value;

const once = <T>(compute: () => T): (() => T) => {
  let value: { readonly it: T } | undefined;
  return () => (value ??= { it: compute() }).it;
};
