/**
 * Kinds of the Gateway API, as types. @spec https://gateway-api.sigs.k8s.io/reference/spec/
 */
import { resourceType, type Condition, type KubeObject } from '../objects/object.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';

export const GATEWAY_API_GROUP = 'gateway.networking.k8s.io';

/** Names the Gateway (or one listener of it) a route attaches to. */
export interface ParentReference {
  readonly name: string;
  readonly namespace?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly sectionName?: string;
  readonly port?: number;
}

export interface HTTPHeaderPair {
  readonly name: string;
  readonly value: string;
}

/** Order of work: set, add, remove. */
export interface HTTPHeaderFilter {
  readonly set?: readonly HTTPHeaderPair[];
  readonly add?: readonly HTTPHeaderPair[];
  readonly remove?: readonly string[];
}

export interface HTTPPathModifier {
  readonly type: string;
  readonly replaceFullPath?: string;
  readonly replacePrefixMatch?: string;
}

export interface HTTPRequestRedirect {
  readonly scheme?: string;
  readonly hostname?: string;
  readonly path?: HTTPPathModifier;
  readonly port?: number;
  /** Default 302. */
  readonly statusCode?: number;
}

/** A Service (or what `group` and `kind` say) and its port. */
export interface BackendObjectReference {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
}

export interface HTTPRequestMirror {
  readonly backendRef: BackendObjectReference;
  /** Share of requests in percent, 0–100; default all. */
  readonly percent?: number;
  readonly fraction?: { readonly numerator: number; readonly denominator?: number };
}

/** The member named by `type` is the one that counts. */
export interface HTTPRouteFilter {
  readonly type: string;
  readonly requestHeaderModifier?: HTTPHeaderFilter;
  readonly responseHeaderModifier?: HTTPHeaderFilter;
  readonly requestMirror?: HTTPRequestMirror;
  readonly requestRedirect?: HTTPRequestRedirect;
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: HTTPPathModifier };
}

export interface HTTPBackendRef extends BackendObjectReference {
  /** Share of requests relative to the sum; default 1. */
  readonly weight?: number;
  readonly filters?: readonly HTTPRouteFilter[];
}

/** A header or query parameter; type `Exact` (default) or `RegularExpression`. */
export interface HTTPValueMatch {
  readonly type?: string;
  readonly name: string;
  readonly value: string;
}

export interface HTTPRouteMatch {
  readonly path?: { readonly type?: string; readonly value?: string };
  readonly headers?: readonly HTTPValueMatch[];
  readonly queryParams?: readonly HTTPValueMatch[];
  readonly method?: string;
}

export interface HTTPRouteRule {
  readonly name?: string;
  readonly matches?: readonly HTTPRouteMatch[];
  readonly filters?: readonly HTTPRouteFilter[];
  readonly backendRefs?: readonly HTTPBackendRef[];
  readonly timeouts?: { readonly request?: string; readonly backendRequest?: string };
  readonly retry?: Readonly<Record<string, unknown>>;
  readonly sessionPersistence?: Readonly<Record<string, unknown>>;
}

/** What one parent says of a route. */
export interface RouteParentStatus {
  readonly parentRef: ParentReference;
  readonly controllerName: string;
  readonly conditions?: readonly Condition[];
}

export type HTTPRoute = KubeObject<
  {
    readonly parentRefs?: readonly ParentReference[];
    readonly hostnames?: readonly string[];
    readonly useDefaultGateways?: string;
    readonly rules?: readonly HTTPRouteRule[];
  },
  { readonly parents?: readonly RouteParentStatus[] }
>;

export interface GatewayListener {
  readonly name: string;
  readonly hostname?: string;
  readonly port: number;
  readonly protocol: string;
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector };
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[];
  };
}

export interface ListenerStatus {
  readonly name: string;
  readonly supportedKinds: readonly { readonly group?: string; readonly kind: string }[];
  readonly attachedRoutes: number;
  readonly conditions: readonly Condition[];
}

export type Gateway = KubeObject<
  {
    readonly gatewayClassName: string;
    readonly listeners: readonly GatewayListener[];
    readonly addresses?: readonly { readonly type?: string; readonly value?: string }[];
  },
  {
    readonly addresses?: readonly { readonly type?: string; readonly value: string }[];
    readonly conditions?: readonly Condition[];
    readonly listeners?: readonly ListenerStatus[];
  }
>;

export type GatewayClass = KubeObject<
  {
    readonly controllerName: string;
    readonly description?: string;
    readonly parametersRef?: Readonly<Record<string, unknown>>;
  },
  { readonly conditions?: readonly Condition[] }
>;

export const HTTP_ROUTES = resourceType<HTTPRoute>({
  group: GATEWAY_API_GROUP,
  version: 'v1',
  resource: 'httproutes',
  kind: 'HTTPRoute',
  namespaced: true,
});
export const GATEWAYS = resourceType<Gateway>({
  group: GATEWAY_API_GROUP,
  version: 'v1',
  resource: 'gateways',
  kind: 'Gateway',
  namespaced: true,
});
export const GATEWAY_CLASSES = resourceType<GatewayClass>({
  group: GATEWAY_API_GROUP,
  version: 'v1',
  resource: 'gatewayclasses',
  kind: 'GatewayClass',
  namespaced: false,
});
