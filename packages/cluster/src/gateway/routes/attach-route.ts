/**
 * Which Gateways take a route, and for which hosts. Pure.
 * @spec https://gateway-api.sigs.k8s.io/reference/spec/#parentreference, #listener (hostname, allowedRoutes)
 */
import {
  GATEWAY_API_GROUP,
  matchesLabelSelector,
  type Gateway,
  type GatewayListener,
  type HTTPRoute,
  type ParentReference,
  type StringMap,
} from '@argosy/kube';

/** What a parent says. Hosts are `*` or names as in a route; none when it does not take the route. */
export interface Attachment {
  readonly parentRef: ParentReference;
  readonly accepted: boolean;
  readonly reason: string;
  readonly message: string;
  readonly hosts: readonly string[];
  /** Names of the listeners that took it. */
  readonly listeners: readonly string[];
}

/** The world a route is attached in. */
export interface AttachmentWorld {
  /** Finds a Gateway; `undefined` when there is none. */
  gateway(namespace: string, name: string): Gateway | undefined;
  /** Labels of a namespace. */
  namespaceLabels(name: string): StringMap | undefined;
}

/** Protocols a listener may have. HTTPS is served in plain HTTP: nothing ends TLS here. */
export const SERVED_PROTOCOLS = ['HTTP', 'HTTPS'];

/** Asks every parent of a route. */
export const attachRoute = (route: HTTPRoute, world: AttachmentWorld): readonly Attachment[] =>
  (route.spec?.parentRefs ?? []).map((parentRef) => attachToParent(route, parentRef, world));

/** The hosts under which a route is served: what its parents give, each once. */
export const attachedHosts = (attachments: readonly Attachment[]): readonly string[] => [
  ...new Set(attachments.flatMap((attachment) => attachment.hosts)),
];

/** Namespace and name of the Gateway a reference of this route means; `undefined` when it means something else. */
export const gatewayOf = (
  route: HTTPRoute,
  { group, kind, namespace, name }: ParentReference,
): { readonly namespace: string; readonly name: string } | undefined =>
  (group ?? GATEWAY_API_GROUP) === GATEWAY_API_GROUP && (kind ?? 'Gateway') === 'Gateway'
    ? { namespace: namespace ?? route.metadata.namespace ?? '', name }
    : undefined;

const attachToParent = (route: HTTPRoute, parentRef: ParentReference, world: AttachmentWorld): Attachment => {
  const refuse = (reason: string, message: string): Attachment => ({
    parentRef,
    accepted: false,
    reason,
    message,
    hosts: [],
    listeners: [],
  });
  const key = gatewayOf(route, parentRef);
  if (!key) return refuse('InvalidKind', `not supported yet: parents of kind ${parentRef.kind ?? ''}; name a Gateway`);
  const gateway = world.gateway(key.namespace, key.name);
  if (!gateway) return refuse('NoMatchingParent', `Gateway ${key.namespace}/${key.name} does not exist`);
  const named = listenersOf(gateway, parentRef);
  if (named.length === 0)
    return refuse('NoMatchingParent', `Gateway ${key.namespace}/${key.name} has no such HTTP listener`);
  const allowed = named.filter((listener) => isAllowed(route, gateway, { listener, world }));
  if (allowed.length === 0)
    return refuse('NotAllowedByListeners', 'spec.listeners[].allowedRoutes of the Gateway does not admit the route');
  const taken = allowed
    .map((listener) => ({ listener, hosts: intersectHosts(route.spec?.hostnames ?? [], listener.hostname) }))
    .filter(({ hosts }) => hosts.length > 0);
  if (taken.length === 0)
    return refuse('NoMatchingListenerHostname', 'spec.hostnames has no host in common with a listener of the Gateway');
  return {
    parentRef,
    accepted: true,
    reason: 'Accepted',
    message: 'Route is accepted',
    hosts: [...new Set(taken.flatMap(({ hosts }) => hosts))],
    listeners: taken.map(({ listener }) => listener.name),
  };
};

const listenersOf = (gateway: Gateway, { sectionName, port }: ParentReference): readonly GatewayListener[] =>
  (gateway.spec?.listeners ?? []).filter(
    (listener) =>
      SERVED_PROTOCOLS.includes(listener.protocol) &&
      (sectionName === undefined || listener.name === sectionName) &&
      (port === undefined || listener.port === port),
  );

const isAllowed = (
  route: HTTPRoute,
  gateway: Gateway,
  { listener, world }: { readonly listener: GatewayListener; readonly world: AttachmentWorld },
): boolean => {
  const { namespaces, kinds } = listener.allowedRoutes ?? {};
  const namespace = route.metadata.namespace ?? '';
  if (kinds && kinds.length > 0 && !kinds.some((kind) => kind.kind === 'HTTPRoute')) return false;
  switch (namespaces?.from ?? 'Same') {
    case 'All':
      return true;
    case 'Selector':
      return (
        namespaces?.selector !== undefined &&
        matchesLabelSelector(namespaces.selector, world.namespaceLabels(namespace) ?? {})
      );
    case 'Same':
      return namespace === gateway.metadata.namespace;
    default:
      return false;
  }
};

/** The hosts both sides have. A `*.` stands for any number of labels. */
const intersectHosts = (hostnames: readonly string[], ofListener: string | undefined): readonly string[] => {
  const listener = ofListener?.toLowerCase() || '*';
  if (hostnames.length === 0) return [listener];
  return hostnames
    .map((host) => host.toLowerCase())
    .flatMap((host) => {
      if (covers(listener, host)) return [host];
      return covers(host, listener) ? [listener] : [];
    });
};

const covers = (wide: string, narrow: string): boolean =>
  wide === '*' || wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));
