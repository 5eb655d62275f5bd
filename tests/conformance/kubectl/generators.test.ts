import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

/** A command and what it must print; `GET` afterwards shows the object in the words after the arrow. */
const GENERATORS: readonly (readonly [
  command: string,
  printed: string,
  shown?: readonly [get: string, text: string],
])[] = [
  ['create namespace team', 'namespace/team created', ['ns team', 'Active']],
  ['create configmap cm --from-literal=a=1', 'configmap/cm created', ['cm cm -o jsonpath={.data}', '{"a":"1"}']],
  ['create secret generic s --from-literal=p=x', 'secret/s created', ['secret s', 'Opaque']],
  [
    'create secret docker-registry dr --docker-username=a --docker-password=b',
    'secret/dr created',
    ['secret dr', 'kubernetes.io/dockerconfigjson'],
  ],
  ['create serviceaccount sa', 'serviceaccount/sa created', ['sa sa', 'sa']],
  ['create job j --image=i -- echo hi', 'job.batch/j created', ['job j -o jsonpath={..command}', '["echo","hi"]']],
  ['create cronjob cj --image=i --schedule=@daily', 'cronjob.batch/cj created', ['cj cj', '@daily']],
  [
    'create job from --from=cronjob/cj',
    'job.batch/from created',
    ['job from -o jsonpath={.metadata.annotations}', 'cronjob.kubernetes.io/instantiate'],
  ],
  [
    'create deployment d --image=i --port=80 --replicas=2',
    'deployment.apps/d created',
    ['deploy d -o jsonpath={.spec.replicas}', '2'],
  ],
  ['create service clusterip c --tcp=80:8080', 'service/c created', ['svc c', 'ClusterIP']],
  ['create service nodeport np --tcp=80', 'service/np created', ['svc np', 'NodePort']],
  ['create service loadbalancer lb --tcp=80', 'service/lb created', ['svc lb', 'LoadBalancer']],
  ['create service externalname en --external-name=a.b', 'service/en created', ['svc en', 'a.b']],
  [
    'create role r --verb=get --resource=pods',
    'role.rbac.authorization.k8s.io/r created',
    ['role r -o jsonpath={.rules[0].verbs}', '["get"]'],
  ],
  [
    'create rolebinding rb --role=r --serviceaccount=default:sa',
    'rolebinding.rbac.authorization.k8s.io/rb created',
    ['rolebinding rb', 'Role/r'],
  ],
  [
    'create clusterrole cr --verb=get --resource=nodes',
    'clusterrole.rbac.authorization.k8s.io/cr created',
    ['clusterrole cr', 'cr'],
  ],
  [
    'create clusterrolebinding crb --clusterrole=cr --user=joe',
    'clusterrolebinding.rbac.authorization.k8s.io/crb created',
    ['clusterrolebinding crb', 'ClusterRole/cr'],
  ],
  ['create quota q --hard=services=50', 'resourcequota/q created', ['quota q', 'services']],
  [
    'create poddisruptionbudget p --selector=app=d --max-unavailable=25%',
    'poddisruptionbudget.policy/p created',
    ['pdb p', '25%'],
  ],
  ['create priorityclass pc --value=10', 'priorityclass.scheduling.k8s.io/pc created', ['pc pc', '10']],
  ['create ingress ing --rule=a.b/x*=c:80', 'ingress.networking.k8s.io/ing created', ['ing ing', 'a.b']],
  ['expose deployment d --port=80', 'service/d exposed', ['svc d -o jsonpath={.spec.selector}', '{"app":"d"}']],
  [
    'run pod --image=i --env=A=b --labels=x=y',
    'pod/pod created',
    ['pod pod -o jsonpath={..env}', '[{"name":"A","value":"b"}]'],
  ],
  ['run shown --image=i --port=80 --expose', 'service/shown created\npod/shown created', ['svc shown', '80/TCP']],
  [
    'autoscale deployment d --min=1 --max=3 --cpu-percent=50',
    'horizontalpodautoscaler.autoscaling/d autoscaled',
    ['hpa d', 'Deployment/d'],
  ],
  ['create token sa --duration=1h', 'eyJ'],
];

