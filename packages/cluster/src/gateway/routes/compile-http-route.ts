/**
 * HTTPRoute → routes. Pure. A rule that cannot be carried out answers its requests with an error rather than letting
 * them fall through to another rule; one bad rule leaves the others alone.
 * @spec https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 */
import { fail, ok, parseGoDuration, type Result } from '@argosy/base';
import type {
  BackendObjectReference,
  HTTPBackendRef,
  HTTPRoute,
  HTTPRouteMatch,
  HTTPRouteRule,
  HTTPValueMatch,
} from '@argosy/kube';

import { compilePattern } from '../patterns/pattern.ts';
import { compileFilters, compileReference, type CompiledFilters } from './compile-filters.ts';
import type {
  CompiledRoute,
  PathMatch,
  RequestMatch,
  RouteAction,
  RouteEntry,
  ServiceReference,
  ValueMatch,
  WeightedBackend,
} from './route.ts';

/** Compiles a route for the hosts its parents gave it. */
export const compileHttpRoute = (route: HTTPRoute, hosts: readonly string[]): CompiledRoute => {
  const rules = rulesOf(route).map((rule, index) => compileRule(route, rule, `spec.rules[${index}]`));
  const ways = rules.flatMap(({ action, matches }) => matches.map((match) => ({ action, match })));
  return {
    entries: hosts.flatMap((host) => ways.map((way, position) => describeEntry(route, { host, position, ...way }))),
    canaries: [],
    problems: [
      ...(route.spec?.useDefaultGateways === undefined
        ? []
        : ['not supported yet: spec.useDefaultGateways; name the Gateway in spec.parentRefs']),
      ...rules.flatMap((rule) => rule.problems),
    ],
  };
};

/** Tells how many rules work, of how many. */
export const countWorkingRules = (route: HTTPRoute): { readonly working: number; readonly all: number } => {
  const compiled = rulesOf(route).map((rule, index) => compileRule(route, rule, `spec.rules[${index}]`));
  return { working: compiled.filter(({ problems }) => problems.length === 0).length, all: compiled.length };
};

/** A reference of a route, and the service it means; what this gateway cannot follow is a problem. */
export interface RouteReference {
  readonly field: string;
  readonly target: ReturnType<typeof compileReference>;
}

/** Everything a route forwards or copies requests to. */
export const referencesOf = (route: HTTPRoute): readonly RouteReference[] => {
  const namespace = route.metadata.namespace ?? '';
  const refer = (reference: BackendObjectReference, field: string): RouteReference => ({
    field,
    target: compileReference(reference, { field, namespace }),
  });
  return rulesOf(route).flatMap((rule, index) => [
    ...(rule.backendRefs ?? []).map((reference, at) => refer(reference, `spec.rules[${index}].backendRefs[${at}]`)),
    ...(rule.filters ?? []).flatMap(({ requestMirror }, at) =>
      requestMirror
        ? [refer(requestMirror.backendRef, `spec.rules[${index}].filters[${at}].requestMirror.backendRef`)]
        : [],
    ),
  ]);
};

interface CompiledRule {
  readonly action: RouteAction;
  readonly matches: readonly RequestMatch[];
  readonly problems: readonly string[];
}

/** What the API server's defaults say, for objects that were stored without them. */
const ANY_PATH = { path: { type: 'PathPrefix', value: '/' } };

const rulesOf = (route: HTTPRoute): readonly HTTPRouteRule[] => route.spec?.rules ?? [{ matches: [ANY_PATH] }];

const describeEntry = (
  { metadata }: HTTPRoute,
  entry: {
    readonly host: string;
    readonly position: number;
    readonly match: RequestMatch;
    readonly action: RouteAction;
  },
): RouteEntry => ({
  host: entry.host,
  singleLabel: false,
  isDefault: false,
  match: entry.match,
  rule: {
    route: { kind: 'HTTPRoute', namespace: metadata.namespace ?? '', name: metadata.name ?? '' },
    action: entry.action,
  },
  createdAt: metadata.creationTimestamp ?? '',
  position: entry.position,
});

const compileRule = (route: HTTPRoute, rule: HTTPRouteRule, field: string): CompiledRule => {
  const namespace = route.metadata.namespace ?? '';
  const wanted = rule.matches && rule.matches.length > 0 ? rule.matches : [ANY_PATH];
  const matches = wanted.map((match, index) => compileMatch(match, `${field}.matches[${index}]`));
  const filters = compileFilters(rule.filters, { field: `${field}.filters`, namespace, allows: 'all' });
  const action = compileAction(rule, { field, namespace, filters });
  const problems = [...matches.flatMap((match) => (match.ok ? [] : [match.error])), ...(action.ok ? [] : action.error)];
  return {
    matches: matches.flatMap((match) => (match.ok ? [match.value] : [])),
    action: action.ok ? action.value : { kind: 'refuse', code: 500, message: action.error.join('; ') },
    problems,
  };
};

interface RuleScope {
  readonly field: string;
  readonly namespace: string;
  readonly filters: CompiledFilters;
}

