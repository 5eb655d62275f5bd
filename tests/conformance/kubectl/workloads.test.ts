import { expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

const statefulSet = (name: string, image = 'i:1', replicas = 3) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ${name}}
spec:
  serviceName: ${name}
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: c, image: "${image}"}]
`;
const daemonSet = (image: string) => `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: "${image}"}]}
`;

describeKubectl('workloads', { runtime: 'simulated' }, (world) => {
  const images = (app: string) => world().k(`get pods -l app=${app} -o jsonpath={.items[*].spec.containers[0].image}`);

  it('statefulset: pods come in order, each ready before the next', async () => {
    const { k } = world();
    await k('apply -f -', statefulSet('db'));
    expect(await k('rollout status sts/db --timeout=20s')).toContain('partitioned roll out complete');
    const pods = await k('get pods -l app=db --sort-by=.metadata.creationTimestamp -o name');
    expect(pods.split('\n')).toEqual(['pod/db-0', 'pod/db-1', 'pod/db-2']);
    expect(await k('get sts db')).toMatch(/NAME +READY +AGE\ndb +3\/3/);
    expect(await k('get pod db-1 -o jsonpath={.spec.hostname},{.spec.subdomain}')).toBe('db-1,db');
    expect(await k('describe sts db')).toContain('create Pod db-2 in StatefulSet db successful');
  });
  it('statefulset: set image, rollout history and undo', async () => {
    const { k } = world();
    await k('set image sts/db c=i:2');
    await k('rollout status sts/db --timeout=20s');
    expect(await images('db')).toBe('i:2 i:2 i:2');
    expect((await k('rollout history sts/db')).match(/^\d+/gm)).toEqual(['1', '2']);
    await k('rollout undo sts/db');
    await k('rollout status sts/db --timeout=20s');
    expect(await images('db')).toBe('i:1 i:1 i:1');
    expect(await k('get controllerrevisions')).toMatch(/statefulset.apps\/db +3 /);
  });
  it('statefulset: scale up and down, restart', async () => {
    const { k, until } = world();
    await k('scale sts/db --replicas=1');
    await until('one pod', async () => (await k('get pods -l app=db -o name')) === 'pod/db-0');
    await k('rollout restart sts/db');
    await k('rollout status sts/db --timeout=20s');
    await k('delete sts db --cascade=foreground');
    expect(await k('get pods -l app=db -o name')).toBe('');
  });
  it('daemonset: a pod on the node, also when it is cordoned', async () => {
    const { k } = world();
    await k('cordon argosy');
    await k('apply -f -', daemonSet('i:1'));
    expect(await k('rollout status ds/agent --timeout=20s')).toContain('successfully rolled out');
    expect(await k('get ds agent')).toMatch(/agent +1 +1 +1 +1 +1 +<none>/);
    await k('uncordon argosy');
  });
  it('daemonset: set image, rollout undo, describe', async () => {
    const { k } = world();
    await k('apply -f -', daemonSet('i:2'));
    await k('rollout status ds/agent --timeout=20s');
    expect(await images('agent')).toBe('i:2');
    await k('rollout undo ds/agent');
    await k('rollout status ds/agent --timeout=20s');
    expect(await images('agent')).toBe('i:1');
    expect(await k('describe ds agent')).toContain('Desired Number of Nodes Scheduled: 1');
    await k('delete ds agent');
  });
  it('cronjob: starts jobs, keeps some, is suspended', async () => {
    const { k, until } = world();
    await k(
      'apply -f -',
      'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: tick}\nspec: {schedule: "@every 1s", successfulJobsHistoryLimit: 1, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}',
    );
    await until('a finished job', async () => /1\/1/.test(await k('get jobs')));
    expect(await k('get cj tick')).toMatch(/tick +@every 1s +<none> +False/);
    await k('patch cj tick -p {"spec":{"suspend":true}}');
    expect(await k('describe cj tick')).toContain('Created job tick-');
    expect(await k('create job now --from=cronjob/tick')).toBe('job.batch/now created');
    await k('wait --for=condition=complete job/now --timeout=10s');
    await k('delete cj tick');
  });
  it('wait, rollout pause and resume of a deployment', async () => {
    const { k } = world();
    await k('create deployment web --image=i:1 --replicas=2');
    await k('wait --for=condition=Available deploy/web --timeout=20s');
    await k('rollout pause deploy/web');
    await k('set image deploy/web i=i:2');
    expect(await images('web')).toBe('i:1 i:1');
    await k('rollout resume deploy/web');
    await k('rollout status deploy/web --timeout=20s');
    expect(await k('get rs -l app=web')).toMatch(/web-\w+ +2 +2 +2/);
    await k('delete deploy web');
  });
  it('a pod that fits nowhere waits, and says why', async () => {
    const { k, until } = world();
    await k(
      'apply -f -',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: picky}\nspec: {nodeSelector: {disk: ssd}, containers: [{name: c, image: i}]}',
    );
    const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
    await until('the message', async () => (await k('describe pod picky')).includes(message));
    expect(await k('get pod picky')).toMatch(/picky +0\/1 +Pending/);
    await k('label node argosy disk=ssd');
    await k('wait --for=condition=Ready pod/picky --timeout=10s');
    await k('delete pod picky --grace-period=0 --force');
  });
});
