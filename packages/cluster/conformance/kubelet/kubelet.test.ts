import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  CONFIG_MAPS,
  CORE_EVENTS,
  isApiError,
  isConditionTrue,
  PODS,
  RUNTIME_CLASSES,
  type Container,
  type Pod,
  type PodSpec,
} from '@argosy/kube';

import { createKubelet } from '../../src/kubelet/kubelet.ts';
import type { PodSupervisor } from '../../src/kubelet/pod-runtime.ts';
import { createProcessRuntime } from '../../src/kubelet/runtimes/process/process-runtime.ts';
import { PORTS, startCluster, type RunningCluster } from '../running-cluster.ts';

const { clock, log } = PORTS;
const namespace = 'default';
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-kubelet-'));
const collected: string[] = [];
const supervisor: PodSupervisor = {
  supervises: (pod) => pod.metadata.labels?.['supervised'] === 'yes',
  prepare: async (context) => {
    const file = context.resolvePath('/inputs/message');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, 'from the supervisor');
  },
  collect: async (context, outcome) => {
    collected.push(outcome.stdout, fs.readFileSync(context.resolvePath('/outputs/result'), 'utf8'));
  },
};

let cluster: RunningCluster;
beforeAll(async () => {
  const runtime = createProcessRuntime(
    { clock, log },
    { directory, hidden: [], env: { PATH: process.env['PATH'] ?? '' } },
  );
  cluster = await startCluster((deps, server) => {
    const kubelet = createKubelet({ ...deps, runtime, supervisors: [supervisor] }, { nodeName: 'argosy' });
    server.setPodAccess(kubelet);
    return [kubelet];
  });
});
afterAll(async () => {
  await cluster.close();
  fs.rmSync(directory, { recursive: true, force: true });
});

const sh = (script: string, extra: Partial<Container> = {}): Container => ({
  name: 'main',
  image: 'any',
  command: ['sh', '-c', script],
  ...extra,
});
const create = (name: string, spec: PodSpec, labels = {}): Promise<Pod> =>
  cluster.client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec });
