import { expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

const pod = (name: string, more = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: ${name}}}\nspec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: i${more}}]}`;

describeKubectl('policies', { runtime: 'simulated' }, (world) => {
  it('create quota: refuses what is over it, tells what is used', async () => {
    const { k, refused, until } = world();
    await k('create namespace small');
    await k('create quota q --hard=pods=1,count/deployments.apps=1 -n small');
    await k('run first --image=i -n small');
    expect(await refused('run second --image=i -n small')).toContain(
      'pods "second" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    );
    await k('create deployment one --image=i --replicas=0 -n small');
    expect(await refused('create deployment two --image=i -n small')).toContain('exceeded quota: q');
    await until('the usage', async () => /pods +1 +1/.test(await k('describe quota q -n small')));
    expect(await k('get quota -n small')).toContain('pods: 1/1');
    await k('delete pod first -n small --grace-period=0 --force');
    await k('run second --image=i -n small');
  });
  it('limit ranges: fill in what a pod does not say, refuse what is too much', async () => {
    const { k, refused } = world();
    await k(
      'apply -f -',
      'apiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 100m}, max: {cpu: "1"}}]}',
    );
    await k('apply -f -', pod('plain'));
    expect(await k('get pod plain -o jsonpath={.spec.containers[0].resources}')).toBe(
      '{"limits":{"cpu":"500m"},"requests":{"cpu":"100m"}}',
    );
    expect(await k('get pod plain -o jsonpath={.status.qosClass}')).toBe('Burstable');
    expect(await refused('apply -f -', pod('greedy', ', resources: {limits: {cpu: "2"}}'))).toContain(
      'maximum cpu usage per Container is 1, but limit is 2',
    );
    expect(await k('describe limits l')).toMatch(/Container +cpu +- +1 +100m +500m/);
    await k('delete limits l');
  });
  it('create priorityclass: its value reaches pods, an unknown one is refused', async () => {
    const { k, refused } = world();
    await k('create priorityclass high --value=1000');
    await k('apply -f -', pod('urgent').replace('spec: {', 'spec: {priorityClassName: high, '));
    expect(await k('get pod urgent -o jsonpath={.spec.priority}')).toBe('1000');
    expect(await refused('apply -f -', pod('bad').replace('spec: {', 'spec: {priorityClassName: nope, '))).toContain(
      'no PriorityClass with name nope was found',
    );
  });
  it('create poddisruptionbudget: drain waits for it, one after the other', async () => {
    const { k, refused, until } = world();
    await k('create deployment web --image=i --replicas=2');
    await k('create poddisruptionbudget web --selector=app=web --min-available=1');
    await k('wait --for=condition=Available deploy/web --timeout=10s');
    await until('a pod to spare', async () => /web +1 +N\/A +1 /.test(await k('get pdb web')));
    const [first = '', second = ''] = (await k('get pods -l app=web -o name')).split('\n');
    const evict = (name: string) =>
      world().run(
        ['create', '--raw', `/api/v1/namespaces/default/pods/${name.slice(4)}/eviction`, '-f', '-'],
        JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: name.slice(4) } }),
      );
    await k('cordon argosy');
    expect((await evict(first)).code).toBe(0);
    const denied = await evict(second);
    expect(denied.err).toContain("Cannot evict pod as it would violate the pod's disruption budget.");
    expect(await refused('drain argosy --force --ignore-daemonsets --pod-selector=app=web --timeout=2s')).toContain(
      'would violate',
    );
    await k('uncordon argosy');
    await until('both again', async () => /web +1 +N\/A +1 /.test(await k('get pdb web')));
    expect(await k('describe pdb web')).toContain('Allowed disruptions:  1');
    await k('delete deploy,pdb web');
  });
  it('volume claims: bound to a volume of their class, which goes with them', async () => {
    const { k, until } = world();
    const claim =
      'kind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}';
    await k('apply -f -', claim);
    await k('wait --for=jsonpath={.status.phase}=Bound pvc/data --timeout=5s');
    expect(await k('get pvc data')).toMatch(/data +Bound +pvc-\S+ +1Gi +RWO +standard/);
    expect(await k('get pv')).toMatch(/1Gi +RWO +Delete +Bound +default\/data +standard/);
    expect(await k('describe pvc data')).toContain('ProvisioningSucceeded');
    await k('delete pvc data --timeout=5s');
    await until('no volume', async () => (await k('get pv -o name')) === '');
  });
  it('volume claims: one in use stays until its pod is gone', async () => {
    const { k, until } = world();
    const claim =
      'kind: PersistentVolumeClaim\napiVersion: v1\nmetadata: {name: used}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}';
    const user = pod('user').replace(
      'spec: {',
      'spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: used}}], ',
    );
    await k('apply -f -', `${claim}\n---\n${user}`);
    await k('wait --for=condition=Ready pod/user --timeout=10s');
    await k('delete pvc used --wait=false');
    expect(await k('get pvc used')).toMatch(/used +Terminating/);
    await k('delete pod user');
    await until('no claim', async () => (await k('get pvc -o name')) === '');
  });
  it('volume claims: a pod whose claim is not bound waits', async () => {
    const { k, until } = world();
    await k(
      'apply -f -',
      pod('lost').replace('spec: {', 'spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: nope}}], '),
    );
    await until('the message', async () =>
      (await k('describe pod lost')).includes('persistentvolumeclaim "nope" not found'),
    );
    await k('delete pod lost --grace-period=0 --force');
  });
  it('get sc: the standard class', async () =>
    expect(await world().k('get sc')).toMatch(/standard \(default\) +argosy.dev\/local +Delete +Immediate/));
});
