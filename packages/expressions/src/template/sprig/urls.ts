/**
 * Sprig's functions of URLs.
 * @spec https://pkg.go.dev/net/url
 */
import { goFunction } from '../functions/signature.ts';
import { fromBytes, toBytes } from '../go-text.ts';
import { GoError, goKindOf, goMap, type GoFunctions, type GoMap } from '../values.ts';

/** A URL in parts; escapes of path, fragment and user are undone. */
interface UrlParts {
  readonly scheme: string;
  readonly opaque: string;
  readonly userinfo: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

const bad = (text: string, reason: string): GoError =>
  new GoError(`unable to parse url: parse ${JSON.stringify(text)}: ${reason}`);

const parseUrl = (text: string): UrlParts => {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) throw bad(text, 'net/url: invalid control character in URL');
  const [beforeFragment = '', ...fragments] = text.split('#');
  const fragment = unescapePart(text, fragments.join('#'));
  if (beforeFragment === '*') return { ...EMPTY, path: '*', fragment };
  const { scheme, rest } = splitScheme(text, beforeFragment);
  const queryAt = rest.indexOf('?');
  const query = queryAt < 0 ? '' : rest.slice(queryAt + 1);
  const main = queryAt < 0 ? rest : rest.slice(0, queryAt);
  if (!main.startsWith('/') && scheme !== '') return { ...EMPTY, scheme, opaque: main, query, fragment };
  if (!main.startsWith('/') && /^[^/]*:/.test(main)) throw bad(text, 'first path segment in URL cannot contain colon');
  const hasAuthority = main.startsWith('//') && (scheme !== '' || !main.startsWith('///'));
  const pathAt = hasAuthority ? main.indexOf('/', 2) : 0;
  const authority = hasAuthority ? main.slice(2, pathAt < 0 ? undefined : pathAt) : '';
  const path = unescapePart(text, hasAuthority && pathAt < 0 ? '' : main.slice(pathAt));
  return { ...EMPTY, scheme, ...splitAuthority(text, authority), path, query, fragment };
};

const EMPTY: UrlParts = { scheme: '', opaque: '', userinfo: '', host: '', path: '', query: '', fragment: '' };

const splitScheme = (text: string, url: string): { readonly scheme: string; readonly rest: string } => {
  if (url.startsWith(':')) throw bad(text, 'missing protocol scheme');
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url);
  return match
    ? { scheme: (match[1] ?? '').toLowerCase(), rest: url.slice(match[0].length) }
    : { scheme: '', rest: url };
};

const splitAuthority = (text: string, authority: string): { readonly userinfo: string; readonly host: string } => {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const port = /:([^\]]*)$/.exec(host);
  if (port && !/^\d*$/.test(port[1] ?? ''))
    throw bad(text, `invalid port ${JSON.stringify(`:${(port[1] ?? '').slice(0)}`)} after host`);
  if (/[ "<>\\^`{|}]/.test(host))
    throw bad(text, `invalid character ${JSON.stringify(/[ "<>\\^`{|}]/.exec(host)?.[0] ?? '')} in host name`);
  if (at < 0) return { userinfo: '', host: unescapePart(text, host) };
  const user = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw bad(text, 'net/url: invalid userinfo');
  return { userinfo: rewriteUser(text, user), host: unescapePart(text, host) };
};

const USER_SAFE = /[A-Za-z0-9\-_.~$&+,;=]/;

/** The user as Go writes it back. */
const rewriteUser = (text: string, user: string): string => {
  const colon = user.indexOf(':');
  const rewrite = (part: string): string => escapePart(unescapePart(text, part), USER_SAFE);
  return colon < 0 ? rewrite(user) : `${rewrite(user.slice(0, colon))}:${rewrite(user.slice(colon + 1))}`;
};

const unescapePart = (text: string, part: string): string => {
  if (!part.includes('%')) return part;
  const broken = /%(?![0-9A-Fa-f]{2}).{0,2}/su.exec(part);
  if (broken) throw bad(text, `invalid URL escape ${JSON.stringify(broken[0])}`);
  const bytes = toBytes(part);
  const decoded: number[] = [];
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] !== 0x25) decoded.push(bytes[index] ?? 0);
    else {
      decoded.push(Number.parseInt(String.fromCharCode(bytes[index + 1] ?? 0, bytes[index + 2] ?? 0), 16));
      index += 2;
    }
  }
  return fromBytes(Uint8Array.from(decoded));
};

const escapePart = (text: string, safe: RegExp): string =>
  Array.from(toBytes(text), (byte) => {
    const character = String.fromCharCode(byte);
    return byte < 0x80 && safe.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

const PATH_SAFE = /[A-Za-z0-9\-_.~$&+,/:;=@]/;
const FRAGMENT_SAFE = /[A-Za-z0-9\-_.~$&+,/:;=?@!()*']/;
const HOST_SAFE = /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/;

const joinUrl = (parts: UrlParts): string => {
  const scheme = parts.scheme === '' ? '' : `${parts.scheme}:`;
  const query = parts.query === '' ? '' : `?${parts.query}`;
  const fragment = parts.fragment === '' ? '' : `#${escapePart(parts.fragment, FRAGMENT_SAFE)}`;
  if (parts.opaque !== '') return scheme + parts.opaque + query + fragment;
  const user = parts.userinfo === '' ? '' : `${parts.userinfo}@`;
  const hasAuthority = parts.scheme !== '' || parts.host !== '' || user !== '';
  const isBare = parts.host === '' && user === '';
  let authority = '';
  if (hasAuthority && (!isBare || parts.path.startsWith('//')))
    authority = `//${user}${escapePart(parts.host, HOST_SAFE)}`;
  else if (hasAuthority && parts.scheme !== '' && parts.host === '' && parts.path === '') authority = '';
  let path = parts.path === '*' ? '*' : escapePart(parts.path, PATH_SAFE);
  if (path !== '' && !path.startsWith('/') && parts.host !== '') path = `/${path}`;
  if (scheme === '' && authority === '' && /^[^/]*:/.test(path)) path = `./${path}`;
  return scheme + authority + path + query + fragment;
};

const hostName = (host: string): string => {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  return bracketed ? (bracketed[1] ?? '') : host.replace(/:\d*$/, '');
};

const textAt = (map: GoMap, key: string): string => {
  if (!map.entries.has(key)) return '';
  const value = map.entries.get(key);
  if (typeof value === 'string') return value;
  if (value === null || value === undefined)
    throw new GoError('runtime error: invalid memory address or nil pointer dereference');
  throw new GoError(`unable to parse ${key} key, must be of type string, but ${goKindOf(value)} found`);
};

/** Functions of URLs. */
export const URL_FUNCTIONS: GoFunctions = {
  urlJoin: goFunction(['map'], ([map]) => {
    const part = (key: string): string => textAt(map, key);
    const given = {
      scheme: part('scheme'),
      host: part('host'),
      path: part('path'),
      query: part('query'),
      opaque: part('opaque'),
      fragment: part('fragment'),
    };
    const userinfo = part('userinfo');
    const user = userinfo === '' ? '' : parseUrl(`proto://${userinfo}@host`).userinfo;
    return joinUrl({ ...given, userinfo: user });
  }),
  urlParse: goFunction(['string'], ([text]) => {
    const parts = parseUrl(text);
    return goMap(Object.entries({ ...parts, hostname: hostName(parts.host) }));
  }),
};
