import { expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

describeKubectl('auth and access', {}, (world) => {
  const account = async (name: string, role: string): Promise<string> => {
    const { k } = world();
    await k(`create serviceaccount ${name}`);
    await k(`create role ${name} ${role}`);
    await k(`create rolebinding ${name} --role=${name} --serviceaccount=default:${name}`);
    return k(`create token ${name}`);
  };

  it('auth whoami: the administrator by certificate', async () =>
    expect(await world().k('auth whoami')).toMatch(/kubernetes-admin[^]*system:masters/));
  it('create token: a service account logs in with it', async () => {
    const token = await account('robot', '--verb=get,list --resource=pods');
    expect((await world().withToken(token, 'auth whoami')).out).toContain('system:serviceaccount:default:robot');
  });
  it('a role permits what it says and nothing else', async () => {
    const token = await account('reader', '--verb=get,list --resource=pods');
    const asReader = (command: string) => world().withToken(token, command);
    const who = 'User "system:serviceaccount:default:reader" cannot';
    expect((await asReader('get pods')).err).toContain('No resources found in default namespace.');
    expect((await asReader('get secrets')).err.trim()).toBe(
      `Error from server (Forbidden): secrets is forbidden: ${who} list resource "secrets" in API group "" in the namespace "default"`,
    );
    expect((await asReader('delete pod x')).err.trim()).toBe(
      `Error from server (Forbidden): pods "x" is forbidden: ${who} delete resource "pods" in API group "" in the namespace "default"`,
    );
    expect((await asReader('get nodes')).err).toContain(
      `${who} list resource "nodes" in API group "" at the cluster scope`,
    );
    expect((await asReader('create deployment d --image=i')).err).toContain(`${who} create resource "deployments"`);
    expect((await asReader('get --raw /metrics')).err).toContain(`${who} get path "/metrics"`);
    expect((await asReader('auth can-i list pods')).out.trim()).toBe('yes');
    expect((await asReader('auth can-i delete pods')).out.trim()).toBe('no');
    expect((await asReader('auth can-i --list')).out).toMatch(/pods +\[\] +\[\] +\[get list\]/);
  });
  it('nobody gives away more than they have', async () => {
    const { k, withToken } = world();
    const token = await account('granter', '--verb=create,get,update,patch --resource=roles,rolebindings');
    const refusal = await withToken(token, 'create role thief --verb=get --resource=secrets');
    expect(refusal.err).toContain('is attempting to grant RBAC permissions not currently held');
    expect(refusal.err).toContain('Resources:["secrets"]');
    const bound = await withToken(token, 'create rolebinding thief --clusterrole=cluster-admin --user=x');
    expect(bound.err).toContain('not currently held');
    const patch = await withToken(
      token,
      'patch role granter --type=json -p [{"op":"add","path":"/rules/-","value":{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}}]',
    );
    expect(patch.err).toContain('not currently held');
    await k('create role bind --verb=bind --resource=clusterroles.rbac.authorization.k8s.io --resource-name=view');
    await k('create clusterrole bind --verb=bind --resource=clusterroles --resource-name=view');
    await k('create rolebinding bind --clusterrole=bind --serviceaccount=default:granter');
    expect((await withToken(token, 'create rolebinding given --clusterrole=view --user=x')).out).toContain('created');
  });
  it('a token ends with its account', async () => {
    const token = await account('gone', '--verb=list --resource=pods');
    await world().k('delete sa gone');
    expect((await world().withToken(token, 'get pods')).err).toContain('You must be logged in to the server');
  });
  it('a token of too short a life is refused', async () =>
    expect(await world().refused('create token default --duration=5m')).toContain(
      'may not specify a duration less than 10 minutes',
    ));
  it('--as: view reads everything but secrets', async () => {
    const { k, refused } = world();
    await k('create clusterrolebinding joe --clusterrole=view --user=joe');
    await k('get pods --as=joe');
    expect(await refused('get secrets --as=joe')).toContain('User "joe" cannot list resource "secrets"');
    expect(await refused('auth can-i create pods --as=joe')).toBe('');
  });
  it('--as needs the right to impersonate', async () => {
    const token = await account('actor', '--verb=list --resource=pods');
    expect((await world().withToken(token, 'get pods --as=joe')).err).toContain('cannot impersonate resource "users"');
  });
  it('create -f of reviews: whose token, may somebody', async () => {
    const token = await account('seen', '--verb=list --resource=pods');
    const review = (spec: string, kind: string, group: string) =>
      world().k('create -o yaml -f -', `apiVersion: ${group}/v1\nkind: ${kind}\nspec: ${spec}`);
    expect(await review(`{token: ${token}}`, 'TokenReview', 'authentication.k8s.io')).toContain('authenticated: true');
    expect(await review('{token: x}', 'TokenReview', 'authentication.k8s.io')).toContain('authenticated: false');
    const asks =
      '{user: "system:serviceaccount:default:seen", resourceAttributes: {verb: list, resource: pods, namespace: default}}';
    expect(await review(asks, 'SubjectAccessReview', 'authorization.k8s.io')).toContain('allowed: true');
  });
});
