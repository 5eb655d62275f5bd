/**
 * The routing table: what each object compiles to, arranged by host. Pure; a new table shares with the old one every
 * host the changed object has nothing to do with, so a change costs what it touches.
 */
import type { CanaryEntry, CompiledRoute, PathMatch, RouteEntry, ServiceReference } from './route.ts';

/** All routes of the gateway. */
export interface RoutingTable {
  /** Entries by host, the first that fits wins. */
  readonly hosts: ReadonlyMap<string, readonly RouteEntry[]>;
  /** What each object compiled to, by `Kind namespace/name`. */
  readonly sources: ReadonlyMap<string, CompiledRoute>;
  /** Keys of the objects that say something about a host. */
  readonly owners: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A table without routes. */
export const EMPTY_TABLE: RoutingTable = { hosts: new Map(), sources: new Map(), owners: new Map() };

/** The table with this object compiled anew, or without it. */
export const withSource = (table: RoutingTable, key: string, compiled: CompiledRoute | undefined): RoutingTable => {
  const previous = table.sources.get(key);
  const sources = new Map(table.sources);
  if (compiled) sources.set(key, compiled);
  else sources.delete(key);
  const hosts = new Map(table.hosts);
  const owners = new Map(table.owners);
  for (const host of new Set([...hostsOf(previous), ...hostsOf(compiled)])) {
    const keys = new Set(owners.get(host));
    if (hostsOf(compiled).includes(host)) keys.add(key);
    else keys.delete(key);
    setOrDelete(owners, host, keys.size > 0 ? keys : undefined);
    const entries = compileHost(
      host,
      [...keys].flatMap((owner) => sources.get(owner) ?? []),
    );
    setOrDelete(hosts, host, entries.length > 0 ? entries : undefined);
  }
  return { hosts, sources, owners };
};

/** What cannot be said of one object alone: canaries of Ingresses that have no stable path beside them. */
export const orphanedCanaries = (table: RoutingTable, key: string): readonly CanaryEntry[] =>
  (table.sources.get(key)?.canaries ?? []).filter(
    (canary) => !(table.hosts.get(canary.host) ?? []).some((entry) => isStableOf(entry, canary)),
  );

const hostsOf = (compiled: CompiledRoute | undefined): readonly string[] =>
  [...(compiled?.entries ?? []), ...(compiled?.canaries ?? [])].map((entry) => entry.host);

const setOrDelete = <T>(map: Map<string, T>, key: string, value: T | undefined): void => {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
};

const compileHost = (host: string, sources: readonly CompiledRoute[]): readonly RouteEntry[] => {
  const canaries = sources
    .flatMap((source) => source.canaries)
    .sort((left, right) => compareTexts(left.createdAt + left.owner, right.createdAt + right.owner));
  return sources
    .flatMap((source) => source.entries)
    .filter((entry) => entry.host === host)
    .sort(compareEntries)
    .map((entry) => withCanary(entry, canaries));
};

/** One canary per path, the oldest, as upstream's balancer takes the first. */
const withCanary = (entry: RouteEntry, canaries: readonly CanaryEntry[]): RouteEntry => {
  const { action } = entry.rule;
  const canary = canaries.find((candidate) => isStableOf(entry, candidate));
  if (!canary || action.kind !== 'forward') return entry;
  return { ...entry, rule: { ...entry.rule, action: { ...action, canary: canary.policy } } };
};

/** @upstream ingress-nginx internal/ingress/controller/controller.go#mergeAlternativeBackends, #canMergeBackend */
const isStableOf = (entry: RouteEntry, canary: CanaryEntry): boolean => {
  const { route, action } = entry.rule;
  const service = action.kind === 'forward' ? action.backends[0]?.service : undefined;
  return (
    route.kind === 'Ingress' &&
    !entry.isDefault &&
    service !== undefined &&
    entry.host === canary.host &&
    route.namespace === canary.policy.service.namespace &&
    isSamePath(entry.match.path, canary.path) &&
    !isSameService(service, canary.policy.service)
  );
};

const isSamePath = (left: PathMatch, right: PathMatch): boolean =>
  left.kind !== 'pattern' && right.kind !== 'pattern' && left.kind === right.kind && left.path === right.path;

const isSameService = (left: ServiceReference, right: ServiceReference): boolean =>
  left.namespace === right.namespace && left.name === right.name && left.port === right.port;

/**
 * Orders what matches the same host: exact path, then pattern, then the longest prefix, then a method, more headers,
 * more query parameters, the older route, its name, its own order. @spec HTTPRouteRule.matches; where the API leaves
 * regular expressions open, they come between, as with Envoy Gateway.
 */
const compareEntries = (left: RouteEntry, right: RouteEntry): number =>
  Number(left.isDefault) - Number(right.isDefault) ||
  pathRank(right.match.path) - pathRank(left.match.path) ||
  Number(right.match.method !== undefined) - Number(left.match.method !== undefined) ||
  right.match.headers.length - left.match.headers.length ||
  right.match.query.length - left.match.query.length ||
  compareTexts(left.createdAt, right.createdAt) ||
  compareTexts(ownerOf(left), ownerOf(right)) ||
  left.position - right.position;

const ownerOf = ({ rule: { route } }: RouteEntry): string => `${route.namespace}/${route.name}`;

/** Paths are far shorter than these offsets. */
const pathRank = (path: PathMatch): number => {
  if (path.kind === 'exact') return 2e6 + path.path.length;
  return path.kind === 'pattern' ? 1e6 + path.pattern.source.length : path.path.length;
};

const compareTexts = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
