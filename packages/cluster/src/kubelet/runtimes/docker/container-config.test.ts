import { describe, expect, it } from 'vitest';

import type { Container, Pod, PodSpec } from '@argosy/kube';

import { toContainerConfig } from './container-config.ts';
import { toSandboxConfig, type SandboxNames } from './sandbox-config.ts';
import { findUnappliedFields } from './unapplied-fields.ts';
import { findUnsupportedField } from './unsupported-fields.ts';

const aPod = (container: Partial<Container> & object = {}, spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-0', namespace: 'shop', uid: 'u' },
  spec: { ...spec, containers: [{ name: 'c', ...container }] },
});
const configOf = (pod: Pod, extra: object = {}, user = '') =>
  toContainerConfig(
    {
      pod,
      name: 'c',
      image: 'i',
      command: [],
      args: [],
      workingDir: undefined,
      env: {},
      mounts: [],
      restartCount: 2,
      isInit: false,
      ...extra,
    },
    {
      image: { id: 'sha256:1', user, stopSignal: undefined, sizeBytes: 0 },
      instance: { 'argosy.dev/instance': 'me' },
      sandboxId: 's',
      sharesHostname: true,
      placed: [],
      collects: ['/out'],
    },
  );
const HOST = {
  NetworkMode: 'container:s',
  IpcMode: 'container:s',
  Privileged: false,
  ReadonlyRootfs: false,
  LogConfig: { Type: 'json-file', Config: { 'max-size': '20m', 'max-file': '2' } },
  Mounts: [],
};

