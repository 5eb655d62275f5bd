import { describe, expect, it } from 'vitest';

import type { Condition, Gateway, HTTPRoute } from '@argosy/kube';

import type { Attachment } from '../routes/attach-route.ts';
import { decideGatewayStatus } from './decide-gateway-status.ts';
import { decideRouteStatus } from './decide-route-status.ts';

const NOW = Date.UTC(2026, 0, 2);
const BEFORE = '2026-01-01T00:00:00Z';
const parentRef = { name: 'gw' };
const taken: Attachment = {
  parentRef,
  accepted: true,
  reason: 'Accepted',
  message: 'Route is accepted',
  hosts: ['*'],
  listeners: ['http'],
};

const aRoute = (rules: NonNullable<HTTPRoute['spec']>['rules'], status: HTTPRoute['status'] = {}): HTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'web', namespace: 'a', generation: 2 },
  spec: { parentRefs: [parentRef], rules },
  status,
});
const decide = (
  route: HTTPRoute,
  attachments: readonly Attachment[] = [taken],
  services: readonly string[] = ['web'],
) => decideRouteStatus({ route, attachments, hasService: ({ name }) => services.includes(name), now: NOW });
const summary = (conditions: readonly Condition[] | undefined) =>
  (conditions ?? []).map(({ type, status, reason, message }) => [type, status, reason, message]);

const good = { backendRefs: [{ name: 'web', port: 80 }] };
const bad = { ...good, retry: {} };
const RESOLVED = ['ResolvedRefs', 'True', 'ResolvedRefs', 'All references are resolved'];

describe('decideRouteStatus', () => {
  it.each([
    ['all is well', [good], [taken], [['Accepted', 'True', 'Accepted', 'Route is accepted'], RESOLVED]],
    [
      'one of two rules is bad',
      [bad, good],
      [taken],
      [
        ['Accepted', 'True', 'Accepted', '1 of 2 rules are served'],
        ['PartiallyInvalid', 'True', 'UnsupportedValue', 'not supported yet: spec.rules[0].retry; remove it'],
        RESOLVED,
      ],
    ],
    [
      'every rule is bad',
      [bad],
      [taken],
      [['Accepted', 'False', 'UnsupportedValue', 'not supported yet: spec.rules[0].retry; remove it'], RESOLVED],
    ],
    [
      'the parent does not take it',
      [good],
      [{ ...taken, accepted: false, reason: 'NotAllowedByListeners', message: 'no' }],
      [['Accepted', 'False', 'NotAllowedByListeners', 'no'], RESOLVED],
    ],
  ])('%s', (_, rules, attachments, wanted) =>
    expect(summary(decide(aRoute(rules), attachments).parents?.[0]?.conditions)).toEqual(wanted),
  );
  it.each([
    [{ name: 'gone', port: 80 }, 'BackendNotFound', 'spec.rules[0].backendRefs[0]: service a/gone does not exist'],
    [
      { name: 'web', namespace: 'b', port: 80 },
      'RefNotPermitted',
      "not supported yet: spec.rules[0].backendRefs[0].namespace other than the route's; remove it",
    ],
    [
      { name: 'web', kind: 'Bucket', group: 'x' },
      'InvalidKind',
      'not supported yet: spec.rules[0].backendRefs[0].kind Bucket; name a Service',
    ],
  ])('names the reference it cannot follow: %j', (reference, reason, message) =>
    expect(summary(decide(aRoute([{ backendRefs: [reference] }])).parents?.[0]?.conditions)[1]).toEqual([
      'ResolvedRefs',
      'False',
      reason,
      message,
    ]),
  );
  it('keeps what others say, the time of what stays, and forgets what is over', () => {
    const foreign = { parentRef: { name: 'other' }, controllerName: 'x/y', conditions: [] };
    const stale = (type: string): Condition => ({
      type,
      status: 'True',
      reason: 'Accepted',
      message: 'old',
      lastTransitionTime: BEFORE,
    });
    const ours = {
      parentRef,
      controllerName: 'argosy.dev/gateway',
      conditions: [stale('Accepted'), stale('PartiallyInvalid')],
    };
    const { parents } = decide(aRoute([good], { parents: [ours, foreign] }));
    expect(parents?.[0]).toBe(foreign);
    expect(parents?.[1]?.conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime])).toEqual([
      ['Accepted', BEFORE],
      ['ResolvedRefs', '2026-01-02T00:00:00Z'],
    ]);
  });
  it('settles', () => {
    const route = aRoute([good]);
    const first = decide(route);
    expect(decide({ ...route, status: first })).toEqual(first);
  });
});

describe('decideGatewayStatus', () => {
  const aGateway = (protocols: readonly string[], spec: Partial<NonNullable<Gateway['spec']>> = {}): Gateway => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'gw', namespace: 'a', generation: 1 },
    spec: {
      gatewayClassName: 'argosy',
      listeners: protocols.map((protocol, index) => ({ name: `l${index}`, port: 80 + index, protocol })),
      ...spec,
    },
  });
  const decideGateway = (gateway: Gateway) =>
    decideGatewayStatus({ gateway, address: '127.0.0.1', attachedRoutes: (name) => (name === 'l0' ? 3 : 0), now: NOW });
  it('programs what it can serve and refuses the rest by name', () => {
    const status = decideGateway(aGateway(['HTTP', 'TCP']));
    expect(summary(status.conditions)).toEqual([
      ['Accepted', 'True', 'ListenersNotValid', 'not supported yet: listeners l1; see their conditions'],
      ['Programmed', 'True', 'Programmed', 'served at 127.0.0.1'],
    ]);
    expect(
      status.listeners?.map(({ name, attachedRoutes, supportedKinds }) => [
        name,
        attachedRoutes,
        supportedKinds.length,
      ]),
    ).toEqual([
      ['l0', 3, 1],
      ['l1', 0, 0],
    ]);
    expect(summary(status.listeners?.[1]?.conditions).slice(0, 2)).toEqual([
      ['Accepted', 'False', 'UnsupportedProtocol', 'not supported yet: protocol TCP; use HTTP'],
      ['Programmed', 'False', 'Invalid', 'not supported yet: protocol TCP; use HTTP'],
    ]);
  });
  it('has one address and no other', () =>
    expect(summary(decideGateway(aGateway(['HTTP'], { addresses: [{ value: '10.0.0.1' }] })).conditions)[1]).toEqual([
      'Programmed',
      'False',
      'AddressNotUsable',
      'not supported yet: spec.addresses; remove it',
    ]));
});
