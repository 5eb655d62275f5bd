/**
 * Keeps the routing table true: what changed is compiled anew, and what depends on it.
 */
import { isEqual } from '@argosy/base';
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

import { attachedHosts, attachRoute, gatewayOf, type Attachment, type AttachmentWorld } from './attach-route.ts';
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
  /** How many routes a listener of a Gateway (`namespace/name`) has taken. */
  attachedRoutes(gateway: string, listener: string): number;
  /** Waits for the first list, then keeps the table true until disposed. */
  follow(): Promise<Disposable>;
}

/** Index of routes by `namespace/name` of the Gateways they name. */
export const BY_GATEWAY = 'gateway';

/** Tells whether a change is one of what a route is made of; our own status writes are not. */
export const isNewSpec = (change: Change<HTTPRoute | Ingress | Gateway>): boolean => {
  if (change.kind !== 'updated') return true;
  const { previous, object } = change;
  return (
    previous.metadata.uid !== object.metadata.uid ||
    previous.metadata.generation !== object.metadata.generation ||
    !isEqual(previous.metadata.annotations, object.metadata.annotations)
  );
};

/** Tells whether a namespace has other labels now: listeners may select namespaces by label. */
export const isNewLabels = (change: Change<Namespace>): boolean =>
  change.kind !== 'updated' || !isEqual(change.previous.metadata.labels, change.object.metadata.labels);

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
  const attached = createAttachedCounts();
  const compileRoute = (route: HTTPRoute): void => {
    const attachments = attachRoute(route, world);
    attached.put(route, attachments);
    put(sourceKey(route), compileHttpRoute(route, attachedHosts(attachments)));
  };
  const onRoute = ({ kind, object }: Change<HTTPRoute>): void => {
    if (kind !== 'deleted') return compileRoute(object);
    attached.put(object, []);
    put(sourceKey(object), undefined);
  };
  const onIngress = ({ kind, object }: Change<Ingress>): void =>
    put(sourceKey(object), kind === 'deleted' ? undefined : compileIngress(object));
  const onGateway = ({ object }: Change<Gateway>): void =>
    httpRoutes.byIndex(BY_GATEWAY, formatKey(keyOf(object))).forEach(compileRoute);
  const onNamespace = (change: Change<Namespace>): void => {
    if (isNewLabels(change)) httpRoutes.list(change.object.metadata.name ?? '').forEach(compileRoute);
  };
  return {
    table: () => table,
    attachedRoutes: (gateway, listener) => attached.count(gateway, listener),
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

/** Counts the routes of each listener as they come and go, so that nobody has to walk through all of them. */
const createAttachedCounts = () => {
  const byRoute = new Map<string, readonly string[]>();
  const counts = new Map<string, number>();
  const change = (listeners: readonly string[], by: number): void => {
    for (const listener of listeners) {
      const count = (counts.get(listener) ?? 0) + by;
      if (count > 0) counts.set(listener, count);
      else counts.delete(listener);
    }
  };
  return {
    count: (gateway: string, listener: string): number => counts.get(`${gateway} ${listener}`) ?? 0,
    put: (route: HTTPRoute, attachments: readonly Attachment[]): void => {
      const key = sourceKey(route);
      change(byRoute.get(key) ?? [], -1);
      const listeners = attachments.flatMap(({ parentRef, listeners: names }) => {
        const gateway = gatewayOf(route, parentRef);
        return gateway ? names.map((name) => `${formatKey(gateway)} ${name}`) : [];
      });
      const distinct = [...new Set(listeners)];
      change(distinct, 1);
      if (distinct.length > 0) byRoute.set(key, distinct);
      else byRoute.delete(key);
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

const onlyNewSpecs =
  <T extends HTTPRoute | Ingress | Gateway>(handler: (change: Change<T>) => void) =>
  (change: Change<T>): void => {
    if (isNewSpec(change)) handler(change);
  };
