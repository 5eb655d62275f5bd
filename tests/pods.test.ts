import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';
import { DEPLOYMENTS, JOBS, PODS, type Deployment, type Pod } from '@argosy/kube';

import { COMMAND, ROOT } from './built-command.ts';

const until = async <T>(look: () => Promise<T | undefined>, what: string): Promise<T> => {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Real pods of a real process, across a kill. */
describe.skipIf(process.platform !== 'linux')('pods of the embedded platform', () => {
  let folder: string;
  let platform: ChildProcess;
  let client: HttpClient;

  const up = async (): Promise<void> => {
    platform = spawn(
      process.execPath,
      [
        ...COMMAND,
        'up',
        '--data',
        path.join(folder, 'data'),
        '--port',
        '0',
        '--kube-port',
        '0',
        '--runtime',
        'process',
      ],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      platform.stdout?.on(
        'data',
        (part: Buffer) => ((printed += part.toString('utf8')), printed.includes('  data ') && resolve()),
      );
      platform.on('exit', () => reject(new Error(`ended: ${printed}`)));
    });
    client = createHttpClient(readKubeconfig(path.join(folder, 'data', 'kubeconfig')));
  };
  const down = async (signal: NodeJS.Signals): Promise<void> => {
    await client.close();
    platform.removeAllListeners('exit');
    await new Promise<void>((resolve) => {
      platform.on('exit', () => resolve());
      platform.kill(signal);
    });
  };
  const podsOf = async (app: string): Promise<readonly Pod[]> =>
    (await client.list(PODS, { namespace: 'default', labelSelector: `app=${app}` })).items;
  const isReady = (pod: Pod): boolean =>
    pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
  /** Processes of this machine whose command line holds a text. */
  const processes = (text: string): number =>
    Number(spawnSync('pgrep', ['-fc', text], { encoding: 'utf8' }).stdout.trim() || '0');

  const MARK = `argosy-test-${process.pid}-${Date.now()}`;
  const SERVER = `require("http").createServer((q,r)=>r.end(process.env.POD_IP)).listen(8080,process.env.POD_IP) /* ${MARK} */`;
  const web: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'c',
              image: 'node',
              command: ['node', '-e', SERVER],
              readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-pods-'));
    await up();
  });
  afterAll(async () => {
    await down('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  it('serve on addresses of their own', async () => {
    await client.create(DEPLOYMENTS, web);
    const pods = await until(async () => {
      const now = await podsOf('web');
      return now.length === 2 && now.every(isReady) ? now : undefined;
    }, 'two ready pods');
    const addresses = pods.map((pod) => pod.status?.podIP ?? '');
    expect(new Set(addresses).size).toBe(2);
    expect(
      await Promise.all(addresses.map(async (address) => (await fetch(`http://${address}:8080/`)).text())),
    ).toEqual(addresses);
  });

  it('run once, not twice, after the platform was killed and started again', async () => {
    await down('SIGKILL');
    await up();
    await until(async () => {
      const now = await podsOf('web');
      return now.length === 2 &&
        now.every((pod) => isReady(pod) && (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0)
        ? true
        : undefined;
    }, 'both pods restarted and ready');
    const answers = await Promise.all(
      (await podsOf('web')).map(async (pod) => (await fetch(`http://${pod.status?.podIP}:8080/`)).text()),
    );
    expect(answers).toEqual((await podsOf('web')).map((pod) => pod.status?.podIP));
  });

  it('tell their logs and ends', async () => {
    await client.create(JOBS, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j', namespace: 'default' },
      spec: {
        backoffLimit: 0,
        completions: 1,
        template: {
          metadata: { labels: { app: 'j' } },
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo out; echo err >&2; exit 3'] }],
          },
        },
      },
    });
    const failed = await until(
      async () =>
        (await client.get(JOBS, { namespace: 'default', name: 'j' })).status?.conditions?.find(
          (condition) => condition.type === 'Failed',
        ),
      'failure',
    );
    expect(failed.reason).toBe('BackoffLimitExceeded');
    const [pod] = await podsOf('j');
    let log = '';
    for await (const chunk of client.logs({ namespace: 'default', name: pod?.metadata.name ?? '' }))
      log += Buffer.from(chunk).toString('utf8');
    expect([
      log.split('\n').sort((left, right) => left.localeCompare(right)),
      pod?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode,
    ]).toEqual([['', 'err', 'out'], 3]);
  });

  it('leave nothing behind when they are deleted', async () => {
    await client.delete(DEPLOYMENTS, { namespace: 'default', name: 'web' }, { propagationPolicy: 'Background' });
    await until(async () => ((await podsOf('web')).length === 0 ? true : undefined), 'end of the pods');
    await until(async () => (processes(MARK) === 0 ? true : undefined), 'end of their processes');
  });
});
