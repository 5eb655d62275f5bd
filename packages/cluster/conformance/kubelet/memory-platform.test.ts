import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';
import { PODS, type Pod } from '@argosy/kube';

import { findMountObstacle } from '../../src/kubelet/mounts/machine-mount.ts';
import { readMountPoints } from '../../src/kubelet/mounts/mount-points.ts';
import { MOUNTS_FOLDER } from '../../src/kubelet/mounts/pod-mounts.ts';
import { engine, eventually, sh } from './docker-world.ts';
import { startPlatform, type StartedPlatform } from './started-platform.ts';

const isMountable = findMountObstacle(MOUNTS_FOLDER) === undefined;
const namespace = 'default';

const mountsOf = (pod: Pod): readonly string[] =>
  readMountPoints(fs.readFileSync('/proc/self/mountinfo', 'utf8')).filter((point) =>
    point.includes(`/${pod.metadata.uid ?? ''}`),
  );

const create = (client: HttpClient, name: string): Promise<Pod> =>
  client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'cache', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
      initContainers: [
        sh('echo once >> /cache/begun', { name: 'init', volumeMounts: [{ name: 'cache', mountPath: '/cache' }] }),
      ],
      containers: [
        sh('cat /cache/begun; stat -fc %T /cache; exec sleep 60', {
          volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
        }),
      ],
    },
  });

const logOf = async (client: HttpClient, name: string): Promise<string> => {
  let text = '';
  for await (const part of client.logs({ namespace, name }, { container: 'main' }))
    text += Buffer.from(part).toString();
  return text;
};

const running = (client: HttpClient, name: string, restartCount: number): Promise<Pod> =>
  eventually(`${name} runs`, async () => {
    const pod = await client.get(PODS, { namespace, name });
    const status = pod.status?.containerStatuses?.[0];
    if (!status?.state?.running || status.restartCount !== restartCount) return undefined;
    return (await logOf(client, name)).endsWith('tmpfs\n') ? pod : undefined;
  });

/** A start takes the log of a container anew from its engine, so it is there again a moment later. */
const logged = (client: HttpClient, name: string, text: string): Promise<unknown> =>
  eventually(`the log of ${name}`, async () => (await logOf(client, name)) === text);

describe.each([
  { runtime: 'process' as const, isHere: isMountable, restarts: 1 },
  // Containers of an engine go on while the platform is away.
  { runtime: 'docker' as const, isHere: isMountable && engine !== undefined, restarts: 0 },
])('memory of pods on the $runtime runtime', ({ runtime, isHere, restarts }) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-memory-'));
  let started: StartedPlatform | undefined;
  afterAll(async () => {
    await started?.end('SIGTERM');
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const open = async (...flags: readonly string[]): Promise<HttpClient> => {
    started = await startPlatform(runtime, flags);
    return createHttpClient(readKubeconfig(started.kubeconfig));
  };
  const end = async (client: HttpClient, signal: NodeJS.Signals): Promise<void> => {
    await client.close();
    await started?.end(signal);
    started = undefined;
  };

  it.skipIf(!isHere)('outlives a kill, goes with its pod, and is made anew after an orderly end', async () => {
    let client = await open('--data', folder);
    const kept = await create(client, 'kept');
    const removed = await create(client, 'removed');
    await running(client, 'kept', 0);
    await running(client, 'removed', 0);
    expect(mountsOf(kept)).toHaveLength(2);
    await end(client, 'SIGKILL');
    expect(mountsOf(kept)).toHaveLength(2);

    client = await open('--data', folder);
    await running(client, 'kept', restarts);
    await logged(client, 'kept', 'once\ntmpfs\n');
    await running(client, 'removed', restarts);
    await client.delete(PODS, { namespace, name: 'removed' }, { gracePeriodSeconds: 0 });
    await eventually('no mount of a removed pod', async () => mountsOf(removed).length === 0);
    expect(mountsOf(kept)).toHaveLength(2);
    await end(client, 'SIGTERM');
    expect(mountsOf(kept)).toEqual([]);

    // What the init container left is lost, so it runs once more before the other.
    client = await open('--data', folder);
    const again = await running(client, 'kept', restarts + 1);
    await logged(client, 'kept', 'once\ntmpfs\n');
    expect(again.status?.initContainerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
    await end(client, 'SIGTERM');
    expect(mountsOf(kept)).toEqual([]);
  });

  it.skipIf(!isHere)('of a platform lost with its pods goes with the next start', async () => {
    const client = await open('--in-memory');
    const lost = await create(client, 'lost');
    await running(client, 'lost', 0);
    await end(client, 'SIGKILL');
    expect(mountsOf(lost)).toHaveLength(2);
    const next = await open('--in-memory');
    await eventually('no mount of a lost pod', async () => mountsOf(lost).length === 0);
    await end(next, 'SIGTERM');
  });
});
