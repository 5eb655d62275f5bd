import { describe, expect, it } from 'vitest';

import type { RouteAction, RouteEntry } from '../routes/route.ts';
import { withChanges, withForwarded, withoutHopByHop } from './headers.ts';
import { forwardedTarget, readRequestHead, redirectLocation, type RequestHead } from './request-head.ts';

const headOf = (url: string, host = 'web.test:8080'): RequestHead => {
  const head = readRequestHead({ url, method: 'GET', headers: { host } });
  if (!head.ok) throw new Error(head.error);
  return head.value;
};
const entryAt = (path: string): RouteEntry => ({
  host: '*',
  singleLabel: false,
  isDefault: false,
  match: { path: { kind: 'prefix', path }, headers: [], query: [] },
  rule: {
    route: { kind: 'HTTPRoute', namespace: 'a', name: 'web' },
    action: { kind: 'refuse', code: 500, message: '' },
  },
  createdAt: '',
  position: 0,
});

describe('readRequestHead', () => {
  it.each([
    ['/a/b?x=1?y', 'web.test', 'web.test', '/a/b', 'x=1?y'],
    ['/', '[::1]:80', '::1', '/', ''],
    ['http://other.test:81/a?b', 'web.test', 'other.test', '/a', 'b'],
    ['http://other.test', 'web.test', 'other.test', '/', ''],
    ['/public/../admin', 'h', 'h', '/admin', ''],
    ['/public/%2e%2e/admin', 'h', 'h', '/admin', ''],
    ['/.well-known/x', 'h', 'h', '/.well-known/x', ''],
    ['/a%2Fb//c', 'h', 'h', '/a%2Fb//c', ''],
  ])('%s at %s', (url, host, wantedHost, path, query) =>
    expect(headOf(url, host)).toMatchObject({ host: wantedHost, path, query }),
  );
  it('refuses what is no path', () => expect(readRequestHead({ url: '*', headers: {} }).ok).toBe(false));
});

describe('forwardedTarget', () => {
  // @spec https://gateway-api.sigs.k8s.io/reference/spec/#httppathmodifier replacePrefixMatch
  it.each([
    ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz/', '/xyz/bar'],
    ['/foo', '/foo', '/xyz', '/xyz'],
    ['/foo/', '/foo', '/xyz', '/xyz/'],
    ['/foo/bar', '/foo', '', '/bar'],
    ['/foo/', '/foo', '', '/'],
    ['/foo', '/foo', '', '/'],
    ['/foo/', '/foo', '/', '/'],
    ['/foo', '/foo', '/', '/'],
  ])('%s below %s → %s', (path, prefix, replacement, wanted) =>
    expect(forwardedTarget(headOf(path), entryAt(prefix), { kind: 'prefix', replacement })).toBe(wanted),
  );
  it('keeps the query', () =>
    expect(forwardedTarget(headOf('/a?x=1'), entryAt('/'), { kind: 'full', path: '/b' })).toBe('/b?x=1'));
});

describe('redirectLocation', () => {
  const redirect = (change: object): Extract<RouteAction, { kind: 'redirect' }> => ({
    kind: 'redirect',
    statusCode: 302,
    responseHeaders: [],
    ...change,
  });
  it.each([
    [{}, 'http://web.test:8080/a?b'],
    [{ scheme: 'https' }, 'https://web.test/a?b'],
    [{ scheme: 'https', port: 8443 }, 'https://web.test:8443/a?b'],
    [{ scheme: 'http', port: 80 }, 'http://web.test/a?b'],
    [{ hostname: 'new.test', path: { kind: 'full', path: '/' } }, 'http://new.test:8080/?b'],
  ])('%j', (change, wanted) => expect(redirectLocation(headOf('/a?b'), entryAt('/'), redirect(change))).toBe(wanted));
});

describe('headers', () => {
  it('lose what concerns one connection, and what Connection names', () =>
    expect(
      withoutHopByHop([
        ['Connection', 'close, X-Own'],
        ['x-own', '1'],
        ['TE', 'trailers'],
        ['Transfer-Encoding', 'chunked'],
        ['Upgrade', 'h2c'],
        ['Accept', 'a'],
        ['accept', 'b'],
      ]),
    ).toEqual([
      ['Accept', 'a'],
      ['accept', 'b'],
    ]));
  it('are set, added, removed in this order', () =>
    expect(
      withChanges(
        [
          ['A', '1'],
          ['a', '2'],
          ['B', '1'],
        ],
        [
          {
            set: [['a', '3']],
            add: [
              ['b', '2'],
              ['c', '1'],
            ],
            remove: ['C'],
          },
        ],
      ),
    ).toEqual([
      ['B', '1'],
      ['a', '3'],
      ['b', '2'],
    ]));
  it('tell who asked, after what earlier proxies told', () =>
    expect(
      withForwarded(
        [
          ['X-Forwarded-For', '10.0.0.1'],
          ['X-Forwarded-Proto', 'https'],
        ],
        { remoteAddress: '127.0.0.1', authority: 'web.test:8080' },
      ),
    ).toEqual([
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-For', '10.0.0.1, 127.0.0.1'],
      ['X-Forwarded-Host', 'web.test:8080'],
      ['X-Forwarded-Port', '8080'],
    ]));
});
