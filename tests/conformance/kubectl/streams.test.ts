import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { describeKubectl, type KubectlWorld } from './kubectl-world.ts';

const PODS = `
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: c
      image: i
      command: [node, -e, "require('http').createServer((q, r) => r.end('served ' + q.url)).listen(8099, process.env.POD_IP); setInterval(() => console.log('tick'), 200)"]
---
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: c, image: i, stdin: true, command: [sh, -c, 'while read line; do echo got $line; done']}]
`;

const get = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString('utf8')));
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });

/** Starts a port-forward and gives the address it tells. */
const forward = (world: KubectlWorld, port: number, env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const child = spawn('kubectl', ['port-forward', 'p', `0:${port}`], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: world.folder,
      KUBECONFIG: path.join(world.folder, 'kubeconfig'),
      ...env,
    },
  });
  world.onClose(() => child.kill());
  return new Promise((resolve, reject) => {
    let said = '';
    const take = (part: Buffer): void => {
      said += part.toString('utf8');
      const address = /127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (address) resolve(`http://${address}`);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('exit', () => reject(new Error(said)));
  });
};

describe.skipIf(process.platform !== 'linux')('on linux', () => {
  describeKubectl('streams', { runtime: 'process' }, (world) => {
    const SPDY = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };

    beforeAll(async () => {
      await world().k('apply -f -', PODS);
      await world().k('wait --for=condition=Ready pod/p pod/reader --timeout=20s');
    });

    it('run --attach: tells what the pod ended with, and its output once', async () => {
      const { code, out, err } = await world().run(
        'run fails --attach --rm --restart=Never --image=i --command -- sh -c'
          .split(' ')
          .concat('sleep 1; echo said; exit 3'),
      );
      expect(code).toBe(3);
      expect(out.match(/said/g)).toHaveLength(1);
      expect(err).toContain('terminated (Error)');
      expect(err).not.toContain('falling back');
    });
    it.each([
      { over: 'WebSocket', env: {} },
      { over: 'SPDY, as older clients', env: SPDY },
    ])('exec over $over: input, both outputs, exit code', async ({ env }) => {
      const { code, out, err } = await world().run(
        ['exec', '-i', 'p', '--', 'sh', '-c', 'cat; echo no >&2; exit 3'],
        'yes',
        env,
      );
      expect([code, out]).toEqual([3, 'yes']);
      expect(err).toBe('no\ncommand terminated with exit code 3\n');
    });
    it('exec in the container its pod runs, not on the host', async () => {
      await world().k('exec p -- touch /tmp/only-here');
      expect(await world().k('exec p -- ls /tmp')).toContain('only-here');
      expect((await world().run(['exec', 'reader', '--', 'ls', '/tmp'])).out).not.toContain('only-here');
    });
    it.skipIf(spawnSync('script', ['--version']).status !== 0)('exec -t: a terminal of the right size', async () => {
      const line = `stty cols 91 rows 33; exec kubectl exec -it p -- sh -c 'sleep 0.7; stty size; tty'`;
      const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: world().folder,
          KUBECONFIG: path.join(world().folder, 'kubeconfig'),
          TERM: 'xterm',
        },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let out = '';
      child.stdout.on('data', (part: Buffer) => (out += part.toString('utf8')));
      await new Promise((resolve) => child.on('exit', resolve));
      expect(out).toMatch(/33 91\r\n\/dev\/pts\/\d+/);
    });
    it('exec: what cannot be said clearly', async () => {
      expect(await world().refused('exec nope -- ls')).toContain('pods "nope" not found');
      expect(await world().refused('exec p -c x -- ls')).toContain('container x is not valid for pod p');
      const missing = await world().run(['exec', 'p', '--', 'no-such-program']);
      expect(missing.code).toBe(127);
    });
    it('exec and cp need the right to', async () => {
      const { k, withToken } = world();
      await k('create sa weak');
      await k('create role weak --verb=get,list --resource=pods');
      await k('create rolebinding weak --role=weak --serviceaccount=default:weak');
      const token = await k('create token weak');
      expect((await withToken(token, 'exec p -- ls')).err).toMatch(/cannot (get|create) resource "pods\/exec"/);
      expect((await withToken(token, 'port-forward p 0:8099')).err).toMatch(
        /cannot (get|create) resource "pods\/portforward"/,
      );
    });
    it('cp there and back, large and binary', async () => {
      const [there, back] = ['there', 'back'].map((name) => path.join(world().folder, name));
      const bytes = randomBytes(3_000_000);
      await writeFile(there!, bytes);
      await world().k(`cp ${there} p:/tmp/file`);
      await world().k(`cp p:/tmp/file ${back}`);
      expect((await readFile(back!)).equals(bytes)).toBe(true);
    });
    it('attach -i: talks to a container that reads', async () => {
      const child = world().start(['attach', '-i', 'reader']);
      let out = '';
      child.stdout?.on('data', (part: Buffer) => (out += part.toString('utf8')));
      await world().until('an answer', async () => {
        child.stdin?.write('hello\n');
        await new Promise((resolve) => setTimeout(resolve, 300));
        return out.includes('got hello');
      });
    });
    it('run -i --rm: input goes to the pod, output comes back', async () => {
      const { code, out } = await world().run(
        ['run', '-i', '--rm', '--restart=Never', '--image=i', 'once', '--command', '--', 'sh', '-c', 'cat; echo end'],
        'piped\n',
      );
      expect(code).toBe(0);
      expect(out).toContain('piped\nend\n');
      expect(await world().refused('get pod once')).toContain('NotFound');
    });
    it.each([
      { over: 'WebSocket', env: {} },
      { over: 'SPDY, as older clients', env: SPDY },
    ])('port-forward over $over', async ({ env }) => {
      const address = await forward(world(), 8099, env);
      const answers = await Promise.all([1, 2, 3].map((at) => get(`${address}/${at}`)));
      expect(answers).toEqual(['served /1', 'served /2', 'served /3']);
    });
    it('port-forward: says when nobody listens', async () => {
      const child = world().start(['port-forward', 'p', '0:8100']);
      let said = '';
      child.stderr?.on('data', (part: Buffer) => (said += part.toString('utf8')));
      const address = await new Promise<string>((resolve) =>
        child.stdout?.on('data', (part: Buffer) => {
          const found = /127\.0\.0\.1:\d+/.exec(part.toString('utf8'))?.[0];
          if (found) resolve(found);
        }),
      );
      await expect(get(`http://${address}/`)).rejects.toThrow(/hang up|reset|ECONN/);
      await world().until('the reason', async () => said.includes('connect to port 8100 of the pod at'));
    });
    it('logs: -f, --tail, --since, --timestamps, --previous', async () => {
      const { k, refused, start, until } = world();
      expect((await k('logs p --tail=2')).split('\n')).toEqual(['tick', 'tick']);
      expect(await k('logs p --tail=1 --timestamps')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z tick$/);
      expect(await k('logs p --since=1s')).toContain('tick');
      expect(await refused('logs p --previous')).toContain('previous terminated container "c" in pod "p" not found');
      const child = start(['logs', '-f', 'p', '--tail=1']);
      let out = '';
      child.stdout?.on('data', (part: Buffer) => (out += part.toString('utf8')));
      await until('three lines', async () => out.split('\n').length > 3);
    });
    it('a volume of a claim keeps its files from pod to pod', async () => {
      const { k } = world();
      const user = (name: string, command: string) =>
        `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {restartPolicy: Never, volumes: [{name: v, persistentVolumeClaim: {claimName: kept}}], containers: [{name: c, image: i, command: [sh, -c, "${command}"], volumeMounts: [{name: v, mountPath: /data}]}]}`;
      await k(
        'apply -f -',
        'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: kept}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}',
      );
      for (const [name, command] of [
        ['writer', 'echo kept > /data/file'],
        ['looker', 'cat /data/file'],
      ] as const) {
        await k('apply -f -', user(name, command));
        await k(`wait --for=jsonpath={.status.phase}=Succeeded pod/${name} --timeout=10s`);
      }
      expect(await k('logs looker')).toBe('kept');
    });
  });
});
