import { describe, expect, it } from 'vitest';

import type { Gateway, HTTPRoute, Ingress } from '@argosy/kube';

import { attachedHosts, attachRoute, type AttachmentWorld } from './attach-route.ts';
import { compileHttpRoute } from './compile-http-route.ts';
import { compileIngress } from './compile-ingress.ts';
import { EMPTY_TABLE, orphanedCanaries, withSource, type RoutingTable } from './compile-routes.ts';
import { matchRequest, type RoutedRequest } from './match-request.ts';

const aRoute = (spec: HTTPRoute['spec'], metadata: HTTPRoute['metadata'] = {}): HTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'web', namespace: 'a', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
  spec: { parentRefs: [{ name: 'gw' }], ...spec },
});
const anIngress = (
  spec: Ingress['spec'],
  annotations: Readonly<Record<string, string>> = {},
  name = 'web',
): Ingress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name,
    namespace: 'a',
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
    ),
  },
  spec,
});
const backend = (name: string) => ({ service: { name, port: { number: 80 } } });
const paths = (...given: readonly (readonly [path: string, pathType: string, service: string])[]) => ({
  paths: given.map(([path, pathType, service]) => ({ path, pathType, backend: backend(service) })),
});
const to = (name: string) => ({ backendRefs: [{ name, port: 80 }] });

/** The service that gets a request such as `GET host/path`. */
const serviceFor = (table: RoutingTable, text: string, headers: RoutedRequest['headers'] = {}): string | undefined => {
  const [, method = '', host = '', path = '', query = ''] = /^(\w+) ([^/]+)(\/[^?]*)\??(.*)$/.exec(text) ?? [];
  const action = matchRequest(table, { method, host, path, query, headers })?.rule.action;
  return action?.kind === 'forward' ? action.backends[0]?.service.name : action?.kind;
};
const tableOf = (...objects: readonly (HTTPRoute | Ingress)[]): RoutingTable =>
  objects.reduce((table, object, index) => {
    const compiled =
      object.kind === 'Ingress'
        ? compileIngress(object as Ingress)
        : compileHttpRoute(object as HTTPRoute, (object as HTTPRoute).spec?.hostnames ?? ['*']);
    return withSource(table, `${object.kind} ${index}`, compiled);
  }, EMPTY_TABLE);

describe('Ingress paths', () => {
  // @spec https://kubernetes.io/docs/concepts/services-networking/ingress/#examples
  it.each([
    ['Prefix', '/', '/any/path', true],
    ['Exact', '/foo', '/foo', true],
    ['Exact', '/foo', '/bar', false],
    ['Exact', '/foo', '/foo/', false],
    ['Exact', '/foo/', '/foo', false],
    ['Prefix', '/foo', '/foo', true],
    ['Prefix', '/foo', '/foo/', true],
    ['Prefix', '/foo/', '/foo', true],
    ['Prefix', '/foo/', '/foo/', true],
    ['Prefix', '/aaa/bb', '/aaa/bbb', false],
    ['Prefix', '/aaa/bbb', '/aaa/bbb', true],
    ['Prefix', '/aaa/bbb/', '/aaa/bbb', true],
    ['Prefix', '/aaa/bbb', '/aaa/bbb/', true],
    ['Prefix', '/aaa/bbb', '/aaa/bbb/ccc', true],
    ['Prefix', '/aaa/bbb', '/aaa/bbbxyz', false],
    ['ImplementationSpecific', '/foo', '/foo/bar', true],
  ])('%s %s for %s', (pathType, path, asked, matches) => {
    const table = tableOf(anIngress({ rules: [{ http: paths([path, pathType, 'web']) }] }));
    expect(serviceFor(table, `GET host${asked}`)).toBe(matches ? 'web' : undefined);
  });
  it.each([
    ['/aaa/ccc', 'aaa'],
    ['/aaa/bbb', 'bbb'],
    ['/ccc', 'root'],
    ['/both', 'exact'],
  ])('prefers the longest, then the exact one: %s', (asked, service) => {
    const http = paths(
      ['/', 'Prefix', 'root'],
      ['/aaa', 'Prefix', 'aaa'],
      ['/aaa/bbb', 'Prefix', 'bbb'],
      ['/both', 'Prefix', 'prefix'],
      ['/both', 'Exact', 'exact'],
    );
    expect(serviceFor(tableOf(anIngress({ rules: [{ http }] })), `GET host${asked}`)).toBe(service);
  });
  it.each([
    ['bar.foo.com', 'wild'],
    ['baz.bar.foo.com', 'default'],
    ['foo.com', 'default'],
    ['x.foo.com', 'exact'],
    ['X.FOO.com.', 'exact'],
  ])('wildcards stand for one label: %s', (host, service) => {
    const table = tableOf(
      anIngress({
        defaultBackend: backend('default'),
        rules: [
          { host: '*.foo.com', http: paths(['/', 'Prefix', 'wild']) },
          { host: 'x.foo.com', http: paths(['/', 'Prefix', 'exact']) },
        ],
      }),
    );
    expect(serviceFor(table, `GET ${host}/`)).toBe(service);
  });
});

