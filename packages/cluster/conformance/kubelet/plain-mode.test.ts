import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { createSystemClock, silentLogger } from '@argosy/base';
import type { PodSpec } from '@argosy/kube';
import { afterAll, describe, expect, it } from 'vitest';

import type { ContainerLaunch } from '../../src/kubelet/pod-runtime.ts';
import { createProcessRuntime } from '../../src/kubelet/runtimes/process/process-runtime.ts';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-plain-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));
const runtime = createProcessRuntime(
  { clock: createSystemClock(), log: silentLogger },
  { directory, hidden: [], env: { PATH: process.env['PATH'] ?? '' }, sandbox: 'never' },
);

let count = 0;
const start = async (command: readonly string[], extra: Partial<ContainerLaunch> = {}, spec?: PodSpec) => {
  count += 1;
  const metadata = { name: `p${count}`, namespace: 'default', uid: `uid-${count}` };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, ...(spec ? { spec } : {}) };
  await runtime.preparePod(pod);
  const launch: ContainerLaunch = {
    pod,
    name: 'main',
    image: 'any',
    command,
    args: [],
    workingDir: undefined,
    env: {},
    mounts: [],
    restartCount: 0,
    isInit: false,
    ...extra,
  };
  return { launch, running: await runtime.startContainer(launch) };
};
const read = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
};

describe('the process runtime without namespaces', () => {
  it('runs programs with their environment and tells how they ended', async () => {
    const { running } = await start(['sh', '-c', 'echo $A; exit 4'], { env: { A: 'x' } });
    expect(await running.ended).toMatchObject({ exitCode: 4, reason: 'Error' });
    expect((await running.output()).stdout).toBe('x\n');
  });
  it('tells where the files of the service account lie', async () => {
    const hostPath = path.join(directory, 'account');
    fs.mkdirSync(hostPath, { recursive: true });
    fs.writeFileSync(path.join(hostPath, 'token'), 'secret');
    const containerPath = '/var/run/secrets/kubernetes.io/serviceaccount';
    const { running } = await start(['sh', '-c', 'cat "$ARGOSY_SERVICE_ACCOUNT_DIR/token"'], {
      mounts: [{ containerPath, hostPath, readOnly: true }],
    });
    await running.ended;
    expect((await running.output()).stdout).toBe('secret');
  });
  it('gives each container a folder for temporary files of its own', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => start(['sh', '-c', 'echo $TMPDIR; touch "$TMPDIR/mine"; ls "$TMPDIR"'])),
    );
    await Promise.all([one!.running.ended, other!.running.ended]);
    const said = await Promise.all(
      [one!, other!].map(async ({ running }) => (await running.output()).stdout.split('\n')),
    );
    expect(said.map(([, files]) => files)).toEqual(['mine', 'mine']);
    expect(said[0]![0]).not.toBe(said[1]![0]);
  });
  it('ends everything a container started', async () => {
    const { running } = await start(['sh', '-c', 'sleep 300 & sleep 300']);
    await running.stop(0);
    expect((await running.ended).exitCode).toBe(137);
  });
  it('runs commands beside it, with their streams', async () => {
    const { running } = await start(['sleep', '300']);
    const streams = await running.open!({ command: ['sh', '-c', 'cat; exit 5'], stdin: true, tty: false });
    streams.stdin!.end('hello');
    expect([await read(streams.stdout as AsyncIterable<Buffer>), await streams.ended]).toEqual(['hello', 5]);
    await running.stop(0);
  });
  it('names what it cannot give', () =>
    expect(
      runtime.unapplied!({
        containers: [{ name: 'c', securityContext: { runAsUser: 1 }, resources: { limits: { cpu: '1' } } }],
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['x'] }],
      }),
    ).toEqual(['containers[0].resources.limits', 'containers[0].securityContext.runAsUser', 'hostAliases']));
});
