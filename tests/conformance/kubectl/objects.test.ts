import { execFile, spawn, spawnSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createInformerSet } from '@argosy/client';
import { createRecorder } from '@argosy/controller';
import { PODS } from '@argosy/kube';

import {
  createApiServer,
  createBuiltinLoops,
  createMemoryStore,
  createPki,
  writeKubeconfig,
  type ApiServer,
  type KubeServer,
  type Pki,
} from '@argosy/cluster';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!hasKubectl && (process.env['ARGOSY_REQUIRE'] ?? '').split(',').includes('kubectl'))
  throw new Error('kubectl is required here and was not found');

const clock = createSystemClock();
const random = createSystemRandom();
const log = silentLogger;

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: c
          image: nginx:1
          ports: [{containerPort: 80}]
          env: [{name: A, value: "1"}]
`;
const CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: {type: integer, description: How large it is., minimum: 1}
            status:
              type: object
              properties: {state: {type: string}}
      subresources: {status: {}}
      additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
`;

describe.skipIf(!hasKubectl)('kubectl objects (skipped where kubectl is not installed)', () => {
  let folder: string;
  let server: ApiServer;
  let http: KubeServer;
  let pki: Pki;
  let stop: AbortController;
  let running: Promise<unknown>;

  interface Ran {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }
  const kubectl = (args: readonly string[], input?: string): Promise<Ran> =>
    new Promise((resolve) => {
      const child = execFile(
        'kubectl',
        [...args],
        {
          env: { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: path.join(folder, 'kubeconfig') },
          timeout: 20_000,
        },
        (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err }),
      );
      child.stdin?.end(input ?? '');
    });
  /** Runs a command that must succeed and returns what it printed. */
  const k = async (command: string, input?: string): Promise<string> => {
    const { code, out, err } = await kubectl(command.split(' '), input);
    if (code !== 0) throw new Error(`kubectl ${command}: ${err}`);
    return out.trim();
  };
  const refused = async (command: string, input?: string): Promise<string> => {
    const { code, err } = await kubectl(command.split(' '), input);
    expect(code).not.toBe(0);
    return err.trim();
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-kubectl-'));
    server = await createApiServer({ store: createMemoryStore(), clock, random, log }, { kinds: [] });
    const { client } = server;
    server.setPodAccess({
      async *logs(pod, options) {
        yield Buffer.from(`line of ${pod.metadata.name} (${options.tailLines ?? 'all'})\n`);
      },
    });
    pki = await createPki({ clock, random }, ['127.0.0.1', 'localhost']);
    http = await server.serve({
      host: '127.0.0.1',
      port: 0,
      security: {
        certificate: pki.serverCertificate,
        key: pki.serverKey,
        clientAuthority: pki.authority,
        token: pki.token,
      },
    });
    writeKubeconfig(path.join(folder, 'kubeconfig'), { server: http.url, pki });
    stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const informers = createInformerSet({ client, clock, random, log });
    const recorder = createRecorder({ client, clock, random, log }, { component: 'test' });
    const loops = await createBuiltinLoops({ client, informers, recorder, clock, random, log });
    running = Promise.all([informers.run(stop.signal), ...loops.map((loop) => loop.run(stop.signal))]);
    await writeFile(path.join(folder, 'web.yaml'), DEPLOYMENT);
  });
  afterAll(async () => {
    stop.abort();
    await running;
    await http.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('version', async () => expect(await k('version')).toContain('Server Version: v1.32.0'));
  it('cluster-info', async () => expect(await k('cluster-info')).toContain('is running at'));
  it('api-resources', async () =>
    expect(await k('api-resources')).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/));
  it('api-versions', async () => expect((await k('api-versions')).split('\n')).toContain('apps/v1'));
  it('get namespaces as a table', async () => expect(await k('get ns')).toMatch(/NAME +STATUS +AGE\ndefault +Active/));
  it('get nothing', async () =>
    expect((await kubectl(['get', 'pods'])).err).toContain('No resources found in default namespace.'));
  it('get what is not there', async () =>
    expect(await refused('get pod nope')).toBe('Error from server (NotFound): pods "nope" not found'));
  it('get a kind nobody serves', async () =>
    expect(await refused('get nonsense')).toContain(`the server doesn't have a resource type "nonsense"`));

  it('create from a file, with validation', async () => {
    expect(await k('create -f -', DEPLOYMENT.replace('web', 'created'))).toBe('deployment.apps/created created');
    expect(await refused('create -f -', DEPLOYMENT.replace('web', 'created'))).toContain('AlreadyExists');
  });
  it('create by generators, whose bodies are protobuf', async () => {
    const generated: readonly (readonly [string, string])[] = [
      ['create configmap cm --from-literal=a=1', 'configmap/cm created'],
      ['create secret generic sec --from-literal=p=hunter2', 'secret/sec created'],
      ['create namespace team', 'namespace/team created'],
      ['create job j --image=busybox', 'job.batch/j created'],
      ['create deployment d --image=nginx', 'deployment.apps/d created'],
      ['create service clusterip svc --tcp=80:80', 'service/svc created'],
    ];
    for (const [command, printed] of generated) expect(await k(command)).toBe(printed);
    expect(await k('get secret sec -o jsonpath={.data.p}')).toBe('aHVudGVyMg==');
  });
  it('apply, apply without a change, apply a change', async () => {
    expect(await k('apply -f -', DEPLOYMENT)).toBe('deployment.apps/web created');
    expect(await k('apply -f -', DEPLOYMENT)).toBe('deployment.apps/web unchanged');
    expect(await k('apply -f -', DEPLOYMENT.replace('nginx:1', 'nginx:2'))).toBe('deployment.apps/web configured');
    expect(await k('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}')).toBe('nginx:2');
  });
  it('apply keeps what others added and removes what was dropped', async () => {
    await k('label deploy web kept=yes');
    await k('apply -f -', DEPLOYMENT.replace('env: [{name: A, value: "1"}]', ''));
    expect(await k('get deploy web -o jsonpath={.metadata.labels.kept}{.spec.template.spec.containers[0].env}')).toBe(
      'yes',
    );
  });
  it('apply --server-side: creates, changes, names conflicts, takes over', async () => {
    const map = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ssa}\ndata: ${data}`;
    const version = () => k('get cm ssa -o jsonpath={.metadata.resourceVersion}');
    expect(await k('apply --server-side -f -', map('{a: "1", b: "1"}'))).toBe('configmap/ssa serverside-applied');
    const before = await version();
    await k('apply --server-side -f -', map('{a: "1", b: "1"}'));
    expect(await version()).toBe(before);
    await k('patch cm ssa --type=merge --field-manager=other -p {"data":{"a":"2","c":"3"}}');
    const conflict = await refused('apply --server-side -f -', map('{a: "1"}'));
    expect(conflict).toContain('Apply failed with 1 conflict: conflict with "other" using v1: .data.a');
    await k('apply --server-side --force-conflicts -f -', map('{a: "1"}'));
    expect(await k('get cm ssa -o jsonpath={.data}')).toBe('{"a":"1","c":"3"}');
    const managers = 'get cm ssa --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}';
    expect(await k(managers)).toBe('kubectl other');
    await k('delete cm ssa');
  });
  it('apply --server-side of a deployment keeps its containers by name', async () => {
    const named = DEPLOYMENT.replace('name: web', 'name: ssa');
    const shown = 'get deploy ssa -o jsonpath={.spec.replicas}{.spec.template.spec.containers[*].image}';
    await k('apply --server-side -f -', named);
    await k('set image deploy/ssa c=nginx:9');
    await k('apply --server-side --force-conflicts -f -', named.replace('replicas: 2', 'replicas: 1'));
    expect(await k(shown)).toBe('1nginx:1');
    const misspelt = named.replace('replicas: 2', 'replica: 1');
    expect(await refused('apply --server-side -f -', misspelt)).toContain(
      '.spec.replica: field not declared in schema',
    );
    await k('delete deploy ssa');
  });
  it('diff', async () =>
    expect((await kubectl(['diff', '-f', '-'], DEPLOYMENT.replace('replicas: 2', 'replicas: 5'))).out).toMatch(
      /-  replicas: 2\n\+  replicas: 5/,
    ));
  it('get deployments, wide', async () =>
    expect(await k('get deploy web -o wide')).toMatch(
      /NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR\nweb +0\/2 +\d/,
    ));
  it('get -o yaml, json, name, custom-columns', async () => {
    expect(await k('get cm cm -o yaml')).toContain('kind: ConfigMap');
    expect(JSON.parse(await k('get cm cm -o json'))).toMatchObject({ data: { a: '1' } });
    expect(await k('get cm cm -o name')).toBe('configmap/cm');
    expect(await k('get cm cm -o custom-columns=N:.metadata.name')).toBe('N\ncm');
  });
  it('get by label and field, in all namespaces, in chunks', async () => {
    expect(await k('get deploy -l app=web -o name')).toContain('deployment.apps/web');
    expect(await k('get ns --field-selector metadata.name=team -o name')).toBe('namespace/team');
    expect(await k('get deploy -A')).toMatch(/NAMESPACE +NAME/);
    expect((await k('get ns -o name --chunk-size=2')).split('\n').length).toBe(5);
  });
  it('get -w sees changes', async () => {
    const child = spawn('kubectl', ['get', 'cm', '-l', 'watch=me', '-w', '-o', 'name'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: path.join(folder, 'kubeconfig') },
    });
    let seen = '';
    const both = new Promise<void>((resolve) =>
      child
        .on('exit', () => resolve())
        .stdout.on(
          'data',
          (part: Buffer) => ((seen += part.toString('utf8')), seen.split('\n').length > 2 && resolve()),
        ),
    );
    await new Promise((resolve) => setTimeout(resolve, 700));
    await k('apply -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: watched, labels: {watch: me}}');
    await k('label cm watched a=b');
    await both;
    child.kill();
    expect(seen).toBe('configmap/watched\nconfigmap/watched\n');
  });
  it('patch: strategic, merge, json', async () => {
    await k('patch deploy web -p {"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:3"}]}}}}');
    expect(
      await k(
        'get deploy web -o jsonpath={.spec.template.spec.containers[*].image},{.spec.template.spec.containers[0].ports[0].containerPort}',
      ),
    ).toBe('nginx:3,80');
    await k('patch cm cm --type=merge -p {"data":{"b":"2"}}');
    await k('patch cm cm --type=json -p [{"op":"remove","path":"/data/a"}]');
    expect(await k('get cm cm -o jsonpath={.data}')).toBe('{"b":"2"}');
  });
  it('label, annotate, replace', async () => {
    expect(await k('label cm cm l=1')).toBe('configmap/cm labeled');
    expect(await k('annotate cm cm a=1')).toBe('configmap/cm annotated');
    expect(await k('replace -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {z: "9"}')).toBe(
      'configmap/cm replaced',
    );
  });
  it('scale, set image, rollout status and undo', async () => {
    expect(await k('scale deploy web --replicas=3')).toBe('deployment.apps/web scaled');
    expect(await k('set image deploy/web c=nginx:4')).toBe('deployment.apps/web image updated');
    expect(await k('rollout history deploy web')).toContain('REVISION');
    expect((await kubectl(['rollout', 'status', 'deploy/web', '--timeout=300ms'])).out).toContain(
      'Waiting for deployment "web" rollout to finish',
    );
    expect(await k('rollout restart deploy web')).toBe('deployment.apps/web restarted');
    expect(await k('rollout undo deploy web')).toBe('deployment.apps/web rolled back');
  });
  it('wait', async () =>
    expect(await k('wait --for=jsonpath={.status.phase}=Active ns/team --timeout=5s')).toBe(
      'namespace/team condition met',
    ));
  it('describe deployment, pod, configmap, secret, job, namespace, service', async () => {
    const [pod] = (await server.client.list(PODS, { namespace: 'default', labelSelector: 'app=web' })).items;
    for (const what of [
      'deploy web',
      `pod ${pod?.metadata.name}`,
      'cm cm',
      'secret sec',
      'job j',
      'ns team',
      'svc svc',
    ])
      expect(await k(`describe ${what}`)).toContain('Name:');
    expect(await k('describe deploy web')).toContain('ScalingReplicaSet');
  });
  it('logs', async () => {
    const [pod] = (await server.client.list(PODS, { namespace: 'default' })).items;
    expect(await k(`logs ${pod?.metadata.name} --tail=3`)).toBe(`line of ${pod?.metadata.name} (3)`);
  });
  it('events', async () => expect(await k('events')).toMatch(/LAST SEEN +TYPE +REASON/));
  it('a CRD: create, explain, columns, its objects', async () => {
    expect(await k('apply -f -', CRD)).toContain('created');
    await k('wait --for=condition=Established crd/widgets.example.com --timeout=5s');
    await k('apply -f -', 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}');
    expect(await k('get wd')).toMatch(/NAME +SIZE\nw +3$/);
    expect(await k('explain widget.spec.size')).toContain('How large it is.');
  });
  it('refuses unknown fields strictly, by name', async () => {
    expect(
      await refused('apply -f -', 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: bad}\nspec: {sizes: 3}'),
    ).toContain('unknown field "spec.sizes"');
  });
  it('apply --server-side of what a CRD defines', async () => {
    const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: ws, labels: {a: b}}\nspec: {size: 3}';
    expect(await k('apply --server-side -f -', widget)).toBe('widget.example.com/ws serverside-applied');
    await k('apply --server-side -f -', widget.replace('labels: {a: b}', 'labels: {}').replace('3', '4'));
    expect(await k('get wd ws -o jsonpath={.spec.size}{.metadata.labels}')).toBe('4');
  });
  it('refuses unknown fields of a change strictly', async () => {
    const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3, sizes: 4}';
    expect(await refused('apply -f -', widget)).toContain('unknown field "spec.sizes"');
  });
  it('drain evicts, and waits for a disruption budget', async () => {
    const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: n1}';
    const pod = (name: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {on: n1}}\nspec: {nodeName: n1, terminationGracePeriodSeconds: 0, containers: [{name: c, image: i}]}`;
    await k('apply -f -', [node, pod('e1')].join('\n---\n'));
    expect(await k('drain n1 --force --timeout=10s')).toContain('evicting pod default/e1');
    expect(await refused('get pod e1')).toContain('NotFound');
    const budget =
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {minAvailable: 1, selector: {matchLabels: {on: n1}}}';
    await k('apply -f -', [budget, pod('e2')].join('\n---\n'));
    const runs = '{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}';
    await k(`patch pod e2 --subresource=status --type=merge -p ${runs}`);
    await k('wait --for=jsonpath={.status.currentHealthy}=1 pdb/b --timeout=5s');
    expect(await refused('drain n1 --force --timeout=1s')).toContain("would violate the pod's disruption budget");
    expect(await k('get pod e2 -o name')).toBe('pod/e2');
    await k('delete pdb b');
    await k('delete pod e2');
    await k('delete node n1');
  });
  it('delete crd takes its objects along', async () => {
    const other = CRD.replaceAll('widget', 'gadget').replaceAll('Widget', 'Gadget').replace('[wd]', '[gd]');
    await k('apply -f -', other);
    await k('apply -f -', 'apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\nspec: {size: 3}');
    await k('delete crd gadgets.example.com --timeout=10s');
    await k('apply -f -', other);
    expect(await k('get gadgets -o name')).toBe('');
    await k('delete crd gadgets.example.com --timeout=10s');
  });
  it('dry runs store nothing', async () => {
    await k('apply --dry-run=server -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dry}');
    expect(await refused('get cm dry')).toContain('NotFound');
  });
  it('delete: one, several, by label, with its dependents', async () => {
    expect(await k('delete cm cm')).toBe('configmap "cm" deleted');
    await k('delete deploy created d');
    await k('delete deploy -l app=web --cascade=foreground --wait=false');
    await k('delete job j --cascade=orphan');
    await k('wait --for=delete deploy/web --timeout=10s');
    expect(await k('get rs -l app=web -o name')).toBe('');
  });
  it('delete a namespace with what is in it', async () => {
    await k('apply -n team -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: inside}');
    await k('delete ns team --timeout=10s');
    expect(await refused('get ns team')).toContain('NotFound');
  });
  it('get --raw', async () => {
    expect(await k('get --raw /healthz')).toBe('ok');
    expect(await k('get --raw /readyz')).toBe('ok');
    expect(JSON.parse(await k('get --raw /openapi/v3'))).toHaveProperty('paths');
  });

  const raw = (options: {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly token?: string;
  }) =>
    new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
      const { hostname, port } = new URL(http.url);
      const sent = httpsRequest(
        {
          hostname,
          port,
          ca: pki.authority,
          method: options.method ?? 'GET',
          path: options.path,
          agent: false,
          headers: {
            ...(options.token === '' ? {} : { authorization: `Bearer ${options.token ?? pki.token}` }),
            ...options.headers,
          },
        },
        (response) => {
          let body = '';
          response.on('data', (part: Buffer) => (body += part.toString('utf8')));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        },
      );
      sent.on('error', reject);
      sent.end(options.body);
    });
  const bad: readonly [reason: string, options: Parameters<typeof raw>[0], status: number][] = [
    ['nobody', { path: '/api/v1/pods', token: '' }, 401],
    ['a wrong token', { path: '/api/v1/pods', token: 'x' }, 401],
    [
      'malformed JSON',
      {
        method: 'POST',
        path: '/api/v1/namespaces/default/pods',
        body: '{"a":',
        headers: { 'content-type': 'application/json' },
      },
      400,
    ],
    [
      'another kind in the body',
      {
        method: 'POST',
        path: '/api/v1/namespaces/default/pods',
        body: '{"kind":"Service","apiVersion":"v1","metadata":{"name":"x"}}',
      },
      400,
    ],
    [
      'an invalid name',
      { method: 'POST', path: '/api/v1/namespaces/default/configmaps', body: '{"metadata":{"name":"UPPER"}}' },
      422,
    ],
    [
      'a namespace that is not there',
      { method: 'POST', path: '/api/v1/namespaces/nope/configmaps', body: '{"metadata":{"name":"x"}}' },
      404,
    ],
    ['a resource nobody serves', { path: '/apis/nope/v1/things' }, 404],
    ['a verb nobody has', { method: 'POST', path: '/api/v1/namespaces/default/pods/x', body: '{}' }, 405],
    [
      'a patch of an unknown type',
      { method: 'PATCH', path: '/api/v1/namespaces/default', body: '{}', headers: { 'content-type': 'text/plain' } },
      415,
    ],
    [
      'a claim of two gigabytes',
      { method: 'POST', path: '/api/v1/namespaces/default/configmaps', headers: { 'content-length': '2147483648' } },
      413,
    ],
    ['a bad selector', { path: '/api/v1/pods?labelSelector=%3D%3D%3D' }, 400],
    ['a watch from the future', { path: '/api/v1/pods?watch=true&resourceVersion=999999999' }, 410],
    [
      'a stale version',
      {
        method: 'PUT',
        path: '/api/v1/namespaces/default',
        body: '{"metadata":{"name":"default","resourceVersion":"987654"}}',
      },
      409,
    ],
  ];
  it.each(bad)('answers %s with the right status', async (_reason, options, status) => {
    const answer = await raw(options);
    expect([answer.status, (JSON.parse(answer.body) as { readonly kind: string }).kind]).toEqual([status, 'Status']);
  });
});