describe('canary Ingresses', () => {
  const stable = anIngress({
    rules: [{ host: 'h', http: paths(['/', 'Prefix', 'stable'], ['/other', 'Prefix', 'other']) }],
  });
  const canary = (annotations: Readonly<Record<string, string>>, path = '/') =>
    anIngress(
      { rules: [{ host: 'h', http: paths([path, 'Prefix', 'canary'], ['/other', 'Prefix', 'other']) }] },
      annotations,
      'canary',
    );
  const policyOf = (table: RoutingTable, path = '/') => {
    const action = matchRequest(table, { method: 'GET', host: 'h', path, query: '', headers: {} })?.rule.action;
    return action?.kind === 'forward' ? action.canary : undefined;
  };
  it('stands behind the same path of a stable one, in whatever order they come', () => {
    const annotations = { canary: 'true', 'canary-weight': '30', 'canary-weight-total': '1000' };
    const wanted = { service: { namespace: 'a', name: 'canary', port: 80 }, weight: 30, weightTotal: 1000 };
    expect(policyOf(tableOf(stable, canary(annotations)))).toEqual(wanted);
    expect(policyOf(tableOf(canary(annotations), stable))).toEqual(wanted);
    // The same service on both sides is no canary, as in what Rollouts copies.
    expect(policyOf(tableOf(stable, canary(annotations)), '/other')).toBeUndefined();
  });
  it('may have another prefix', () => {
    const other = {
      ...canary({}),
      metadata: { name: 'c', namespace: 'a', annotations: { 'my.org/canary': 'true', 'my.org/canary-weight': '7' } },
    };
    expect(policyOf(tableOf(stable, other))).toMatchObject({ weight: 7 });
  });
  it('is never served alone', () => {
    const table = tableOf(canary({ canary: 'true', 'canary-weight': '100' }, '/alone'), stable);
    expect(serviceFor(table, 'GET h/alone')).toBe('stable');
    expect(orphanedCanaries(table, 'Ingress 0').map(({ path }) => path)).toEqual([
      { kind: 'prefix', path: '/alone' },
      { kind: 'prefix', path: '/other' },
    ]);
  });
  it.each([
    [
      { canary: 'true' },
      'a canary needs nginx.ingress.kubernetes.io/canary-weight, canary-by-header or canary-by-cookie',
    ],
    [{ canary: 'true', 'canary-weight': 'x' }, 'nginx.ingress.kubernetes.io/canary-weight: "x" is not a number'],
    [
      { canary: 'true', 'canary-by-header': 'x', 'canary-by-header-pattern': '(' },
      'nginx.ingress.kubernetes.io/canary-by-header-pattern: regular expression "(": missing )',
    ],
    [
      { 'canary-weight': '5' },
      'nginx.ingress.kubernetes.io/canary-weight acts only with nginx.ingress.kubernetes.io/canary: "true"',
    ],
    [{ 'auth-url': 'x' }, 'not supported yet: metadata.annotations[nginx.ingress.kubernetes.io/auth-url]; remove it'],
  ])('says what is wrong with %j', (annotations, problem) =>
    expect(compileIngress(canary(annotations as Record<string, string>)).problems).toEqual([problem]),
  );
});