describe('a container for the engine', () => {
  it('leaves to the image what the pod does not say', () =>
    expect(configOf(aPod())).toEqual({
      Image: 'sha256:1',
      Env: [],
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      Labels: {
        'argosy.dev/instance': 'me',
        'argosy.dev/pod-uid': 'u',
        'argosy.dev/pod-name': 'web-0',
        'argosy.dev/pod-namespace': 'shop',
        'argosy.dev/container': 'c',
        'argosy.dev/restart-count': '2',
        'argosy.dev/collects': '["/out"]',
        'argosy.dev/termination-message': 'file',
      },
      HostConfig: HOST,
    }));

  it.each<{ reason: string; container: object; spec?: object; launch?: object; expected: object }>([
    {
      reason: 'a command drops the arguments of the image',
      container: {},
      launch: { command: ['a'] },
      expected: { Entrypoint: ['a'] },
    },
    { reason: 'arguments keep its entry point', container: {}, launch: { args: ['b'] }, expected: { Cmd: ['b'] } },
    { reason: 'a user', container: { securityContext: { runAsUser: 7 } }, expected: { User: '7' } },
    {
      reason: "a group alone is that of the image's user",
      container: { securityContext: { runAsGroup: 8 } },
      expected: { User: '9:8' },
    },
    {
      reason: 'the container outweighs the pod',
      container: { securityContext: { runAsUser: 1 } },
      spec: { securityContext: { runAsUser: 2, runAsGroup: 3 } },
      expected: { User: '1:3' },
    },
  ])('$reason', ({ container, spec, launch, expected }) =>
    expect(configOf(aPod(container, spec), launch, '9')).toMatchObject(expected),
  );

  it.each<{ reason: string; container: object; spec?: object; expected: object }>([
    {
      reason: 'cpu',
      container: { resources: { limits: { cpu: '1500m' } } },
      expected: { NanoCpus: 1.5e9, CpuShares: 1536 },
    },
    { reason: 'few shares', container: { resources: { requests: { cpu: '1m' } } }, expected: { CpuShares: 2 } },
    {
      reason: 'memory without swap',
      container: { resources: { limits: { memory: '1Gi' } } },
      expected: { Memory: 2 ** 30, MemorySwap: 2 ** 30 },
    },
    {
      reason: 'a shared process space',
      container: {},
      spec: { shareProcessNamespace: true },
      expected: { PidMode: 'container:s' },
    },
    {
      reason: 'groups',
      container: {},
      spec: { securityContext: { supplementalGroups: [4], fsGroup: 5 } },
      expected: { GroupAdd: ['4', '5'] },
    },
    {
      reason: 'profiles',
      container: { securityContext: { allowPrivilegeEscalation: false, seccompProfile: { type: 'Unconfined' } } },
      expected: { SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] },
    },
    {
      reason: 'SELinux labels',
      container: { securityContext: { seLinuxOptions: { level: 's0:c0,c1', type: 'spc_t' } } },
      expected: { SecurityOpt: ['label=type:spc_t', 'label=level:s0:c0,c1'] },
    },
  ])('gives $reason', ({ container, spec, expected }) =>
    expect(configOf(aPod(container, spec))['HostConfig']).toEqual({ ...HOST, ...expected }),
  );

  it('binds volumes with their propagation', () => {
    const volumeMounts = [{ name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional' }];
    const mounts = [{ containerPath: '/v', hostPath: '/host', readOnly: true }];
    expect(configOf(aPod({ volumeMounts }), { mounts })['HostConfig']).toMatchObject({
      Mounts: [
        { Type: 'bind', Source: '/host', Target: '/v', ReadOnly: true, BindOptions: { Propagation: 'rshared' } },
      ],
    });
  });

  it.each([
    { user: '', fails: 'would run as root' },
    { user: '0:5', fails: 'would run as root' },
    { user: 'nobody', fails: 'as nobody, which may be root' },
    { user: '1000', fails: undefined },
  ])('judges runAsNonRoot of an image of user "$user"', ({ user, fails }) => {
    const judge = () => configOf(aPod({ securityContext: { runAsNonRoot: true } }), {}, user);
    if (fails === undefined) expect(judge).not.toThrow();
    else expect(judge).toThrow(fails);
  });
});

describe('a sandbox for the engine', () => {
  const sandbox = (spec: object, container: object = {}, names: SandboxNames = { nameServer: undefined, hosts: [] }) =>
    toSandboxConfig(aPod(container, spec), { instance: {}, podIP: '10.0.0.9', names }) as Record<string, never>;

  it('has the names of its hostname and subdomain', () => {
    const config = sandbox({ hostname: 'web-0', subdomain: 'web' });
    expect(config['NetworkingConfig']).toEqual({
      EndpointsConfig: {
        argosy: {
          IPAMConfig: { IPv4Address: '10.0.0.9' },
          Aliases: ['web-0.web.shop', 'web-0.web.shop.svc', 'web-0.web.shop.svc.cluster.local'],
        },
      },
    });
    expect(config['HostConfig']).toMatchObject({ DnsSearch: ['shop.svc.cluster.local'], DnsOptions: ['ndots:2'] });
  });
  it("asks the cluster's name server", () => {
    const names = { nameServer: '10.96.0.10', hosts: [['kubernetes.default.svc', '172.18.0.1']] } as const;
    expect(sandbox({}, {}, names)['HostConfig']).toMatchObject({
      Dns: ['10.96.0.10'],
      DnsSearch: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      DnsOptions: ['ndots:5'],
      ExtraHosts: ['kubernetes.default.svc:172.18.0.1'],
    });
    expect(sandbox({ dnsPolicy: 'Default' }, {}, names)['HostConfig']).toMatchObject({ Dns: [], DnsSearch: [] });
  });
  it('opens host ports, aliases and resolvers', () =>
    expect(
      sandbox(
        {
          dnsPolicy: 'None',
          dnsConfig: {
            nameservers: ['9.9.9.9'],
            searches: ['x'],
            options: [{ name: 'ndots', value: '3' }, { name: 'edns0' }],
          },
          hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }],
        },
        {
          ports: [
            { containerPort: 80, hostPort: 8080 },
            { containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '127.0.0.1' },
            { containerPort: 1 },
          ],
        },
      )['HostConfig'],
    ).toMatchObject({
      Dns: ['9.9.9.9'],
      DnsSearch: ['x'],
      DnsOptions: ['ndots:3', 'edns0'],
      ExtraHosts: ['a:1.2.3.4', 'b:1.2.3.4'],
      PortBindings: {
        '80/tcp': [{ HostIp: '', HostPort: '8080' }],
        '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }],
      },
    }));
  it("takes nothing of its own on the machine's network", () => {
    const config = sandbox({ hostNetwork: true }, { ports: [{ containerPort: 80, hostPort: 80 }] });
    expect([config['HostConfig']?.['NetworkMode'], config['NetworkingConfig'], config['Hostname']]).toEqual([
      'host',
      undefined,
      undefined,
    ]);
  });
});

describe('fields without effect', () => {
  it('are told', () =>
    expect(
      findUnappliedFields(
        {
          containers: [],
          volumes: [
            { name: 'a', emptyDir: { medium: 'Memory' } },
            { name: 'b', emptyDir: {} },
          ],
          setHostnameAsFQDN: true,
        },
        { obstacle: () => 'only root mounts' },
      ),
    ).toEqual(['volumes[0].emptyDir.medium', 'setHostnameAsFQDN']));
  it.each([
    { container: {}, spec: {}, expected: undefined },
    {
      container: { securityContext: { procMount: 'Unmasked' } },
      spec: {},
      expected: 'securityContext.procMount Unmasked',
    },
    {
      container: {},
      spec: { securityContext: { seccompProfile: { type: 'Localhost' } } },
      expected: 'securityContext.seccompProfile.type Localhost',
    },
  ])('or refused: $expected', ({ container, spec, expected }) => {
    const pod = aPod(container, spec);
    const found = findUnsupportedField(pod, pod.spec?.containers[0] ?? { name: '' });
    expect(found).toBe(expected && `not supported yet by the docker runtime: ${expected} of c; remove it`);
  });
});