const until = async (name: string, holds: (pod: Pod) => boolean): Promise<Pod> => {
  const end = clock.now() + 15_000;
  for (;;) {
    const pod = await cluster.client.get(PODS, { namespace, name });
    if (holds(pod)) return pod;
    if (clock.now() > end) throw new Error(`${name} never got there: ${JSON.stringify(pod.status)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const ended = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
const logOf = async (name: string, container = 'main'): Promise<string> => {
  let text = '';
  for await (const part of cluster.client.logs({ namespace, name }, { container }))
    text += Buffer.from(part).toString();
  return text;
};

describe('the kubelet', () => {
  it.each([
    { script: 'echo hi', exitCode: 0, phase: 'Succeeded', reason: 'Completed' },
    { script: 'exit 3', exitCode: 3, phase: 'Failed', reason: 'Error' },
  ])('runs $script to $phase', async ({ script, exitCode, phase, reason }) => {
    const name = `ends-${exitCode}`;
    await create(name, { restartPolicy: 'Never', containers: [sh(script)] });
    const pod = await until(name, ended);
    expect(pod.status?.phase).toBe(phase);
    expect(pod.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode, reason });
    if (exitCode === 0) expect(await logOf(name)).toBe('hi\n');
  });
  it('runs the usual runtime by its name, and says so when there is no other', async () => {
    for (const [name, handler] of [
      ['usual', 'runc'],
      ['sandboxed', 'gvisor'],
    ] as const)
      await cluster.client.create(RUNTIME_CLASSES, {
        apiVersion: 'node.k8s.io/v1',
        kind: 'RuntimeClass',
        metadata: { name },
        handler,
      });
    const spec = { restartPolicy: 'Never' as const, containers: [sh('true')] };
    await create('of-another', { ...spec, runtimeClassName: 'sandboxed' });
    await create('of-the-usual', { ...spec, runtimeClassName: 'usual' });
    expect((await until('of-the-usual', ended)).status?.phase).toBe('Succeeded');
    const told = async () =>
      (await cluster.client.list(CORE_EVENTS)).items.find(({ reason }) => reason === 'FailedCreatePodSandBox')?.message;
    for (let tries = 0; tries < 200 && (await told()) === undefined; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await told()).toBe(
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "gvisor" is configured',
    );
    expect((await cluster.client.get(PODS, { namespace, name: 'of-another' })).status?.phase).toBe('Pending');
  });

  it('gives environment and volumes, after init containers', async () => {
    await cluster.client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace },
      data: { color: 'blue' },
    });
    await create('world', {
      restartPolicy: 'Never',
      volumes: [
        { name: 'shared', emptyDir: {} },
        { name: 'settings', configMap: { name: 'settings' } },
      ],
      initContainers: [
        sh('echo made > /shared/file', { name: 'init', volumeMounts: [{ name: 'shared', mountPath: '/shared' }] }),
      ],
      containers: [
        sh('cat /shared/file /settings/color; echo; echo $COLOR $NAME $BOTH', {
          env: [
            { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
            { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'BOTH', value: '$(COLOR)-$(NAME)' },
          ],
          volumeMounts: [
            { name: 'shared', mountPath: '/shared' },
            { name: 'settings', mountPath: '/settings', readOnly: true },
          ],
        }),
      ],
    });
    await until('world', ended);
    expect(await logOf('world')).toBe('made\nblue\nblue world blue-world\n');
  });
  it('restarts what fails, and stops at a failing init container', async () => {
    await create('again', { restartPolicy: 'OnFailure', containers: [sh('exit 1')] });
    await create('init-fails', {
      restartPolicy: 'Never',
      initContainers: [sh('exit 2', { name: 'init' })],
      containers: [sh('echo never')],
    });
    const pod = await until(
      'again',
      (one) => one.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
    );
    expect(pod.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 1 } },
    });
    expect((await until('init-fails', ended)).status?.phase).toBe('Failed');
    await expect(logOf('init-fails')).rejects.toThrow('waiting to start: PodInitializing');
  });
  it('tells of each container by its place in the pod', async () => {
    await create('told', {
      terminationGracePeriodSeconds: 1,
      initContainers: [{ ...sh('true'), name: 'first' }],
      containers: [sh('sleep 60'), sh('sleep 60', { name: 'side' })],
    });
    await until('told', ({ status }) => status?.containerStatuses?.every(({ ready }) => ready) === true);
    await cluster.client.delete(PODS, { namespace, name: 'told' });
    const end = clock.now() + 15_000;
    const told = async () =>
      (await cluster.client.list(CORE_EVENTS, { namespace })).items
        .filter(({ involvedObject }) => involvedObject.name === 'told')
        .map(({ reason, involvedObject, source }) => [reason, involvedObject.fieldPath, source?.host]);
    while ((await told()).filter(([reason]) => reason === 'Killing').length < 2 && clock.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const all = await told();
    expect(all.slice(0, 3)).toEqual([
      ['Scheduled', undefined, undefined],
      ['Created', 'spec.initContainers{first}', 'argosy'],
      ['Started', 'spec.initContainers{first}', 'argosy'],
    ]);
    expect(all.filter(([reason]) => reason === 'Killing')).toEqual([
      ['Killing', 'spec.containers{main}', 'argosy'],
      ['Killing', 'spec.containers{side}', 'argosy'],
    ]);
  });

  it('does not tell of a start that did not happen', async () => {
    await create('missing', {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'any', command: ['/no/such/program'] }],
    });
    const pod = await until('missing', ended);
    expect(pod.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
    });
    const told = async () =>
      (await cluster.client.list(CORE_EVENTS, { namespace })).items
        .filter(({ involvedObject }) => involvedObject.name === 'missing')
        .map(({ reason, message }) => [reason, message?.replace(/(failed to start container "main": ).*/s, '$1')]);
    await expect.poll(told, { timeout: 10_000 }).toEqual([
      ['Scheduled', 'Successfully assigned default/missing to argosy'],
      ['Created', 'Created container: main'],
      ['Failed', 'Error: failed to start container "main": '],
    ]);
  });

  it('probes on the pod address, then deletes gracefully', async () => {
    const source = "require('http').createServer((q,s)=>s.end('ok')).listen(8080,process.env.POD_IP)";
    const readinessProbe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 };
    const web = { name: 'main', image: 'any', command: ['node', '-e', source], readinessProbe };
    await create('web-1', { containers: [web] });
    await create('web-2', { containers: [web] });
    for (const name of ['web-1', 'web-2']) await until(name, (pod) => isConditionTrue(pod.status?.conditions, 'Ready'));
    await cluster.client.delete(PODS, { namespace, name: 'web-1' });
    await expect(until('web-1', () => false)).rejects.toSatisfy((thrown) => isApiError(thrown, 'NotFound'));
  });
  it('lets a supervisor place and collect files before the pod ends', async () => {
    await create(
      'watched',
      { restartPolicy: 'Never', containers: [sh('cat /inputs/message; mkdir -p /outputs; echo 42 > /outputs/result')] },
      { supervised: 'yes' },
    );
    expect((await until('watched', ended)).status?.phase).toBe('Succeeded');
    expect(collected).toEqual(['from the supervisor', '42\n']);
  });
  it('ends a pod at a deadline that it is given while it runs', async () => {
    await create('hurried', { containers: [sh('sleep 60')] });
    await until('hurried', (pod) => pod.status?.phase === 'Running');
    const patch = { spec: { activeDeadlineSeconds: 1 } };
    await cluster.client.patch(PODS, { namespace, name: 'hurried' }, { kind: 'merge', patch });
    expect((await until('hurried', ended)).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });
  it('ends a pod at its deadline and stops its sidecar with it', async () => {
    await create('late', { restartPolicy: 'Never', activeDeadlineSeconds: 1, containers: [sh('sleep 60')] });
    await create('with-sidecar', {
      restartPolicy: 'Never',
      initContainers: [sh('sleep 60', { name: 'side', restartPolicy: 'Always' })],
      containers: [sh('exit 0')],
    });
    expect((await until('late', ended)).status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
    expect((await until('with-sidecar', ended)).status?.phase).toBe('Succeeded');
  });
  it('ends a sidecar after the others, and tells of each end', async () => {
    const shared = { volumeMounts: [{ name: 'log', mountPath: '/log' }] };
    await create('ordered', {
      terminationGracePeriodSeconds: 20,
      volumes: [{ name: 'log', emptyDir: {} }],
      initContainers: [
        sh('trap "ls /log; exit 0" TERM; while :; do sleep 0.05; done', {
          name: 'side',
          restartPolicy: 'Always',
          lifecycle: { preStop: { exec: { command: ['cp', '/log/there', '/log/kept'] } } },
          ...shared,
        }),
      ],
      containers: [
        sh('touch /log/there; trap "sleep 0.5; touch /log/last; exit 0" TERM; while :; do sleep 0.05; done', {
          lifecycle: { preStop: { exec: { command: ['false'] } } },
          readinessProbe: { exec: { command: ['ls', '/log/there'] }, periodSeconds: 1 },
          ...shared,
        }),
      ],
    });
    await until('ordered', (pod) => isConditionTrue(pod.status?.conditions, 'Ready'));
    let last = '';
    const reading = (async () => {
      const log = cluster.client.logs({ namespace, name: 'ordered' }, { container: 'side', follow: true });
      for await (const part of log) last += Buffer.from(part).toString();
    })();
    await cluster.client.delete(PODS, { namespace, name: 'ordered' });
    await reading;
    expect(last.trim().split('\n')).toEqual(['kept', 'last', 'there']);
    const told = async () =>
      (await cluster.client.list(CORE_EVENTS, { namespace })).items
        .filter(({ involvedObject, reason = '' }) => involvedObject.name === 'ordered' && /Killing|Failed/.test(reason))
        .map(({ message }) => message ?? '')
        .toSorted();
    await expect
      .poll(told, { timeout: 10_000 })
      .toEqual(['PreStopHook failed', 'Stopping container main', 'Stopping container side']);
  });
  it('gives a container whose probe ends it the time of the probe', async () => {
    await create('brief', {
      terminationGracePeriodSeconds: 60,
      restartPolicy: 'Never',
      containers: [
        sh('trap "" TERM; while :; do sleep 0.05; done', {
          livenessProbe: {
            exec: { command: ['false'] },
            periodSeconds: 1,
            failureThreshold: 1,
            terminationGracePeriodSeconds: 1,
          } as never,
        }),
      ],
    });
    const pod = await until('brief', ended);
    expect(pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(137);
  });
});
