import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';
import { CORE_EVENTS, PODS, type Pod } from '@argosy/kube';

import { engine, eventually, sh } from './docker-world.ts';
import { COMMAND, ROOT, startPlatform, type StartedPlatform } from './started-platform.ts';

const EXAMPLES = path.join(ROOT, '../shared/conformance/workflows');

const up = (...flags: readonly string[]) => startPlatform('docker', flags);

describe.skipIf(!engine || !fs.existsSync(EXAMPLES))('workflows on the docker runtime', () => {
  let started: StartedPlatform;
  beforeAll(async () => {
    started = await up('--in-memory');
  });
  afterAll(() => started.end('SIGTERM'));

  it.each(['e2e-functional/hello-world.yaml', 'examples/dag-diamond.yaml', 'examples/artifact-passing.yaml'])(
    'run %s to its end',
    async (file) => {
      const env = { ...process.env, KUBECONFIG: started.kubeconfig };
      const ran = await new Promise<{ readonly error: unknown; readonly out: string }>((resolve) => {
        execFile(
          process.execPath,
          [...COMMAND, 'submit', '--wait', path.join(EXAMPLES, file)],
          { cwd: ROOT, env, timeout: 50_000 },
          (error, out, err) => resolve({ error, out: `${out}${err}` }),
        );
      });
      expect(ran).toMatchObject({ error: null, out: expect.stringContaining(' Succeeded at ') as unknown });
    },
  );
});

describe.skipIf(!engine)('pods on the docker runtime, when the platform is killed', () => {
  let folder: string;
  let started: StartedPlatform;
  let client: HttpClient;
  const open = async (): Promise<void> => {
    started = await up('--data', folder);
    client = createHttpClient(readKubeconfig(started.kubeconfig));
  };
  const kill = async (): Promise<void> => {
    await client.close();
    await started.end('SIGKILL');
  };
  const stateOf = (pod: Pod) => pod.status?.containerStatuses?.[0];
  const until = (name: string, holds: (pod: Pod) => unknown): Promise<Pod> =>
    eventually(name, async () => {
      const pod = await client.get(PODS, { namespace: 'default', name });
      return holds(pod) ? pod : undefined;
    });
  const logOf = async (name: string): Promise<string> => {
    let text = '';
    for await (const part of client.logs({ namespace: 'default', name })) text += Buffer.from(part).toString();
    return text;
  };
  const containersOf = async (name: string): Promise<readonly { readonly Id: string; readonly State: string }[]> => {
    const label = [`argosy.dev/pod-name=${name}`, 'argosy.dev/container=main'];
    const query = { all: true, filters: JSON.stringify({ label }) };
    return (await engine?.call({ method: 'GET', path: '/containers/json', query })) as never;
  };
  const create = (name: string, script: string, restartPolicy: 'Always' | 'Never') =>
    client.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { restartPolicy, terminationGracePeriodSeconds: 0, containers: [sh(script)] },
    });

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-docker-'));
    await open();
  });
  afterAll(async () => {
    await client.close();
    await started.end('SIGTERM');
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('go on in the same container, with the same address and the whole log', async () => {
    await create('lasting', 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.2; done', 'Always');
    const before = await until('lasting', (pod) => stateOf(pod)?.state?.running);
    await eventually('output', async () => (await logOf('lasting')).includes('3\n'));
    await kill();
    const [container] = await containersOf('lasting');
    const gap = Date.now();
    await open();
    const after = await until(
      'lasting',
      (pod) =>
        stateOf(pod)?.state?.running &&
        pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
    );
    expect(await containersOf('lasting')).toMatchObject([{ Id: container?.Id, State: 'running' }]);
    expect([after.status?.podIP, stateOf(after)?.containerID]).toEqual([
      before.status?.podIP,
      `docker://${container?.Id}`,
    ]);
    const lines = await eventually('output', async () => {
      const all = (await logOf('lasting')).trim().split('\n');
      return all.length > (Date.now() - gap) / 500 && all;
    });
    expect(lines).toEqual(lines.map((_, at) => String(at + 1)));
    await client.delete(PODS, { namespace: 'default', name: 'lasting' });
    await eventually('end', async () => (await containersOf('lasting')).length === 0);
  });

  it('that run once are not started again, and tell how they ended', async () => {
    await create('once', 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 1; done; exit 7', 'Never');
    await create('missed', 'sleep 2; echo over; exit 3', 'Never');
    await eventually('output', async () => (await logOf('once').catch(() => '')).includes('2\n'));
    await until('missed', (pod) => stateOf(pod)?.state?.running);
    await kill();
    await eventually('end', async () => (await containersOf('missed'))[0]?.State === 'exited');
    await open();
    const ended = await Promise.all(
      ['once', 'missed'].map((name) => until(name, ({ status }) => status?.phase === 'Failed')),
    );
    const outcomes = ended.map((pod) => [stateOf(pod)?.restartCount, stateOf(pod)?.state?.terminated?.exitCode]);
    expect(outcomes).toEqual([
      [0, 7],
      [0, 3],
    ]);
    const events = (await client.list(CORE_EVENTS, { namespace: 'default' })).items.filter(
      (one) => one.reason === 'Started' && one.involvedObject?.name === 'once',
    );
    expect(events.map((one) => one.count ?? 1)).toEqual([1]);
    expect([await logOf('once'), await logOf('missed')]).toEqual(['1\n2\n3\n4\n5\n6\n7\n8\n9\n', 'over\n']);
  });
});
