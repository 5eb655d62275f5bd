/**
 * Filters of an HTTPRoute → what the proxy does. Pure. @spec https://gateway-api.sigs.k8s.io/reference/spec/#httproutefilter
 */
import type { BackendObjectReference, HTTPHeaderFilter, HTTPPathModifier, HTTPRouteFilter } from '@argosy/kube';

import type { HeaderChanges, Mirror, PathRewrite, RouteAction, ServiceReference } from './route.ts';

/** All filters of a rule; each problem makes the rule one that cannot be carried out. */
export interface CompiledFilters {
  readonly requestHeaders: readonly HeaderChanges[];
  readonly responseHeaders: readonly HeaderChanges[];
  readonly redirect?: Extract<RouteAction, { kind: 'redirect' }>;
  readonly hostname?: string;
  readonly path?: PathRewrite;
  readonly mirrors: readonly Mirror[];
  readonly problems: readonly string[];
}

/** Where a filter stands. */
export interface FilterPlace {
  /** Such as `spec.rules[0].filters`. */
  readonly field: string;
  readonly namespace: string;
  /** Backends may only change headers. */
  readonly allows: 'all' | 'headers';
}

const NO_FILTERS: CompiledFilters = { requestHeaders: [], responseHeaders: [], mirrors: [], problems: [] };

/** Compiles filters in their order. */
export const compileFilters = (filters: readonly HTTPRouteFilter[] | undefined, place: FilterPlace): CompiledFilters =>
  (filters ?? []).reduce(
    (compiled, filter, index) => withFilter(compiled, filter, { ...place, field: `${place.field}[${index}]` }),
    NO_FILTERS,
  );

/**
 * The service a reference means, or why it is none this gateway forwards to. The reason is one of the route's
 * ResolvedRefs condition.
 */
export const compileReference = (
  reference: BackendObjectReference,
  { field, namespace }: Pick<FilterPlace, 'field' | 'namespace'>,
): ServiceReference | { readonly reason: 'InvalidKind' | 'RefNotPermitted'; readonly problem: string } => {
  if ((reference.group ?? '') !== '' || (reference.kind ?? 'Service') !== 'Service')
    return {
      reason: 'InvalidKind',
      problem: `not supported yet: ${field}.kind ${reference.kind ?? ''}; name a Service`,
    };
  if (reference.namespace !== undefined && reference.namespace !== namespace)
    return {
      reason: 'RefNotPermitted',
      problem: `not supported yet: ${field}.namespace other than the route's; remove it`,
    };
  return { namespace, name: reference.name, port: reference.port };
};

const withFilter = (compiled: CompiledFilters, filter: HTTPRouteFilter, place: FilterPlace): CompiledFilters => {
  const refuse = (problem: string): CompiledFilters => ({ ...compiled, problems: [...compiled.problems, problem] });
  const { type } = filter;
  if (type === 'RequestHeaderModifier' && filter.requestHeaderModifier)
    return { ...compiled, requestHeaders: [...compiled.requestHeaders, toChanges(filter.requestHeaderModifier)] };
  if (type === 'ResponseHeaderModifier' && filter.responseHeaderModifier)
    return { ...compiled, responseHeaders: [...compiled.responseHeaders, toChanges(filter.responseHeaderModifier)] };
  if (place.allows === 'headers') return refuse(`not supported yet: ${place.field} of type ${type}; remove it`);
  if (type === 'RequestRedirect' && filter.requestRedirect)
    return withRedirect(compiled, filter.requestRedirect, place);
  if (type === 'URLRewrite' && filter.urlRewrite) {
    const path = toRewrite(filter.urlRewrite.path, place);
    if (path && 'problem' in path) return refuse(path.problem);
    return { ...compiled, hostname: filter.urlRewrite.hostname ?? compiled.hostname, path: path ?? compiled.path };
  }
  if (type === 'RequestMirror' && filter.requestMirror) return withMirror(compiled, filter.requestMirror, place);
  return refuse(
    REQUIRED_MEMBERS[type]
      ? `${place.field}.${REQUIRED_MEMBERS[type]}: required for type ${type}`
      : `not supported yet: ${place.field} of type ${type}; remove it`,
  );
};

const REQUIRED_MEMBERS: Readonly<Record<string, string>> = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  RequestMirror: 'requestMirror',
};

const toChanges = ({ set, add, remove }: HTTPHeaderFilter): HeaderChanges => ({
  set: (set ?? []).map(({ name, value }) => [name, value] as const),
  add: (add ?? []).map(({ name, value }) => [name, value] as const),
  remove: remove ?? [],
});

const REDIRECT_CODES = [301, 302, 303, 307, 308];

const withRedirect = (
  compiled: CompiledFilters,
  { scheme, hostname, port, path: modifier, statusCode = 302 }: NonNullable<HTTPRouteFilter['requestRedirect']>,
  { field }: FilterPlace,
): CompiledFilters => {
  const refuse = (problem: string): CompiledFilters => ({ ...compiled, problems: [...compiled.problems, problem] });
  if (!REDIRECT_CODES.includes(statusCode))
    return refuse(`${field}.requestRedirect.statusCode: ${statusCode} is none of ${REDIRECT_CODES.join(', ')}`);
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return refuse(`${field}.requestRedirect.scheme: ${JSON.stringify(scheme)} is none of http, https`);
  const path = toRewrite(modifier, { field });
  if (path && 'problem' in path) return refuse(path.problem);
  return {
    ...compiled,
    redirect: {
      kind: 'redirect',
      statusCode,
      responseHeaders: [],
      ...(scheme ? { scheme } : {}),
      ...(hostname ? { hostname } : {}),
      ...(port ? { port } : {}),
      ...(path ? { path } : {}),
    },
  };
};

const toRewrite = (
  modifier: HTTPPathModifier | undefined,
  { field }: Pick<FilterPlace, 'field'>,
): PathRewrite | { readonly problem: string } | undefined => {
  if (!modifier) return undefined;
  if (modifier.type === 'ReplaceFullPath') return { kind: 'full', path: modifier.replaceFullPath ?? '/' };
  if (modifier.type === 'ReplacePrefixMatch')
    return { kind: 'prefix', replacement: modifier.replacePrefixMatch ?? '/' };
  return { problem: `not supported yet: ${field}: path of type ${modifier.type}; remove it` };
};

const withMirror = (
  compiled: CompiledFilters,
  { backendRef, percent, fraction }: NonNullable<HTTPRouteFilter['requestMirror']>,
  { field, namespace }: FilterPlace,
): CompiledFilters => {
  const service = compileReference(backendRef, { field: `${field}.requestMirror.backendRef`, namespace });
  if ('problem' in service) return { ...compiled, problems: [...compiled.problems, service.problem] };
  const share = fraction ? fraction.numerator / (fraction.denominator ?? 100) : (percent ?? 100) / 100;
  return { ...compiled, mirrors: [...compiled.mirrors, { service, share: Math.min(Math.max(share, 0), 1) }] };
};
