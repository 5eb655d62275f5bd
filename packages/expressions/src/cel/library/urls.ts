/**
 * URLs, as Go's ParseRequestURI takes them.
 * @spec k8s.io/apiserver/pkg/cel/library/urls.go, https://pkg.go.dev/net/url
 */
import { quoteGo } from '../../template/format/quote.ts';
import { CelError } from '../cel-error.ts';
import { CelList, CelMap, CelOpaque, type CelValue } from '../values/cel-value.ts';
import { declare, type CelOverload } from './overloads.ts';

interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** What is wrong with a URL, or the URL. */
const parseUrl = (text: string): Url | string => {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'net/url: invalid control character in URL';
  if (text === '') return 'empty url';
  if (text.startsWith(':')) return 'missing protocol scheme';
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  const [beforeFragment = ''] = text.slice(scheme?.[0].length ?? 0).split('#', 1);
  const [beforeQuery = '', ...queries] = beforeFragment.split('?');
  if (!scheme && !text.startsWith('/')) return 'invalid URI for request';
  // What does not begin with a slash is opaque: neither host nor path.
  const shape = /^(?:\/\/([^/]*))?(\/.*)?$/s.exec(beforeQuery);
  const [, authority = '', path = ''] = shape ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const complaint = hostComplaint(host) ?? escapeComplaint(path);
  if (complaint !== undefined) return complaint;
  return { scheme: (scheme?.[1] ?? '').toLowerCase(), host, path: encodePath(path), query: queries.join('?') };
};

const escapeComplaint = (path: string): string | undefined => {
  const escape = /%(?![0-9A-Fa-f]{2}).{0,2}/su.exec(path);
  return escape ? `invalid URL escape ${quoteGo(escape[0])}` : undefined;
};

const hostComplaint = (host: string): string | undefined => {
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host";
  const port = host.startsWith('[') ? host.slice(host.lastIndexOf(']') + 1) : (/:.*$/s.exec(host)?.[0] ?? '');
  if (!/^(?::\d*)?$/.test(port)) return `invalid port ${quoteGo(port)} after host`;
  // Only letters beyond ASCII may be escaped in a host.
  const escape = /%(?![89A-Fa-f][0-9A-Fa-f]).{0,2}/su.exec(host);
  if (escape) return `invalid URL escape ${quoteGo(escape[0])}`;
  const wrong = /[ \\^`{|}]/.exec(host);
  return wrong ? `invalid character ${quoteGo(wrong[0])} in host name` : undefined;
};

const encodePath = (path: string): string => path.replace(/[^\u0021-\u007e]/gu, (rune) => encodeURIComponent(rune));

const urlValue = (text: string): CelOpaque => {
  const url = parseUrl(text);
  if (typeof url === 'string')
    throw new CelError(`URL parse error during conversion from string: parse ${quoteGo(text)}: ${url}`);
  return new CelOpaque('kubernetes.URL', url, text);
};

/** What `format.uri()` says of a text. */
export const urlComplaints = (text: string): readonly string[] => {
  const url = parseUrl(text);
  return typeof url === 'string' ? [`parse ${quoteGo(text)}: ${url}`] : [];
};

// Only the functions here make these values, hence the cast.
const urlOf = (value: CelValue | undefined): Url => (value as CelOpaque).inner as Url;

const hostnameOf = (host: string): string => /^\[([^\]]*)\]/.exec(host)?.[1] ?? host.replace(/:\d*$/, '');

const unescape = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};

/** Values by name; pairs that make no sense are left out. */
const queryOf = (query: string): CelMap => {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const key = unescape(equals < 0 ? pair : pair.slice(0, equals));
    const value = unescape(equals < 0 ? '' : pair.slice(equals + 1));
    if (key !== undefined && value !== undefined) values.set(key, [...(values.get(key) ?? []), value]);
  }
  return new CelMap([...values].map(([key, list]): [CelValue, CelValue] => [key, new CelList(list)]));
};

/** Functions of URLs. */
export const URLS: readonly CelOverload[] = [
  declare('url(string) -> kubernetes.URL', ([text]) => urlValue(text as string)),
  declare('isURL(string) -> bool', ([text]) => typeof parseUrl(text as string) !== 'string'),
  declare('kubernetes.URL.getScheme() -> string', ([url]) => urlOf(url).scheme),
  declare('kubernetes.URL.getHost() -> string', ([url]) => urlOf(url).host),
  declare('kubernetes.URL.getHostname() -> string', ([url]) => hostnameOf(urlOf(url).host)),
  declare('kubernetes.URL.getPort() -> string', ([url]) => /:(\d*)$/.exec(urlOf(url).host)?.[1] ?? ''),
  declare('kubernetes.URL.getEscapedPath() -> string', ([url]) => urlOf(url).path),
  declare('kubernetes.URL.getQuery() -> map(string, list(string))', ([url]) => queryOf(urlOf(url).query)),
];