describe('HTTPRoute rules', () => {
  it('gives way to the older route, then to the first by name, then to the first rule', () => {
    const spec = (name: string) => ({ hostnames: ['h'], rules: [to(name)] });
    const young = aRoute(spec('young'), { creationTimestamp: '2026-02-01T00:00:00Z' });
    const byName = aRoute(spec('zebra'), { name: 'zebra' });
    expect(serviceFor(tableOf(young, byName, aRoute(spec('old'))), 'GET h/')).toBe('old');
    expect(serviceFor(tableOf(aRoute({ rules: [to('first'), to('second')] })), 'GET h/')).toBe('first');
  });
  it.each([
    [
      'exact before a longer pattern',
      { path: { type: 'Exact', value: '/a' } },
      { path: { type: 'RegularExpression', value: '/a(b)*' } },
    ],
    ['a pattern before a prefix', { path: { type: 'RegularExpression', value: '/.' } }, { path: { value: '/a' } }],
    ['the longer prefix before a method', { path: { value: '/a' } }, { path: { value: '/' }, method: 'GET' }],
    ['a method before headers', { method: 'GET' }, { headers: [{ name: 'X', value: '1' }] }],
    [
      'headers before query parameters',
      { headers: [{ name: 'X', value: '1' }] },
      { queryParams: [{ name: 'q', value: '1' }] },
    ],
  ])('%s', (_, winner, loser) => {
    const table = tableOf(
      aRoute({
        rules: [
          { matches: [loser], ...to('loser') },
          { matches: [winner], ...to('winner') },
        ],
      }),
    );
    expect(serviceFor(table, 'GET h/a?q=1', { x: '1' })).toBe('winner');
  });
  it.each([
    [
      { filters: [{ type: 'ExtensionRef' }] },
      'not supported yet: spec.rules[0].filters[0] of type ExtensionRef; remove it',
    ],
    [{ filters: [{ type: 'URLRewrite' }] }, 'spec.rules[0].filters[0].urlRewrite: required for type URLRewrite'],
    [{ retry: {} }, 'not supported yet: spec.rules[0].retry; remove it'],
    [{ sessionPersistence: {} }, 'not supported yet: spec.rules[0].sessionPersistence; remove it'],
    [
      { timeouts: { request: 'soon' } },
      'spec.rules[0].timeouts: {"request":"soon"} has a value that is no duration such as 10s',
    ],
    [
      { backendRefs: [{ name: 'x', port: 80, filters: [{ type: 'RequestRedirect', requestRedirect: {} }] }] },
      'not supported yet: spec.rules[0].backendRefs[0].filters[0] of type RequestRedirect; remove it',
    ],
    [
      { matches: [{ path: { type: 'RegularExpression', value: '(' } }] },
      'spec.rules[0].matches[0].path.value: regular expression "(": missing )',
    ],
    [{ matches: [{ path: { value: 'x' } }] }, 'spec.rules[0].matches[0].path.value: "x" does not begin with /'],
  ])('says what is wrong with %j', (rule, problem) => {
    const compiled = compileHttpRoute(aRoute({ rules: [rule] }), ['h']);
    expect(compiled.problems).toEqual([problem]);
    for (const { rule: bad } of compiled.entries)
      expect(bad.action).toEqual({ kind: 'refuse', code: 500, message: problem });
  });
  it('leaves the other rules alone', () => {
    const bad = { matches: [{ path: { value: '/bad' } }], retry: {}, ...to('web') };
    const table = tableOf(aRoute({ rules: [bad, to('web')] }));
    expect([serviceFor(table, 'GET h/bad'), serviceFor(table, 'GET h/')]).toEqual(['refuse', 'web']);
  });
});