const compileAction = (
  rule: HTTPRouteRule,
  { field, namespace, filters }: RuleScope,
): Result<RouteAction, readonly string[]> => {
  const timeouts = compileTimeouts(rule, field);
  const backends = (rule.backendRefs ?? []).map((reference, index) =>
    compileBackend(reference, { field: `${field}.backendRefs[${index}]`, namespace }),
  );
  const problems = [
    ...filters.problems,
    ...(['retry', 'sessionPersistence'] as const)
      .filter((member) => rule[member] !== undefined)
      .map((member) => `not supported yet: ${field}.${member}; remove it`),
    ...(timeouts.ok ? [] : timeouts.error),
    ...backends.flatMap((backend) => backend.problems),
  ];
  if (problems.length > 0 || !timeouts.ok) return fail(problems);
  if (filters.redirect) return ok({ ...filters.redirect, responseHeaders: filters.responseHeaders });
  return ok({
    kind: 'forward',
    backends: backends.map((backend) => backend.backend),
    requestHeaders: filters.requestHeaders,
    responseHeaders: filters.responseHeaders,
    mirrors: filters.mirrors,
    ...(filters.hostname ? { hostname: filters.hostname } : {}),
    ...(filters.path ? { path: filters.path } : {}),
    ...timeouts.value,
    unknownServiceCode: 500,
  });
};

/** A reference that cannot be followed keeps its share of the requests, which fail: its route says why. */
const compileBackend = (
  reference: HTTPBackendRef,
  place: { readonly field: string; readonly namespace: string },
): { readonly backend: WeightedBackend; readonly problems: readonly string[] } => {
  const target = compileReference(reference, place);
  const filters = compileFilters(reference.filters, { ...place, field: `${place.field}.filters`, allows: 'headers' });
  const nowhere: ServiceReference = { namespace: reference.namespace ?? '', name: reference.name, port: -1 };
  return {
    backend: {
      service: 'problem' in target ? nowhere : target,
      weight: Math.max(reference.weight ?? 1, 0),
      requestHeaders: filters.requestHeaders,
      responseHeaders: filters.responseHeaders,
    },
    problems: filters.problems,
  };
};

const compileTimeouts = (
  { timeouts }: HTTPRouteRule,
  field: string,
): Result<{ readonly requestTimeoutMs?: number; readonly backendTimeoutMs?: number }, readonly string[]> => {
  const read = (member: 'request' | 'backendRequest'): number | undefined => parseGoDuration(timeouts?.[member] ?? '0');
  const [requestTimeoutMs, backendTimeoutMs] = [read('request'), read('backendRequest')];
  if (requestTimeoutMs === undefined || backendTimeoutMs === undefined)
    return fail([`${field}.timeouts: ${JSON.stringify(timeouts)} has a value that is no duration such as 10s`]);
  // Zero means no limit.
  return ok({
    ...(requestTimeoutMs > 0 ? { requestTimeoutMs } : {}),
    ...(backendTimeoutMs > 0 ? { backendTimeoutMs } : {}),
  });
};

const compileMatch = (match: HTTPRouteMatch, field: string): Result<RequestMatch> => {
  const path = compilePath(match, field);
  if (!path.ok) return path;
  const headers = compileValues(match.headers, { field: `${field}.headers`, foldsCase: true });
  if (!headers.ok) return headers;
  const query = compileValues(match.queryParams, { field: `${field}.queryParams`, foldsCase: false });
  if (!query.ok) return query;
  return ok({
    path: path.value,
    headers: headers.value,
    query: query.value,
    ...(match.method ? { method: match.method } : {}),
  });
};

const compilePath = ({ path }: HTTPRouteMatch, field: string): Result<PathMatch> => {
  const value = path?.value ?? '/';
  const type = path?.type ?? 'PathPrefix';
  if (type === 'RegularExpression') {
    const pattern = compilePattern(value);
    return pattern.ok ? ok({ kind: 'pattern', pattern: pattern.value }) : fail(`${field}.path.value: ${pattern.error}`);
  }
  if (type !== 'Exact' && type !== 'PathPrefix') return fail(`not supported yet: ${field}.path.type ${type}`);
  if (!value.startsWith('/')) return fail(`${field}.path.value: ${JSON.stringify(value)} does not begin with /`);
  return ok({ kind: type === 'Exact' ? 'exact' : 'prefix', path: value });
};

const compileValues = (
  matches: readonly HTTPValueMatch[] | undefined,
  { field, foldsCase }: { readonly field: string; readonly foldsCase: boolean },
): Result<readonly ValueMatch[]> => {
  const compiled: ValueMatch[] = [];
  for (const [index, { type = 'Exact', name: given, value }] of (matches ?? []).entries()) {
    const name = foldsCase ? given.toLowerCase() : given;
    // Of several with one name only the first counts. @spec HTTPHeaderMatch.name
    if (compiled.some((match) => match.name === name)) continue;
    const pattern = type === 'RegularExpression' ? compilePattern(value) : undefined;
    if (pattern && !pattern.ok) return fail(`${field}[${index}].value: ${pattern.error}`);
    if (type !== 'Exact' && type !== 'RegularExpression')
      return fail(`not supported yet: ${field}[${index}].type ${type}`);
    compiled.push(pattern ? { kind: 'pattern', name, pattern: pattern.value } : { kind: 'exact', name, value });
  }
  return ok(compiled);
};
