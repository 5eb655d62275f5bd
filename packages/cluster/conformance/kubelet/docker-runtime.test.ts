import fs from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEPLOYMENTS, JOBS, PODS, type Container, type Pod } from '@argosy/kube';

import type { PodSupervisor } from '../../src/index.ts';
import { engine, eventually, sh, startDockerWorld, type DockerWorld } from './docker-world.ts';

const namespace = 'default';
const supervisor: PodSupervisor = {
  supervises: (pod) => pod.metadata.labels?.['supervised'] === 'yes',
  prepare: async (context) => {
    const file = context.resolvePath('/in/message');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, 'placed');
    fs.mkdirSync(context.resolvePath('/tmp'), { recursive: true });
  },
  collect: async (context) => {
    const read = (file: string): string => fs.readFileSync(context.resolvePath(file), 'utf8').trim();
    collected.set(context.pod.metadata.name ?? '', OUTPUTS.map(read));
  },
};
const OUTPUTS = ['/tmp/one', '/out/two', '/out/link', '/volume/three', '/tree/deep/four'];
const collected = new Map<string, readonly string[]>();

const textOf = async (stream: AsyncIterable<Buffer> | undefined): Promise<string> => {
  let text = '';
  for await (const chunk of stream ?? []) text += chunk.toString();
  return text;
};
const firstState = (pod: Pod) => pod.status?.containerStatuses?.[0];
const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;

