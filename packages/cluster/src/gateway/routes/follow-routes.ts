/**
 * Keeps the routing table true: what changed is compiled anew, and what depends on it.
 */
import type { Change, Informer, InformerSet } from '@argosy/client';
import {
  formatKey,
  GATEWAYS,
  HTTP_ROUTES,
  INGRESSES,
  keyOf,
  NAMESPACES,
  type Gateway,
  type HTTPRoute,
  type Ingress,
  type Namespace,
} from '@argosy/kube';

import { attachedHosts, attachRoute, gatewayOf, type AttachmentWorld } from './attach-route.ts';
import { compileHttpRoute } from './compile-http-route.ts';
import { compileIngress } from './compile-ingress.ts';
import { EMPTY_TABLE, withSource, type RoutingTable } from './compile-routes.ts';

/** The objects routes are made of. */
export interface RouteObjects {
  readonly httpRoutes: Informer<HTTPRoute>;
  readonly gateways: Informer<Gateway>;
  readonly ingresses: Informer<Ingress>;
  readonly namespaces: Informer<Namespace>;
  readonly world: AttachmentWorld;
}

/** The routes as they change. */
export interface FollowedRoutes {
  /** `undefined` until everything has been listed once. */
  table(): RoutingTable | undefined;
  /** Waits for the first list, then keeps the table true until disposed. */
  follow(): Promise<Disposable>;
}

/** Index of routes by `namespace/name` of the Gateways they name. */
export const BY_GATEWAY = 'gateway';

/** Asks the set for the informers. */
export const watchRouteObjects = (informers: InformerSet): RouteObjects => {
  const httpRoutes = informers.of({ resource: HTTP_ROUTES, indexes: { [BY_GATEWAY]: gatewayKeysOf } });
  const gateways = informers.of({ resource: GATEWAYS });
  const ingresses = informers.of({ resource: INGRESSES });
  const namespaces = informers.of({ resource: NAMESPACES });
  return {
    httpRoutes,
    gateways,
    ingresses,
    namespaces,
    world: {
      gateway: (namespace, name) => gateways.get({ namespace, name }),
      namespaceLabels: (name) => namespaces.get({ name })?.metadata.labels,
    },
  };
};

/** Follows the objects; nothing happens before `follow`. */
export const createFollowedRoutes = (objects: RouteObjects): FollowedRoutes => {
  const { httpRoutes, gateways, ingresses, namespaces, world } = objects;
  let table: RoutingTable | undefined;

  const put = (key: string, compiled: Parameters<typeof withSource>[2]): void => {
    table = withSource(table ?? EMPTY_TABLE, key, compiled);
  };
  const compileRoute = (route: HTTPRoute): void =>
    put(sourceKey(route), compileHttpRoute(route, attachedHosts(attachRoute(route, world))));
  const onRoute = ({ kind, object }: Change<HTTPRoute>): void =>
    kind === 'deleted' ? put(sourceKey(object), undefined) : compileRoute(object);
  const onIngress = ({ kind, object }: Change<Ingress>): void =>
    put(sourceKey(object), kind === 'deleted' ? undefined : compileIngress(object));
  const onGateway = ({ object }: Change<Gateway>): void =>
    httpRoutes.byIndex(BY_GATEWAY, formatKey(keyOf(object))).forEach(compileRoute);
  const onNamespace = (change: Change<Namespace>): void => {
    // Listeners may select namespaces by label.
    if (change.kind !== 'deleted') httpRoutes.list(change.object.metadata.name ?? '').forEach(compileRoute);
  };
  return {
    table: () => table,
    follow: async () => {
      await Promise.all([httpRoutes.synced, gateways.synced, ingresses.synced, namespaces.synced]);
      table = EMPTY_TABLE;
      const subscriptions = [
        httpRoutes.onChange(onlyNewSpecs(onRoute)),
        ingresses.onChange(onlyNewSpecs(onIngress)),
        gateways.onChange(onlyNewSpecs(onGateway)),
        namespaces.onChange(onNamespace),
      ];
      return {
        [Symbol.dispose]: () => {
          for (const subscription of subscriptions) subscription[Symbol.dispose]();
        },
      };
    },
  };
};

/** `namespace/name` of the Gateways a route names. */
export const gatewayKeysOf = (route: HTTPRoute): readonly string[] =>
  (route.spec?.parentRefs ?? []).flatMap((reference) => {
    const key = gatewayOf(route, reference);
    return key ? [formatKey(key)] : [];
  });

const sourceKey = (object: HTTPRoute | Ingress): string => `${object.kind} ${formatKey(keyOf(object))}`;

/** Our own status writes change nothing a route is made of. */
const onlyNewSpecs =
  <T extends HTTPRoute | Ingress | Gateway>(handler: (change: Change<T>) => void) =>
  (change: Change<T>): void => {
    if (change.kind === 'updated' && isSameRoute(change.previous, change.object)) return;
    handler(change);
  };

const isSameRoute = (left: HTTPRoute | Ingress | Gateway, right: HTTPRoute | Ingress | Gateway): boolean =>
  left.metadata.uid === right.metadata.uid &&
  left.metadata.generation === right.metadata.generation &&
  JSON.stringify(left.metadata.annotations) === JSON.stringify(right.metadata.annotations);
