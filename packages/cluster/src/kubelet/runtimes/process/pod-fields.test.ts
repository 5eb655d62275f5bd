import type { PodSpec } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import type { ContainerLaunch } from '../../pod-runtime.ts';
import { hostsEntries } from './hosts-file.ts';
import { withTerminal } from './open-inside.ts';
import { runAsOf } from './run-as.ts';
import { unappliedFields } from './unapplied-fields.ts';

const UNMOUNTED = { obstacle: () => 'only root mounts' };
const aPod = (spec: Partial<PodSpec>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c' }], ...spec },
});
const launch = (container: Readonly<Record<string, unknown>>, spec: Partial<PodSpec> = {}): ContainerLaunch =>
  ({ pod: aPod({ containers: [{ name: 'c', securityContext: container }], ...spec }), name: 'c' }) as ContainerLaunch;

describe('as whom a container runs', () => {
  it.each([
    { reason: 'nobody else', given: launch({}), want: undefined },
    { reason: 'a user', given: launch({ runAsUser: 7 }), want: { user: 7, group: 7 } },
    { reason: 'a user and a group', given: launch({ runAsUser: 7, runAsGroup: 8 }), want: { user: 7, group: 8 } },
    { reason: "the pod's", given: launch({}, { securityContext: { runAsUser: 9 } }), want: { user: 9, group: 9 } },
    {
      reason: "its own before the pod's",
      given: launch({ runAsUser: 7 }, { securityContext: { runAsUser: 9 } }),
      want: { user: 7, group: 7 },
    },
    { reason: 'not root: nobody', given: launch({ runAsNonRoot: true }), want: { user: 65_534, group: 65_534 } },
  ])('$reason', ({ given, want }) => expect(runAsOf(given)).toEqual(want));
  it('refuses root that must not be root', () =>
    expect(() => runAsOf(launch({ runAsUser: 0, runAsNonRoot: true }))).toThrow(/non-root policy/));
});

it.each([
  { reason: 'nothing', spec: {}, want: [] },
  {
    reason: 'what changes nothing',
    spec: { securityContext: {}, dnsPolicy: 'ClusterFirst', shareProcessNamespace: false },
    want: [],
  },
  {
    reason: 'limits',
    spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1' } } }] },
    want: ['containers[0].resources.limits'],
  },
  {
    reason: 'rights',
    spec: { initContainers: [{ name: 'i', securityContext: { privileged: true, runAsUser: 1 } }] },
    want: ['initContainers[0].securityContext.privileged'],
  },
  {
    reason: 'volumes and names',
    spec: { volumes: [{ name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } }], dnsPolicy: 'None' },
    want: ['volumes[0].emptyDir.medium'],
  },
] as readonly { readonly reason: string; readonly spec: Partial<PodSpec>; readonly want: readonly string[] }[])(
  'fields without effect in a sandbox: $reason',
  ({ spec, want }) => expect(unappliedFields({ containers: [], ...spec }, 'sandbox', UNMOUNTED)).toEqual(want),
);

it('resolves names as the machine does without a sandbox', () =>
  expect(
    unappliedFields({ containers: [], dnsPolicy: 'None', dnsConfig: { nameservers: ['9.9.9.9'] } }, 'plain', UNMOUNTED),
  ).toEqual(['dnsConfig', 'dnsPolicy']));

it('writes a hosts file for those who name hosts', () => {
  expect(hostsEntries(aPod({}))).toBeUndefined();
  expect(hostsEntries(aPod({ hostAliases: [{ ip: '10.0.0.1', hostnames: ['a', 'b'] }] }))).toContain(
    '10.0.0.1\ta\tb\n',
  );
});

it('quotes words on their way through a terminal', () =>
  expect(withTerminal(['sh', '-c', `echo 'it''s' "$HOME"`]).at(-2)).toBe(
    String.raw`exec 'sh' '-c' 'echo '\''it'\'''\''s'\'' "$HOME"'`,
  ));
