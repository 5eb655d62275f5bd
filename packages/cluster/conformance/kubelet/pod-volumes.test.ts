import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Clock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { CONFIG_MAPS, CORE_EVENTS, PODS, type ConfigMap, type Pod, type PodSpec } from '@argosy/kube';

import { createDockerRuntime, createKubelet, createProcessRuntime, type PodRuntime } from '../../src/index.ts';
import { findMountObstacle } from '../../src/kubelet/mounts/machine-mount.ts';
import { readMountPoints } from '../../src/kubelet/mounts/mount-points.ts';
import { MOUNTS_FOLDER } from '../../src/kubelet/mounts/pod-mounts.ts';
import { listContainers } from '../../src/kubelet/runtimes/docker/engine-containers.ts';
import { findBlindness } from '../../src/kubelet/runtimes/docker/engine-sight.ts';
import { PORTS, startCluster, type RunningCluster } from '../running-cluster.ts';
import { engine, eventually, sh } from './docker-world.ts';

/** What a kubelet does every so often it does at once. */
const hasty: Clock = {
  ...PORTS.clock,
  setTimer: (ms, call) => PORTS.clock.setTimer(ms >= 10_000 && ms <= 60_000 ? 300 : ms, call),
};
const namespace = 'default';
const env = { PATH: process.env['PATH'] ?? '' };

const UNMOUNTABLE = findMountObstacle(MOUNTS_FOLDER) !== undefined;
const mountsOf = (pod: Pod): readonly string[] =>
  readMountPoints(fs.readFileSync('/proc/self/mountinfo', 'utf8')).filter((point) =>
    point.includes(pod.metadata.uid ?? ''),
  );

const RUNTIMES: readonly {
  readonly name: string;
  readonly isHere: boolean;
  readonly make: (directory: string) => PodRuntime;
}[] = [
  {
    name: 'process',
    isHere: process.platform === 'linux' && process.getuid?.() === 0,
    make: (directory) => createProcessRuntime(PORTS, { directory, hidden: [], env }),
  },
  {
    name: 'docker',
    isHere: engine !== undefined,
    make: (directory) =>
      createDockerRuntime({ ...PORTS, ...(engine ? { engine } : never()) }, { directory, ephemeral: true }),
  },
];
const never = (): never => {
  throw new Error('no engine answers');
};