describe('withSource', () => {
  it('touches only the hosts of what changed', () => {
    const before = tableOf(
      aRoute({ hostnames: ['one'], rules: [to('a')] }),
      aRoute({ hostnames: ['two'], rules: [to('b')] }),
    );
    const after = withSource(before, 'HTTPRoute 1', compileHttpRoute(aRoute({ rules: [to('c')] }), ['three']));
    expect(after.hosts.get('one')).toBe(before.hosts.get('one'));
    expect([...after.hosts.keys()].sort()).toEqual(['one', 'three']);
    expect(withSource(after, 'HTTPRoute 1', undefined).hosts.has('three')).toBe(false);
  });
});

describe('attachRoute', () => {
  const aGateway = (listener: object, namespace = 'a'): Gateway => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gw', namespace },
    spec: { gatewayClassName: 'argosy', listeners: [{ name: 'http', port: 80, protocol: 'HTTP', ...listener }] },
  });
  const worldWith = (gateway: Gateway): AttachmentWorld => ({
    gateway: (namespace, name) => (namespace === gateway.metadata.namespace && name === 'gw' ? gateway : undefined),
    namespaceLabels: () => ({ team: 'blue' }),
  });
  it.each([
    ['no hosts on either side', {}, {}, ['*']],
    ['hosts of the route', { hostnames: ['A.test'] }, {}, ['a.test']],
    ['the host of the listener', {}, { hostname: '*.test' }, ['*.test']],
    ['a host below the wildcard', { hostnames: ['a.test', 'b.other'] }, { hostname: '*.test' }, ['a.test']],
    ['a wildcard above the host', { hostnames: ['*.test'] }, { hostname: 'x.test' }, ['x.test']],
    ['a narrower wildcard', { hostnames: ['*.a.test'] }, { hostname: '*.test' }, ['*.a.test']],
    ['the port', { parentRefs: [{ name: 'gw', port: 80 }] }, {}, ['*']],
    ['HTTPS in plain', {}, { protocol: 'HTTPS' }, ['*']],
    [
      'selected namespaces',
      {},
      { allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'blue' } } } } },
      ['*'],
    ],
  ])('takes %s', (_, spec, listener, hosts) =>
    expect(attachedHosts(attachRoute(aRoute(spec), worldWith(aGateway(listener))))).toEqual(hosts),
  );
  it.each([
    ['NoMatchingListenerHostname', { hostnames: ['test'] }, aGateway({ hostname: '*.test' })],
    ['NoMatchingParent', { parentRefs: [{ name: 'gw', sectionName: 'x' }] }, aGateway({})],
    ['NoMatchingParent', { parentRefs: [{ name: 'gw', port: 81 }] }, aGateway({})],
    ['NoMatchingParent', {}, aGateway({ protocol: 'TCP' })],
    ['NoMatchingParent', {}, aGateway({}, 'b')],
    ['InvalidKind', { parentRefs: [{ name: 'gw', kind: 'Service', group: '' }] }, aGateway({})],
    ['NotAllowedByListeners', { parentRefs: [{ name: 'gw', namespace: 'b' }] }, aGateway({}, 'b')],
    [
      'NotAllowedByListeners',
      {},
      aGateway({ allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'red' } } } } }),
    ],
    ['NotAllowedByListeners', {}, aGateway({ allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }] } })],
  ])('%s', (reason, spec, gateway) =>
    expect(attachRoute(aRoute(spec), worldWith(gateway))).toMatchObject([{ accepted: false, reason, hosts: [] }]),
  );
});
