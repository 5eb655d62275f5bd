/**
 * Routes as the proxy reads them: what Ingress and HTTPRoute compile to. All values are immutable and printable.
 */
import type { Pattern } from '../patterns/pattern.ts';

/** Names a port of a Service; `undefined` is the only one it has. */
export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number | string | undefined;
}

/** Which paths. Prefixes match whole segments. */
export type PathMatch =
  | { readonly kind: 'exact'; readonly path: string }
  | { readonly kind: 'prefix'; readonly path: string }
  | { readonly kind: 'pattern'; readonly pattern: Pattern };

/** Which values of a header or query parameter; the whole value counts. */
export type ValueMatch =
  | { readonly kind: 'exact'; readonly name: string; readonly value: string }
  | { readonly kind: 'pattern'; readonly name: string; readonly pattern: Pattern };

/** All parts must match. Header names are in lower case. */
export interface RequestMatch {
  readonly path: PathMatch;
  readonly method?: string;
  readonly headers: readonly ValueMatch[];
  readonly query: readonly ValueMatch[];
}

/** Changes to headers: set, then add, then remove. Names keep their author's case. */
export interface HeaderChanges {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly add: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

/** A share of the requests; the share is `weight` of the sum of all. */
export interface WeightedBackend {
  readonly service: ServiceReference;
  readonly weight: number;
  readonly requestHeaders: readonly HeaderChanges[];
  readonly responseHeaders: readonly HeaderChanges[];
}

/** What becomes of a path. `prefix` replaces what the rule's prefix matched. */
export type PathRewrite =
  | { readonly kind: 'full'; readonly path: string }
  | { readonly kind: 'prefix'; readonly replacement: string };

/** A copy of `share` (0–1) of the requests, whose answers nobody reads. */
export interface Mirror {
  readonly service: ServiceReference;
  readonly share: number;
}

/** nginx' canary policy. @upstream ingress-nginx rootfs/etc/nginx/lua/balancer.lua#route_to_alternative_balancer */
export interface CanaryPolicy {
  readonly service: ServiceReference;
  readonly weight: number;
  /** At least 100. */
  readonly weightTotal: number;
  readonly header?: { readonly name: string; readonly value?: string; readonly pattern?: Pattern };
  readonly cookie?: string;
}

/** What to do with a request. */
export type RouteAction =
  | {
      readonly kind: 'forward';
      readonly backends: readonly WeightedBackend[];
      readonly canary?: CanaryPolicy;
      readonly requestHeaders: readonly HeaderChanges[];
      readonly responseHeaders: readonly HeaderChanges[];
      readonly hostname?: string;
      readonly path?: PathRewrite;
      readonly mirrors: readonly Mirror[];
      /** From the request's arrival to the end of the answer; absent: no limit. */
      readonly requestTimeoutMs?: number;
      /** From the try's start to the end of the answer; absent: no limit. */
      readonly backendTimeoutMs?: number;
      /** Code for a Service that does not exist: 500 in the Gateway API, 503 with nginx. */
      readonly unknownServiceCode: number;
    }
  | {
      readonly kind: 'redirect';
      readonly scheme?: string;
      readonly hostname?: string;
      readonly port?: number;
      readonly path?: PathRewrite;
      readonly statusCode: number;
      readonly responseHeaders: readonly HeaderChanges[];
    }
  /** The rule cannot be carried out; letting its requests fall through to another rule would be worse. */
  | { readonly kind: 'refuse'; readonly code: number; readonly message: string };

/** One rule of a route. */
export interface RouteRule {
  readonly route: { readonly kind: 'HTTPRoute' | 'Ingress'; readonly namespace: string; readonly name: string };
  readonly action: RouteAction;
}

/** A way into a rule, with what decides between several that match. */
export interface RouteEntry {
  /** `web.example.com`, `*.example.com` or `*`. */
  readonly host: string;
  /** Whether the `*` of the host stands for one label only (Ingress) or for any number (Gateway API). */
  readonly singleLabel: boolean;
  /** A last resort, considered after everything else. */
  readonly isDefault: boolean;
  readonly match: RequestMatch;
  readonly rule: RouteRule;
  /** Older routes win: creation time, then `namespace/name`, then position in the route. */
  readonly createdAt: string;
  readonly position: number;
}

/** A canary Ingress's path, waiting for the stable path it belongs to. */
export interface CanaryEntry {
  readonly host: string;
  readonly pathType: string;
  readonly path: PathMatch;
  readonly policy: CanaryPolicy;
  readonly createdAt: string;
  /** `namespace/name` of its Ingress. */
  readonly owner: string;
}

/** What one object compiles to. Problems are for its author: each names the field and the remedy. */
export interface CompiledRoute {
  readonly entries: readonly RouteEntry[];
  readonly canaries: readonly CanaryEntry[];
  readonly problems: readonly string[];
}