describe.each(RUNTIMES)('volumes of pods on the $name runtime', ({ name, isHere, make }) => {
  if (!isHere) {
    it.skip('is not here', () => undefined);
    return;
  }
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-volumes-'));
  let cluster: RunningCluster;
  let client: Client;
  beforeAll(async () => {
    cluster = await startCluster((deps, server) => {
      const kubelet = createKubelet(
        { ...deps, clock: hasty, runtime: make(directory), supervisors: [] },
        { nodeName: 'argosy' },
      );
      server.setPodAccess(kubelet);
      return [kubelet];
    });
    client = cluster.client;
  });
  afterAll(async () => {
    await cluster.close();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  const create = (pod: string, spec: PodSpec): Promise<Pod> =>
    client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, namespace },
      spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, ...spec },
    });
  const until = (pod: string, phase: string): Promise<Pod> =>
    eventually(`${pod} ${phase}`, async () => {
      const found = await client.get(PODS, { namespace, name: pod });
      return found.status?.phase === phase ? found : undefined;
    });
  const logOf = async (pod: string, container = 'main'): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const part of client.logs({ namespace, name: pod }, { container })) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  const remove = (pod: string): Promise<unknown> =>
    client.delete(PODS, { namespace, name: pod }, { gracePeriodSeconds: 0 });

  it('hold config maps behind ..data, which turns over as a whole; a path of one stays as it was', async () => {
    const map = (mode: string, data: Readonly<Record<string, string>>): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace },
      data: { mode, ...data },
    });
    await client.create(CONFIG_MAPS, map('old', { gone: 'x' }));
    await create('reader', {
      volumes: [{ name: 'v', configMap: { name: 'settings', defaultMode: 0o444 } }],
      containers: [
        sh(
          'cd /settings; readlink mode gone; stat -Lc %a mode; cat mode /one; echo; ' +
            'until [ "$(cat mode)" = new ]; do sleep 0.05; done; ls; cat mode more /one; echo x 2>/dev/null > mode || echo; echo kept',
          {
            volumeMounts: [
              { name: 'v', mountPath: '/settings' },
              { name: 'v', mountPath: '/one', subPath: 'mode' },
            ],
          },
        ),
      ],
    });
    await eventually('start', async () => (await logOf('reader').catch(() => '')).includes('oldold'));
    await client.update(CONFIG_MAPS, map('new', { more: '+' }));
    await until('reader', 'Succeeded');
    expect((await logOf('reader')).split('\n')).toEqual([
      '..data/mode',
      '..data/gone',
      '444',
      'oldold',
      'mode',
      'more',
      'new+old',
      'kept',
      '',
    ]);
    await remove('reader');
  });

  it.skipIf(name !== 'docker')('belong to the group of their pod, also after a change', async () => {
    const map = (mode: string): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shared', namespace },
      data: { mode },
    });
    await client.create(CONFIG_MAPS, map('old'));
    await create('member', {
      securityContext: { fsGroup: 777, runAsUser: 5 },
      volumes: [
        { name: 'v', projected: { defaultMode: 0o400, sources: [{ configMap: { name: 'shared' } }] } },
        { name: 'm', emptyDir: { medium: 'Memory' } },
      ],
      containers: [
        sh(
          'cat /v/mode; echo; until [ "$(cat /v/mode)" = new ]; do sleep 0.05; done; ' +
            'stat -Lc "%a %g" /v/mode; touch /m/file; stat -c %g /m /m/file; echo x > /v/more || echo kept',
          {
            volumeMounts: [
              { name: 'v', mountPath: '/v' },
              { name: 'm', mountPath: '/m' },
            ],
          },
        ),
      ],
    });
    await eventually('start', async () => (await logOf('member').catch(() => '')).includes('old'));
    await client.update(CONFIG_MAPS, map('new'));
    await until('member', 'Succeeded');
    const lines = (await logOf('member')).split('\n').filter((line) => !line.startsWith('sh:'));
    expect(lines).toEqual(['old', '440 777', '777', '777', 'kept', '']);
    await remove('member');
  });

  it.skipIf(UNMOUNTABLE)('are memory of a size, which the containers of a pod share', async () => {
    const volumeMounts = [{ name: 'cache', mountPath: '/cache' }];
    const pod = await create('quick', {
      volumes: [{ name: 'cache', emptyDir: { medium: 'Memory', sizeLimit: '2Mi' } }],
      initContainers: [sh('echo first > /cache/file', { name: 'init', volumeMounts })],
      containers: [
        sh(
          'cat /cache/file; stat -fc %T /cache; stat -c %a /cache; df -k /cache | tail -n 1 | tr -s " " | cut -d" " -f2; ' +
            'head -c 5000000 /dev/zero > /cache/big; echo $?; until [ -f /cache/end ]; do sleep 0.05; done',
          { volumeMounts, resources: { limits: { memory: '64Mi' } } },
        ),
        sh('until [ "$(wc -c < /cache/big)" -gt 1000000 ]; do sleep 0.05; done; touch /cache/end', {
          name: 'other',
          volumeMounts: [{ name: 'cache', mountPath: '/cache', subPath: '.' }],
        }),
      ],
    });
    await until('quick', 'Succeeded');
    expect((await logOf('quick', 'main')).split('\n').filter((line) => !line.includes('No space'))).toEqual([
      'first',
      'tmpfs',
      '777',
      '2048',
      '1',
      '',
    ]);
    // Of a pod that has ended nothing stays in memory, and it was not told that it would be on disk.
    expect(mountsOf(pod)).toEqual([]);
    const told = (await client.list(CORE_EVENTS, { namespace })).items.filter(
      ({ involvedObject, reason }) => involvedObject.uid === pod.metadata.uid && reason === 'FieldsNotApplied',
    );
    expect(told.filter(({ message }) => message?.includes('emptyDir'))).toEqual([]);
    await remove('quick');
  });

  it('show one path of themselves to one container, also while another changes the rest', async () => {
    const pod = await create('parted', {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        sh('cd /v; until [ -f part/of/it ]; do sleep 0.05; done; cat part/of/it; ls /v', {
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        }),
        sh('echo written > /part/it; ls /part', {
          name: 'other',
          volumeMounts: [{ name: 'v', mountPath: '/part', subPathExpr: 'part/$(OF)' }],
          env: [{ name: 'OF', value: 'of' }],
        }),
      ],
    });
    await until('parted', 'Succeeded');
    expect([await logOf('parted'), await logOf('parted', 'other')]).toEqual(['written\npart\n', 'it\n']);
    expect(mountsOf(pod)).toEqual([]);
    await remove('parted');
  });

  it('never lead a container out by a link', async () => {
    await create('astray', {
      volumes: [{ name: 'v', emptyDir: {} }],
      initContainers: [sh('ln -s / /v/out', { name: 'init', volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
      containers: [sh('ls /part', { volumeMounts: [{ name: 'v', mountPath: '/part', subPath: 'out/etc' }] })],
    });
    const waiting = await eventually('refusal', async () => {
      const found = await client.get(PODS, { namespace, name: 'astray' });
      return found.status?.containerStatuses?.[0]?.state?.waiting?.message?.includes('subPath') ? found : undefined;
    });
    expect(waiting.status?.containerStatuses?.[0]?.state?.waiting).toMatchObject({
      reason: 'CreateContainerConfigError',
      message: 'subPath out/etc leaves its volume',
    });
    await remove('astray');
  });

  it('evict their pod when they grow beyond their limit', async () => {
    const pod = await create('hungry', {
      restartPolicy: 'Always',
      volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Mi' } }],
      containers: [
        sh('head -c 3000000 /dev/zero > /scratch/file; while :; do sleep 0.05; done', {
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
        }),
      ],
    });
    const message = 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi". ';
    expect((await until('hungry', 'Failed')).status).toMatchObject({ reason: 'Evicted', message });
    const told = (await client.list(CORE_EVENTS, { namespace })).items.filter(
      ({ involvedObject, reason }) => involvedObject.uid === pod.metadata.uid && reason === 'Evicted',
    );
    expect(told.map((event) => [event.type, event.message])).toEqual([['Warning', message]]);
    await remove('hungry');
  });
});

describe.skipIf(!engine)('an engine', () => {
  it('that does not see a file of this machine says so, and keeps nothing of the question', async () => {
    const asked = engine ?? never();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-sight-'));
    fs.writeFileSync(path.join(folder, 'here'), '');
    const instance = { 'argosy.dev/instance': path.basename(folder) };
    const ask = (place: string) =>
      findBlindness(asked, { file: path.join(folder, place), image: async () => 'busybox:latest', instance });
    const blind = 'the engine does not see mounts of this machine';
    expect([await ask('absent/here'), await ask('missing')]).toEqual([
      expect.stringContaining(blind),
      expect.stringContaining(blind),
    ]);
    expect(await ask('here')).toBeUndefined();
    expect(await listContainers(asked, [`argosy.dev/instance=${path.basename(folder)}`])).toEqual([]);
    fs.rmSync(folder, { recursive: true });
  });
});
