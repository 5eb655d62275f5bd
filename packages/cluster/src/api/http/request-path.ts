/**
 * What the path of a request addresses. @spec https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
 */
import { ApiStatusError } from '@argosy/kube';

/** A resource, an object or a subresource. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** The address of a request, taken apart. */
export interface RequestAddress {
  readonly pathname: string;
  readonly query: URLSearchParams;
}

const NO_QUERY = new URLSearchParams();

/** Paths that mean what they say, without dots to follow or letters to decode. */
const PLAIN_PATH = /^(?:\/[\w:~-][\w.:~-]*)+$/;

/** Takes a request's target apart. Throws BadRequest. */
export const addressOf = (target: string): RequestAddress => {
  const at = target.indexOf('?');
  const pathname = at < 0 ? target : target.slice(0, at);
  // The whole parser costs as much as looking an object up.
  if (PLAIN_PATH.test(pathname))
    return { pathname, query: at < 0 ? NO_QUERY : new URLSearchParams(target.slice(at + 1)) };
  // A path is taken as it stands: nobody is to reach another one than the one that was judged.
  if (target.startsWith('/')) return { pathname, query: new URLSearchParams(at < 0 ? '' : target.slice(at + 1)) };
  try {
    const url = new URL(target);
    return { pathname: url.pathname, query: url.searchParams };
  } catch {
    throw new ApiStatusError('BadRequest', 'the target of the request is no path');
  }
};

/** Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`; `undefined` for paths of another form. Parts are decoded. */
export const parseResourcePath = (path: string): ResourcePath | undefined => {
  const parts = PLAIN_PATH.test(path) ? path.slice(1).split('/') : cleanParts(path);
  if (!parts) return undefined;
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return undefined;
  const group = isCore ? '' : parts[1];
  const versionAt = isCore ? 1 : 2;
  const version = parts[versionAt];
  const [first, second, third] = [parts[versionAt + 1], parts[versionAt + 2], parts[versionAt + 3]];
  if (group === undefined || !version) return undefined;
  // `/namespaces/x` is the namespace itself, `/namespaces/x/y` what is in it, except for its own subresources.
  const isWithin =
    first === 'namespaces' && third !== undefined && !(group === '' && (third === 'status' || third === 'finalize'));
  const at = versionAt + (isWithin ? 3 : 1);
  const [resource, name, subresource] = [parts[at], parts[at + 1], parts[at + 2]];
  // What stands behind a proxy is another server's path.
  if (!resource || (parts.length > at + 3 && subresource !== 'proxy')) return undefined;
  return { group, version, resource, namespace: isWithin ? second : undefined, name, subresource };
};

/** No part leads elsewhere; what stands behind a proxy is another server's business. */
const cleanParts = (path: string): readonly string[] | undefined => {
  const parts = decodeParts(path);
  if (!parts) return undefined;
  const proxied = parts.indexOf('proxy');
  const own = proxied < 0 ? parts : parts.slice(0, proxied);
  const head = proxied < 0 ? path : path.slice(0, path.indexOf('/proxy'));
  const isClean = !head.includes('//') && own.every((part) => part !== '.' && part !== '..' && !part.includes('/'));
  return isClean ? parts : undefined;
};

const decodeParts = (path: string): readonly string[] | undefined => {
  const parts = path.split('/').filter((part) => part !== '');
  if (!path.includes('%')) return parts;
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return undefined;
  }
};