describeKubectl('generators', { runtime: 'simulated' }, (world) => {
  it.each(GENERATORS.map(([command, printed, shown]) => ({ command, printed, shown })))(
    '$command',
    async ({ command, printed, shown }) => {
      const { k, until } = world();
      expect(await k(command)).toContain(printed);
      if (shown) await until(shown[1], async () => (await k(`get ${shown[0]}`)).includes(shown[1]));
    },
  );
  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('create secret tls', async () => {
    const [key, crt] = ['tls.key', 'tls.crt'].map((name) => path.join(world().folder, name));
    spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key!,
      '-out',
      crt!,
      '-days',
      '1',
      '-subj',
      '/CN=x',
    ]);
    expect(await world().k(`create secret tls t --cert=${crt} --key=${key}`)).toBe('secret/t created');
    expect(await world().k('get secret t')).toContain('kubernetes.io/tls');
  });
  it('create configmap --from-file, text and bytes', async () => {
    const [text, bytes] = ['text', 'bytes'].map((name) => path.join(world().folder, name));
    await writeFile(text!, 'grüße');
    await writeFile(bytes!, Buffer.from([0, 255, 1]));
    await world().k(`create configmap files --from-file=${text} --from-file=${bytes}`);
    expect(await world().k('get cm files -o jsonpath={.data.text},{.binaryData.bytes}')).toBe('grüße,AP8B');
  });
  it.each([
    ['create configmap cm', 'configmaps "cm" already exists'],
    ['create configmap UPPER', 'metadata.name: Invalid value: "UPPER"'],
    ['create cronjob bad --image=i --schedule=often', 'spec.schedule: Invalid value: "often"'],
    ['create job bad --from=cronjob/nope', 'cronjobs.batch "nope" not found'],
    ['create deployment d --image=i --dry-run=server', 'already exists'],
  ])('%s: says what is wrong', async (command, says) => expect(await world().refused(command)).toContain(says));
  it('set image, env, resources, serviceaccount, selector, subject', async () => {
    const { k } = world();
    await k('set image deploy/d i=i:2');
    await k('set env deploy/d MODE=fast');
    await k('set resources deploy/d --limits=cpu=200m');
    await k('set serviceaccount deploy/d sa');
    await k('set selector svc c app=other');
    await k('set subject rolebinding rb --user=jane');
    expect(
      await k(
        'get deploy d -o jsonpath={.spec.template.spec.containers[0].image},{..env[0].value},{..limits.cpu},{..serviceAccountName}',
      ),
    ).toBe('i:2,fast,200m,sa');
    expect(await k('get svc c -o jsonpath={.spec.selector.app}')).toBe('other');
    expect(await k('get rolebinding rb -o jsonpath={.subjects[*].name}')).toBe('sa jane');
  });
  it('describe each of them', async () => {
    for (const what of [
      'cm cm',
      'secret s',
      'sa sa',
      'job j',
      'cj cj',
      'deploy d',
      'svc c',
      'role r',
      'rolebinding rb',
      'clusterrole cr',
      'quota q',
      'pdb p',
      'pc pc',
      'ing ing',
      'pod pod',
      'hpa d',
      'node argosy',
      'ns team',
      'sc standard',
    ])
      expect(await world().k(`describe ${what}`), what).toMatch(/^Name: /);
  });
  it('cordon, taint, uncordon', async () => {
    const { k } = world();
    await k('cordon argosy');
    expect(await k('get node argosy')).toContain('Ready,SchedulingDisabled');
    await k('uncordon argosy');
    await k('taint node argosy special=yes:NoSchedule');
    expect(await k('describe node argosy')).toContain('special=yes:NoSchedule');
    await k('taint node argosy special-');
  });
  it('edit', async () => {
    const { code } = await world().run(['edit', 'cm', 'cm'], '', { KUBE_EDITOR: 'sed -i \'s/a: "1"/a: "2"/\'' });
    expect(code).toBe(0);
    expect(await world().k('get cm cm -o jsonpath={.data.a}')).toBe('2');
  });
  it('apply --prune removes what is no longer in the set', async () => {
    const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {set: a}}`;
    const prune = 'apply --prune -l set=a --prune-allowlist=core/v1/ConfigMap -f -';
    await world().k(prune, `${map('one')}\n---\n${map('two')}`);
    expect(await world().k(prune, map('one'))).toContain('configmap/two pruned');
    expect(await world().k('get cm -l set=a -o name')).toBe('configmap/one');
  });
  it('wait: condition, jsonpath, create, delete', async () => {
    const { k } = world();
    await k('wait --for=condition=Available deploy/d --timeout=15s');
    await k('wait --for=create cm/one --timeout=5s');
    const waiting = k('wait --for=delete cm/one --timeout=10s');
    await k('delete cm one');
    await waiting;
  });
  it('delete: by label, with --cascade=orphan, --now', async () => {
    const { k, until } = world();
    await k('delete deploy d --cascade=orphan');
    await until(
      'an orphan',
      async () => (await k('get rs -l app=d -o jsonpath={.items[*].metadata.ownerReferences}')) === '',
    );
    await k('delete rs -l app=d --cascade=foreground');
    expect(await k('get pods -l app=d -o name')).toBe('');
    await k('delete pod pod --now');
  });
});