describe.skipIf(!engine)('the docker runtime', () => {
  let world: DockerWorld;
  beforeAll(async () => {
    world = await startDockerWorld([supervisor], () => [
      '/tmp/one',
      '/out/two',
      '/out/link',
      '/volume/three',
      '/tree',
      '/absent',
    ]);
  });
  afterAll(() => world.stop());

  it.each<{ reason: string; container: Partial<Container>; expected: object }>([
    {
      reason: "the image's entry point with arguments",
      container: { image: 'argoproj/argosay:v2', command: [], args: ['echo', 'hi there'] },
      expected: { exitCode: 0, reason: 'Completed', log: 'hi there\n' },
    },
    {
      reason: 'an exit code',
      container: sh('echo out; exit 3'),
      expected: { exitCode: 3, reason: 'Error', log: 'out\n' },
    },
    {
      reason: 'variables, folder and host name',
      container: sh('echo $A; pwd; hostname', { env: [{ name: 'A', value: 'a b' }], workingDir: '/usr' }),
      expected: { log: 'a b\n/usr\nvariables-folder-and-host-name\n' },
    },
    {
      reason: 'a user and a group',
      container: sh('id -u; id -g; touch /x 2>/dev/null || echo no', {
        securityContext: { runAsUser: 1234, runAsGroup: 4321 },
      }),
      expected: { exitCode: 0, log: '1234\n4321\nno\n' },
    },
    {
      reason: 'a root that cannot be written',
      container: sh('touch /x 2>/dev/null || echo no', { securityContext: { readOnlyRootFilesystem: true } }),
      expected: { log: 'no\n' },
    },
    {
      reason: 'dropped capabilities',
      container: sh('chown 1:1 /etc/hostname /bin/sh 2>/dev/null || echo no', {
        securityContext: { capabilities: { drop: ['ALL'] } },
      }),
      expected: { log: 'no\n' },
    },
    {
      reason: 'a termination message',
      container: sh('printf why > /dev/termination-log; exit 1'),
      expected: { exitCode: 1, message: 'why' },
    },
    {
      reason: 'a message from the log',
      container: { ...sh('echo because; exit 1'), terminationMessagePolicy: 'FallbackToLogsOnError' } as Container,
      expected: { exitCode: 1, message: 'because\n' },
    },
    {
      reason: 'too little memory',
      container: sh('tail /dev/zero', { resources: { limits: { memory: '16Mi' } } }),
      expected: { exitCode: 137, reason: 'OOMKilled' },
    },
    {
      reason: 'a missing program',
      container: { command: ['/no/such'] },
      expected: { exitCode: 128, reason: 'StartError', log: '' },
    },
    {
      reason: 'a terminal',
      container: { ...sh('test -t 1 && echo yes'), tty: true } as Container,
      expected: { log: 'yes\r\n' },
    },
  ])('gives $reason', async ({ reason, container, expected }) => {
    const ran = await world.run(reason.toLowerCase().replaceAll(/[^a-z]+/g, '-'), container);
    expect(ran).toMatchObject(expected);
  });

  it.each<{ reason: string; container: Partial<Container>; message: RegExp }>([
    { reason: 'InvalidImageName', container: { image: 'Not An Image' }, message: /is no image name/ },
    { reason: 'ErrImageNeverPull', container: { image: 'absent:1', imagePullPolicy: 'Never' }, message: /not present/ },
    {
      reason: 'ErrImagePull',
      container: { image: 'localhost:1/absent:1' },
      message: /pull image "localhost:1\/absent:1"/,
    },
    { reason: 'ImagePullBackOff', container: { image: 'localhost:1/absent:1' }, message: /^Back-off pulling image/ },
    {
      reason: 'CreateContainerConfigError',
      container: { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'own.json' } } },
      message: /not supported yet by the docker runtime: securityContext.seccompProfile.type Localhost/,
    },
    {
      reason: 'CreateContainerConfigError',
      container: { securityContext: { runAsNonRoot: true } },
      message: /set securityContext.runAsUser/,
    },
  ])('waits with $reason', async ({ reason, container, message }) => {
    const { metadata } = await world.create(
      '',
      { containers: [{ ...sh('true'), ...container }] },
      { generateName: 'waits-' },
    );
    const pod = await world.until(metadata.name ?? '', (one) => firstState(one)?.state?.waiting?.reason === reason);
    expect(firstState(pod)?.state?.waiting?.message).toMatch(message);
  });

  it('passes limits and capabilities on', async () => {
    await world.create('limited', {
      containers: [
        sh('sleep 60', {
          resources: { limits: { cpu: '500m', memory: '64Mi' }, requests: { cpu: '250m' } },
          securityContext: { capabilities: { add: ['NET_ADMIN'], drop: ['MKNOD'] }, allowPrivilegeEscalation: false },
        }),
      ],
    });
    const pod = await world.until('limited', (one) => firstState(one)?.state?.running);
    const id = firstState(pod)?.containerID?.replace('docker://', '') ?? '';
    const seen = (await engine?.call({ method: 'GET', path: `/containers/${id}/json` })) as { HostConfig: object };
    expect(seen.HostConfig).toMatchObject({
      NanoCpus: 500_000_000,
      Memory: 64 * 1024 * 1024,
      CpuShares: 256,
      CapAdd: [expect.stringContaining('NET_ADMIN')],
      CapDrop: expect.arrayContaining([expect.stringContaining('MKNOD')]) as unknown,
      SecurityOpt: ['no-new-privileges'],
    });
  });

  it('runs init containers and sidecars around the others, on shared volumes and one network', async () => {
    const volumeMounts = [{ name: 'shared', mountPath: '/shared' }];
    await world.create('staged', {
      securityContext: { fsGroup: 777 },
      volumes: [{ name: 'shared', emptyDir: {} }],
      initContainers: [
        sh('echo first > /shared/file', { name: 'init', volumeMounts }),
        sh('echo up >> /shared/file; busybox httpd -f -p 127.0.0.1:8099 -h /shared', {
          name: 'side',
          volumeMounts,
          restartPolicy: 'Always',
        }),
      ],
      containers: [
        sh('until busybox wget -qO- http://127.0.0.1:8099/file; do sleep 0.1; done; id -G; stat -c %g /shared', {
          volumeMounts,
          securityContext: { runAsUser: 5 },
        }),
      ],
    });
    const pod = await world.until('staged', ({ status }) => status?.phase === 'Succeeded');
    const log = await world.log('staged', { container: 'main' });
    expect(log).toMatch(/first\nup\n.*\b777\b.*\n777\n$/s);
    expect(pod.status?.initContainerStatuses?.map((one) => one.state?.terminated?.reason)).toEqual([
      'Completed',
      'Error',
    ]);
  });

  it('places what a supervisor gives and copies out what it reads', async () => {
    const script = [
      'cat /in/message',
      'echo 1 > /tmp/one; mkdir /out; echo 2 > /out/two; ln -s two /out/link; echo 3 > /volume/three',
      'mkdir -p /tree/deep; echo 4 > /tree/deep/four; mknod /tree/device c 1 3 2>/dev/null || true',
    ].join('; ');
    await world.create(
      'supervised',
      {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [sh(script, { volumeMounts: [{ name: 'v', mountPath: '/volume' }] })],
      },
      { labels: { supervised: 'yes' } },
    );
    await world.until('supervised', ({ status }) => status?.phase === 'Succeeded');
    expect(await world.log('supervised')).toBe('placed');
    expect(collected.get('supervised')).toEqual(['1', '2', '2', '3', '4']);
  });

  it('keeps both streams with times, and the log before a restart', async () => {
    const script = 'echo one; echo two >&2; test -e /shared/again && sleep 60; touch /shared/again; exit 1';
    await world.create('talker', {
      restartPolicy: 'OnFailure',
      volumes: [{ name: 'shared', emptyDir: {} }],
      containers: [
        sh(`echo run $(ls /shared | wc -l); ${script}`, { volumeMounts: [{ name: 'shared', mountPath: '/shared' }] }),
      ],
    });
    await world.until('talker', (pod) => firstState(pod)?.restartCount === 1 && firstState(pod)?.state?.running);
    await eventually('output', async () => (await world.log('talker')).includes('two'));
    const sorted = async (options: object) => (await world.log('talker', options)).trim().split('\n').toSorted();
    expect(await sorted({})).toEqual(['one', 'run 1', 'two']);
    expect(await sorted({ previous: true })).toEqual(['one', 'run 0', 'two']);
    expect(await sorted({ tailLines: 0 })).toEqual(['']);
    expect((await sorted({ timestamps: true })).every((line) => /^\d{4}-\d\d-\d\dT\S+Z \S/.test(line))).toBe(true);
    expect(await sorted({ sinceTime: new Date(Date.now() + 60_000).toISOString() })).toEqual(['']);
  });

  it('streams a log while it grows, until the container has ended', async () => {
    await world.create('counter', { containers: [sh('for i in 1 2 3; do echo $i; sleep 0.3; done')] });
    await world.until('counter', (pod) => firstState(pod)?.state?.running);
    expect(await world.log('counter', { follow: true })).toBe('1\n2\n3\n');
  });

  it('runs commands with their streams', async () => {
    await world.create('open', { containers: [sh('sleep 60')] });
    const pod = await world.until('open', (one) => firstState(one)?.state?.running);
    const script = 'cat; echo err >&2; exit 5';
    const streams = await world.access.exec?.(pod, { command: ['sh', '-c', script], stdin: true, tty: false });
    streams?.stdin?.end('in\n');
    expect(await Promise.all([textOf(streams?.stdout), textOf(streams?.stderr), streams?.ended])).toEqual([
      'in\n',
      'err\n',
      5,
    ]);
    const terminal = await world.access.exec?.(pod, { command: ['sh'], stdin: true, tty: true });
    terminal?.resize({ columns: 91, rows: 17 });
    terminal?.stdin?.write('until test "$(stty size)" = "17 91"; do sleep 0.1; done; exit 6\n');
    expect([await terminal?.ended, terminal?.stderr]).toEqual([6, undefined]);
    const absent = await world.access.exec?.(pod, { command: ['/no/such'], stdin: false, tty: false });
    expect([126, 127]).toContain(await absent?.ended);
  });

  it('lets a container be joined', async () => {
    await world.create('reader', {
      containers: [{ ...sh('read line; echo got $line; exit 7'), stdin: true } as Container],
    });
    const pod = await world.until('reader', (one) => firstState(one)?.state?.running);
    const streams = await world.access.attach?.(pod, { stdin: true, tty: false });
    streams?.stdin?.write('it\n');
    expect(await Promise.all([textOf(streams?.stdout), streams?.ended])).toEqual(['got it\n', 7]);
    expect(await world.log('reader')).toBe('got it\n');
  });

  it('ends politely, and firmly after the grace period', async () => {
    const polite = sh('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.1; done', { name: 'polite' });
    const deaf = sh('trap "" TERM; echo up; while :; do sleep 0.1; done', { name: 'deaf' });
    await world.create('leaving', { containers: [polite, deaf] }, { finalizers: ['argosy.dev/look'] });
    await world.until('leaving', ({ status }) => status?.containerStatuses?.every((one) => one.state?.running));
    await eventually('output', async () => (await world.log('leaving', { container: 'deaf' })) !== '');
    await eventually('output', async () => (await world.log('leaving', { container: 'polite' })) !== '');
    await world.client.delete(PODS, { namespace, name: 'leaving' });
    const pod = await world.until('leaving', ({ status }) =>
      status?.containerStatuses?.every((one) => one.state?.terminated),
    );
    expect(pod.status?.containerStatuses?.map((one) => one.state?.terminated?.exitCode)).toEqual([0, 137]);
    await world.client.patch(
      PODS,
      { namespace, name: 'leaving' },
      { kind: 'merge', patch: { metadata: { finalizers: null } } },
    );
  });

  it('is found by the names of its hostname and subdomain', async () => {
    await world.create('named', {
      hostname: 'a',
      subdomain: 'peers',
      containers: [sh('mkdir /w; echo found > /w/index.html; busybox httpd -f -p 8080 -h /w')],
    });
    await world.until('named', (pod) => firstState(pod)?.state?.running);
    const names = ['a.peers', 'a.peers.default', 'a.peers.default.svc.cluster.local'];
    const script = names.map((name) => `until busybox wget -qO- http://${name}:8080/; do sleep 0.1; done`).join('; ');
    expect((await world.run('asker', { command: ['sh', '-c', script] })).log).toBe('found\n'.repeat(3));
  });

  it("uses the machine's own network where asked to", async () => {
    await world.create('at-home', { hostNetwork: true, containers: [sh('sleep 60')] });
    const pod = await world.until('at-home', (one) => firstState(one)?.state?.running);
    expect(pod.status?.podIP).toBe('127.0.0.1');
  });

  it('rolls a deployment, heals it, and leaves nothing of it behind', async () => {
    const podsOf = async (): Promise<readonly Pod[]> =>
      (await world.client.list(PODS, { namespace, labelSelector: 'app=web' })).items;
    const answers = async (): Promise<readonly string[]> =>
      Promise.all((await podsOf()).map(async ({ status }) => (await fetch(`http://${status?.podIP}:8080/`)).text()));
    const template = (version: string) => ({
      metadata: { labels: { app: 'web' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          sh(`mkdir /w; printf ${version} > /w/index.html; exec busybox httpd -f -p 8080 -h /w`, {
            readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
          }),
        ],
      },
    });
    const ready = (version: string, holds: (pod: Pod) => boolean = () => true) =>
      eventually(`two ready pods of ${version}`, async () => {
        const pods = await podsOf();
        return (
          pods.length === 2 &&
          pods.every((pod) => isReady(pod) && pod.spec?.containers[0]?.command?.[2]?.includes(version)) &&
          pods.some(holds)
        );
      });
    await world.client.create(DEPLOYMENTS, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template('v1') },
    });
    await ready('v1');
    expect(await answers()).toEqual(['v1', 'v1']);
    await world.client.patch(
      DEPLOYMENTS,
      { namespace, name: 'web' },
      { kind: 'merge', patch: { spec: { template: template('v2') } } },
    );
    await ready('v2');
    expect(await answers()).toEqual(['v2', 'v2']);
    const [victim] = await podsOf();
    const id = victim ? (firstState(victim)?.containerID ?? '').replace('docker://', '') : '';
    await engine?.call({ method: 'POST', path: `/containers/${id}/kill` });
    await ready('v2', (pod) => firstState(pod)?.restartCount === 1);
    expect(await answers()).toEqual(['v2', 'v2']);
    const uids = (await podsOf()).map((pod) => pod.metadata.uid);
    await world.client.delete(DEPLOYMENTS, { namespace, name: 'web' }, { propagationPolicy: 'Background' });
    await eventually('end of the pods', async () => (await podsOf()).length === 0);
    for (const uid of uids) {
      const filters = JSON.stringify({ label: [`argosy.dev/pod-uid=${uid}`] });
      const query = { all: true, filters };
      await eventually('end of the containers', async () => {
        const left = await engine?.call({ method: 'GET', path: '/containers/json', query });
        return Array.isArray(left) && left.length === 0;
      });
    }
  });

  it('lets a job fail and back off', async () => {
    await world.client.create(JOBS, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j', namespace },
      spec: { backoffLimit: 1, template: { spec: { restartPolicy: 'Never', containers: [sh('exit 4')] } } },
    });
    const failed = await eventually('failure', async () =>
      (await world.client.get(JOBS, { namespace, name: 'j' })).status?.conditions?.find(
        ({ type }) => type === 'Failed',
      ),
    );
    const pods = (await world.client.list(PODS, { namespace, labelSelector: 'job-name=j' })).items;
    expect(failed.reason).toBe('BackoffLimitExceeded');
    expect(pods.map((pod) => firstState(pod)?.state?.terminated?.exitCode)).toEqual([4, 4]);
  });
});
