import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { createSystemClock, silentLogger } from '@argosy/base';

import { createProcessRuntime } from '../../src/kubelet/runtimes/process/process-runtime.ts';
import type { ContainerLaunch, RunningContainer } from '../../src/kubelet/pod-runtime.ts';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-process-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));
const clock = createSystemClock();
const runtime = createProcessRuntime(
  { clock, log: silentLogger },
  { directory, hidden: [], env: { PATH: process.env['PATH'] ?? '' } },
);

let count = 0;
const prepare = async (command: readonly string[], extra: Partial<ContainerLaunch> = {}): Promise<ContainerLaunch> => {
  count += 1;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${count}`, namespace: 'default', uid: `uid-${count}` },
  };
  await runtime.preparePod(pod);
  return {
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
};
const readLog = async (launch: ContainerLaunch, options = {}): Promise<string> => {
  const { name = '', uid = '' } = launch.pod.metadata;
  const parts: Uint8Array[] = [];
  for await (const part of runtime.logs({ name, uid, namespace: 'default' }, 'main', options)) parts.push(part);
  return Buffer.concat(parts).toString();
};

describe('the process runtime', () => {
  it('gives exit code, log and the environment it was told, nothing else', async () => {
    const launch = await prepare(['sh', '-c', 'echo $A; echo err >&2; env | grep -c VITEST; exit 3'], {
      env: { A: 'x' },
    });
    const running = await runtime.startContainer(launch);
    expect(await running.ended).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect((await running.output()).stdout).toBe('x\n0\n');
    expect((await readLog(launch)).split('\n').toSorted()).toEqual(['', '0', 'err', 'x']);
    expect(await readLog(launch, { tailLines: 1 })).not.toContain('x');
  });
  it.each(['node', 'python', 'python3'])('runs %s of the host', async (program) => {
    const source = program === 'node' ? 'console.log(6*7)' : 'print(6*7)';
    const running = await runtime.startContainer(await prepare([program, program === 'node' ? '-e' : '-c', source]));
    expect(await running.ended).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect((await running.output()).stdout).toBe('42\n');
  });
  it('tells what is missing', async () => {
    const running = await runtime.startContainer(await prepare(['no-such-program']));
    expect(await running.ended).toMatchObject({ exitCode: 128, reason: 'StartError' });
    await expect(prepare([]).then((launch) => runtime.startContainer(launch))).rejects.toThrow(
      'image any has no files on the process runtime',
    );
  });
  it('ends a container that asks for time, and one that does not listen', async () => {
    // What has not said that it listens may end by the signal itself.
    const isUp = async (container: RunningContainer): Promise<void> => {
      while ((await container.output()).stdout === '') await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const polite = await prepare(['sh', '-c', 'trap "echo bye; exit 9" TERM; echo up; while :; do sleep 0.05; done']);
    const running = await runtime.startContainer(polite);
    await isUp(running);
    expect(await running.exec(['sh', '-c', 'echo in; exit 4'], 5000)).toEqual({ exitCode: 4, output: 'in\n' });
    await running.stop(5000);
    expect(await running.ended).toMatchObject({ exitCode: 9 });
    const deaf = await runtime.startContainer(
      await prepare(['sh', '-c', 'trap "" TERM; echo up; while :; do sleep 0.05; done']),
    );
    await isUp(deaf);
    await deaf.stop(200);
    expect(await deaf.ended).toMatchObject({ exitCode: 137 });
  });
  it('places and collects files, and keeps links from leading out', async () => {
    const volume = fs.mkdtempSync(path.join(directory, 'volume-'));
    const launch = await prepare(
      ['sh', '-c', 'cat /placed; ln -s /etc/hostname /leak; echo r > /data/r; echo t > /tmp/t'],
      {
        mounts: [{ containerPath: '/data', hostPath: volume, readOnly: false }],
      },
    );
    const placed = runtime.resolvePath(launch, '/placed');
    fs.mkdirSync(path.dirname(placed), { recursive: true });
    fs.writeFileSync(placed, 'given');
    const running = await runtime.startContainer(launch);
    await running.ended;
    expect((await running.output()).stdout).toBe('given');
    expect(fs.readFileSync(runtime.resolvePath(launch, '/data/r'), 'utf8')).toBe('r\n');
    expect(fs.readFileSync(runtime.resolvePath(launch, '/tmp/t'), 'utf8')).toBe('t\n');
    expect(runtime.resolvePath(launch, '/leak').startsWith(directory)).toBe(true);
    await runtime.removePod(launch.pod);
    expect(fs.existsSync(path.join(directory, launch.pod.metadata.uid ?? ''))).toBe(false);
  });
});

const sandboxed =
  process.platform === 'linux' && spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;

describe.skipIf(!sandboxed)('a container in a sandbox', () => {
  const run = async (script: string, spec: object = {}, container: object = {}) => {
    const launch = await prepare(['sh', '-c', script]);
    const main = { name: 'main', ...container };
    const pod = { ...launch.pod, spec: { ...spec, containers: [main] } };
    const running = await runtime.startContainer({ ...launch, pod });
    const ended = await running.ended;
    return { name: pod.metadata.name, ended, stdout: (await running.output()).stdout };
  };

  it('has the name of its pod, and knows its full name', async () => {
    const machine = os.hostname();
    const { name, stdout } = await run('hostname; cat /etc/hostname');
    expect(stdout).toBe(`${name}\n${name}\n`);
    const named = { hostname: 'db-0', subdomain: 'db' };
    expect((await run('hostname; getent hosts db-0 | tr -s " "', named)).stdout).toMatch(
      /^db-0\n127\.\S+ db-0\.db\.default\.svc\.cluster\.local db-0\n$/,
    );
    expect((await run('hostname', { ...named, setHostnameAsFQDN: true })).stdout).toBe(
      'db-0.db.default.svc.cluster.local\n',
    );
    expect((await run('hostname', { hostNetwork: true })).stdout).toBe(`${machine}\n`);
    expect(os.hostname()).toBe(machine);
  });

  it('says why it ends, in a file or by the end of its log', async () => {
    const message = async (script: string, container: object = {}) => (await run(script, {}, container)).ended.message;
    expect(await message('echo why > /dev/termination-log; exit 3')).toBe('why\n');
    expect(await message('echo there > /tmp/message', { terminationMessagePath: '/tmp/message' })).toBe('there\n');
    expect(await message('head -c 5000 /dev/zero | tr "\\0" x > /dev/termination-log')).toHaveLength(4096);
    const fromLog = { terminationMessagePolicy: 'FallbackToLogsOnError' };
    expect(await message('echo last words; exit 1', fromLog)).toBe('last words\n');
    expect(await message('echo last words', fromLog)).toBeUndefined();
    expect(await message('echo last words; exit 1')).toBeUndefined();
    // The machine has none of it.
    const own = `/dev/argosy-message-${process.pid}`;
    expect(await message(`echo mine > ${own}`, { terminationMessagePath: own })).toBe('mine\n');
    expect(fs.existsSync(own)).toBe(false);
  });

  it('has the devices of the machine', async () => {
    const script =
      'test -c /dev/null && echo x > /dev/null && head -c 4 /dev/urandom | wc -c && test -d /dev/pts && echo ok';
    expect((await run(script)).stdout.trim().split(/\s+/)).toEqual(['4', 'ok']);
  });
});
