import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';
import {
  CLUSTER_ROLE_BINDINGS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  PODS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
  STATEFUL_SETS,
  type Container,
  type Pod,
  type PodSpec,
} from '@argosy/kube';

import { engine, eventually } from './docker-world.ts';
import { startPlatform, type StartedPlatform } from './started-platform.ts';

const namespace = 'default';
const KUBECTL = ['/usr/local/bin/kubectl', '/usr/bin/kubectl'].find((file) => fs.existsSync(file));
// Addresses of services and names need the right to change routes and to open port 53.
const isPrivileged = process.platform === 'linux' && process.getuid?.() === 0;
const hasSandboxes = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Writes where a client of the standard library finds its service, the way every image can: with the shell and sockets of bash. */
const get = (host: string, port: number): string =>
  `exec 3<>/dev/tcp/${host}/${port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && tail -1 <&3`;

describe.each([
  { runtime: 'process', can: isPrivileged && hasSandboxes },
  { runtime: 'docker', can: isPrivileged && engine !== undefined },
] as const)('programs in pods of the $runtime runtime', ({ runtime, can }) => {
  describe.skipIf(!can)(can ? 'in a cluster' : '(skipped: needs root and what runs the pods)', () => {
    let started: StartedPlatform;
    let client: HttpClient;
    beforeAll(async () => {
      started = await startPlatform(runtime, ['--in-memory']);
      client = createHttpClient(readKubeconfig(started.kubeconfig));
    });
    afterAll(async () => {
      await client.close();
      await started.end('SIGTERM');
    });
    const bash = (script: string, extra: Partial<Container> = {}): Container => ({
      name: 'main',
      image: 'debian:latest',
      imagePullPolicy: 'IfNotPresent',
      command: ['bash', '-c', script],
      ...extra,
    });
    const create = (name: string, spec: Partial<PodSpec>, labels = {}) =>
      client.create(PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace, labels },
        spec: { containers: [], restartPolicy: 'Never', terminationGracePeriodSeconds: 0, ...spec },
      });
    const logOf = async (name: string): Promise<string> => {
      let text = '';
      for await (const part of client.logs({ namespace, name })) text += Buffer.from(part).toString();
      return text;
    };
    const run = async (name: string, script: string, spec: Partial<PodSpec> = {}, extra: Partial<Container> = {}) => {
      await create(name, { ...spec, containers: [bash(script, extra)] });
      const isEnded = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
      await eventually(`end of ${name}`, async () => isEnded(await client.get(PODS, { namespace, name })));
      return logOf(name);
    };
    // Images and machines have at least the smallest python.
    const serve = (text: string, port: number): string =>
      `exec python3 -c "
import os, socket
s = socket.create_server((os.environ['POD_IP'], ${port}))
while True:
  c, _ = s.accept()
  heard = b''
  while b'\\r\\n\\r\\n' not in heard:
    part = c.recv(4096)
    if not part: break
    heard += part
  c.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\n${text}')
  c.close()"`;
    const podIP = { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };

    it('find their account where client libraries look for it', async () => {
      const script = `cd ${ACCOUNT} && ls && cat namespace && echo && head -1 ca.crt && cut -d. -f2 token | wc -l`;
      const log = await run('files', script);
      expect(log).toBe('ca.crt\nnamespace\ntoken\ndefault\n-----BEGIN CERTIFICATE-----\n1\n');
      expect(await run('without', `ls ${ACCOUNT} 2>/dev/null | wc -l`, { automountServiceAccountToken: false })).toBe(
        '0\n',
      );
    });

    it('ask the name servers that they name themselves', async () => {
      const dnsConfig = {
        nameservers: ['192.0.2.1'],
        searches: ['shop.example'],
        options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
      };
      const log = await run('asking', 'cat /etc/resolv.conf', { dnsPolicy: 'None', dnsConfig });
      expect(log).toBe('search shop.example\nnameserver 192.0.2.1\noptions ndots:2 edns0\n');
    });

    it('talk to the API server with nothing but these files', async () => {
      const script = [
        `token=$(cat ${ACCOUNT}/token)`,
        'url=https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT',
        `curl -sS --cacert ${ACCOUNT}/ca.crt -H "Authorization: Bearer $token" $url/api/v1/namespaces/default/pods | head -c 400`,
        `echo; curl -sS --cacert ${ACCOUNT}/ca.crt -o /dev/null -w '%{http_code}' https://kubernetes.default.svc/version`,
      ].join('; ');
      const log = await run('caller', script);
      expect(log).toContain('system:serviceaccount:default:default');
      expect(log).toMatch(/\n(200|401)$/);
    });

    it.skipIf(!KUBECTL)('are let in by client-go: kubectl without a kubeconfig', async () => {
      await client.create(SERVICE_ACCOUNTS, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'viewer', namespace },
      });
      await client.create(CLUSTER_ROLE_BINDINGS, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'viewer' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name: 'viewer', namespace }],
      } as never);
      const log = await run(
        'kubectl',
        'kubectl get services --no-headers; kubectl auth whoami -o jsonpath={.status.userInfo.username}; kubectl delete pod x 2>&1',
        {
          serviceAccountName: 'viewer',
          volumes: [{ name: 'kubectl', hostPath: { path: KUBECTL ?? '' } }],
        },
        {
          volumeMounts: [{ name: 'kubectl', mountPath: '/usr/local/bin/kubectl' }],
          env: [{ name: 'HOME', value: '/tmp' }],
        },
      );
      expect(log).toMatch(/^kubernetes +ClusterIP +10\.96\.\d+\.\d+ +<none> +443\/TCP/m);
      expect(log).toContain('system:serviceaccount:default:viewer');
      expect(log).toContain('User "system:serviceaccount:default:viewer" cannot delete resource "pods"');
    });

    it('reach services by name, by address and by variables, as does this machine', async () => {
      await client.create(SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace },
        spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      });
      await client.create(DEPLOYMENTS, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              terminationGracePeriodSeconds: 0,
              containers: [
                bash(serve('hello', 8080), {
                  env: [podIP],
                  readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
                }),
              ],
            },
          },
        },
      });
      const address = (await client.get(SERVICES, { namespace, name: 'web' })).spec?.clusterIP ?? '';
      await eventually('an answer', async () =>
        fetch(`http://${address}/`)
          .then((answer) => answer.text())
          .catch(() => false as const),
      );
      const names = ['web', 'web.default', 'web.default.svc', 'web.default.svc.cluster.local'];
      const script = [...names, '$WEB_SERVICE_HOST', address].map((host) => `(${get(host, 80)}); echo`).join('; ');
      expect(await run('asker', script)).toBe('hello\n'.repeat(6));
      expect(await run('absent', 'getent hosts nobody.default.svc.cluster.local || echo none')).toBe('none\n');
    });

    it('know pods of a stateful set by name', async () => {
      await client.create(SERVICES, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'db', namespace },
        spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ name: 'sql', port: 8080 }] },
      });
      await client.create(STATEFUL_SETS, {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'db', namespace },
        spec: {
          serviceName: 'db',
          replicas: 2,
          selector: { matchLabels: { app: 'db' } },
          template: {
            metadata: { labels: { app: 'db' } },
            spec: {
              terminationGracePeriodSeconds: 0,
              containers: [bash(serve('I am $HOSTNAME', 8080), { env: [podIP] })],
            },
          },
        },
      } as never);
      await eventually(
        'both',
        async () =>
          (await client.get(PODS, { namespace, name: 'db-1' }).catch(() => undefined))?.status?.phase === 'Running',
      );
      const script = `for i in 0 1; do until (${get('db-$i.db', 8080)}) 2>/dev/null; do sleep 0.2; done; echo; done; getent ahostsv4 db | grep -c STREAM`;
      expect(await run('finder', script)).toBe('I am db-0\nI am db-1\n2\n');
    });

    it('see configuration, secrets and themselves in one volume, with modes', async () => {
      await client.create(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c', namespace },
        data: { a: '1', b: '2' },
      });
      await client.create(SECRETS, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's', namespace },
        data: { key: 'c2VjcmV0' },
      });
      const sources = [
        { configMap: { name: 'c', items: [{ key: 'a', path: 'conf/a' }] } },
        { secret: { name: 's', items: [{ key: 'key', path: 'key', mode: 0o400 }] } },
        { secret: { name: 'absent', optional: true } },
        {
          downwardAPI: {
            items: [
              { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
              {
                path: 'memory',
                resourceFieldRef: { containerName: 'main', resource: 'limits.memory', divisor: '1Mi' },
              },
            ],
          },
        },
        { serviceAccountToken: { audience: 'vault', expirationSeconds: 700, path: 'vault' } },
      ];
      const log = await run(
        'projected',
        'cd /all; cat conf/a name memory key; echo; stat -Lc %a key conf/a; cut -d. -f2 vault',
        { volumes: [{ name: 'all', projected: { sources } }] },
        { volumeMounts: [{ name: 'all', mountPath: '/all' }], resources: { limits: { memory: '64Mi' } } },
      );
      const [first, second, third, claims = ''] = log.split('\n');
      expect([first, second, third]).toEqual(['1projected64secret', '400', '644']);
      expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
        aud: ['vault'],
        sub: 'system:serviceaccount:default:default',
        'kubernetes.io': { pod: { name: 'projected' } },
      });
    });

    it('get tokens that last in secrets made for them', async () => {
      await client.create(SECRETS, {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 'lasting', namespace, annotations: { 'kubernetes.io/service-account.name': 'default' } },
      });
      const secret = await eventually('token', async () => {
        const found = await client.get(SECRETS, { namespace, name: 'lasting' });
        return found.data?.['token'] ? found : undefined;
      });
      expect(Object.keys(secret.data ?? {}).toSorted()).toEqual(['ca.crt', 'namespace', 'token']);
    });

    it.skipIf(!KUBECTL)('are looked at with kubectl debug', async () => {
      await create('patient', { containers: [bash('exec sleep 300', { name: 'main' })] });
      await eventually(
        'start',
        async () => (await client.get(PODS, { namespace, name: 'patient' })).status?.phase === 'Running',
      );
      const debug = (name: string, script: string, ...flags: readonly string[]) =>
        spawnSync(
          KUBECTL ?? '',
          [
            'debug',
            'patient',
            `--container=${name}`,
            '--image=debian:latest',
            '--image-pull-policy=IfNotPresent',
            '-i',
            ...flags,
            '--',
            'bash',
            '-c',
            script,
          ],
          { encoding: 'utf8', env: { ...process.env, KUBECONFIG: started.kubeconfig }, timeout: 30_000 },
        );
      const looked = debug('looker', 'sleep 2; echo seen; sleep 1; exit 4');
      expect(looked.stdout + looked.stderr).toContain('seen');
      const ended = await eventually('end', async () => {
        const { status } = await client.get(PODS, { namespace, name: 'patient' });
        const all = (
          status as { ephemeralContainerStatuses?: readonly { state?: { terminated?: { exitCode: number } } }[] }
        ).ephemeralContainerStatuses;
        return all?.[0]?.state?.terminated;
      });
      expect(ended).toMatchObject({ exitCode: 4 });
      expect((await client.get(PODS, { namespace, name: 'patient' })).status?.phase).toBe('Running');
      const shared = debug('target', 'sleep 2; cat /proc/[0-9]*/cmdline | tr "\\0" " "; sleep 1', '--target=main');
      expect(shared.stdout + shared.stderr).toContain('sleep 300');
    });

    it('are refused an account that is not there', async () => {
      await expect(create('nobody', { serviceAccountName: 'nobody', containers: [bash('true')] })).rejects.toThrow(
        'pods "nobody" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
      );
    });
  });
});
