/**
 * Headers on their way through a proxy. Pure. @spec RFC 9110 §7.6 (message forwarding)
 */
import type { HeaderChanges } from '../routes/route.ts';

/** Headers in their order and case; names may repeat. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Headers that concern one connection only. `trailer` goes too: trailers are not passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Reads the flat list Node gives. */
export const toHeaderList = (raw: readonly string[]): HeaderList =>
  Array.from({ length: Math.floor(raw.length / 2) }, (_, index) => [raw[index * 2] ?? '', raw[index * 2 + 1] ?? '']);

/** Writes the flat list Node takes. */
export const toFlatList = (headers: HeaderList): string[] => headers.flatMap(([name, value]) => [name, value]);

/** Without what concerns one connection only, and what `Connection` names. */
export const withoutHopByHop = (headers: HeaderList): HeaderList => {
  const named = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((token) => token.trim().toLowerCase()));
  return headers.filter(([name]) => {
    const key = name.toLowerCase();
    return !HOP_BY_HOP.has(key) && !named.includes(key);
  });
};

/** First value under a name, in any case. */
export const headerOf = (headers: HeaderList, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1];

/** With this value in place of all others of the name. */
export const withHeader = (headers: HeaderList, name: string, value: string): HeaderList => [
  ...headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase()),
  [name, value],
];

/** With the changes of filters, in order. @spec https://gateway-api.sigs.k8s.io/reference/spec/#httpheaderfilter */
export const withChanges = (headers: HeaderList, changes: readonly HeaderChanges[]): HeaderList =>
  changes.reduce((list, change) => {
    const set = change.set.reduce<HeaderList>((now, [name, value]) => withHeader(now, name, value), list);
    const removed = new Set(change.remove.map((name) => name.toLowerCase()));
    return [...set, ...change.add].filter(([name]) => !removed.has(name.toLowerCase()));
  }, headers);

/** Who asked, as the backend is told. */
export interface Arrival {
  readonly remoteAddress: string;
  /** Host header as sent, with port. */
  readonly authority: string;
}

/** With X-Forwarded-*: the address is appended to what earlier proxies said, the rest is kept when already there. */
export const withForwarded = (headers: HeaderList, { remoteAddress, authority }: Arrival): HeaderList => {
  const before = headers.filter(([name]) => name.toLowerCase() === 'x-forwarded-for').map(([, value]) => value);
  const port = /:(\d+)$/.exec(authority)?.[1] ?? '80';
  const first = (list: HeaderList, name: string, value: string): HeaderList =>
    headerOf(list, name.toLowerCase()) === undefined ? [...list, [name, value]] : list;
  const told = withHeader(headers, 'X-Forwarded-For', [...before, remoteAddress].join(', '));
  return first(
    first(first(told, 'X-Forwarded-Host', authority), 'X-Forwarded-Proto', 'http'),
    'X-Forwarded-Port',
    port,
  );
};
