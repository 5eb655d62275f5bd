import { expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

const policy = (name: string, spec: object): string =>
  JSON.stringify({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
        ],
      },
      ...spec,
    },
  });
const binding = (name: string, spec: object = {}): string =>
  JSON.stringify({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'], ...spec },
  });

describeKubectl('admission policies', { runtime: 'simulated' }, (world) => {
  it('deny what breaks them, where they are bound', async () => {
    const { k, refused } = world();
    await k('apply -f -', policy('few', { validations: [{ expression: 'object.spec.replicas <= 5' }] }));
    await k('create deployment unbound --image=a --replicas=6');
    await k('apply -f -', binding('few'));
    const denied =
      "ValidatingAdmissionPolicy 'few' with binding 'few' denied request: failed expression: object.spec.replicas <= 5";
    expect(await refused('create deployment many --image=a --replicas=6')).toContain(denied);
    await k('create deployment some --image=a --replicas=5');
    expect(await refused('patch deployment some -p {"spec":{"replicas":9}}')).toContain(denied);
    expect(await refused('create deployment many --image=a --replicas=6 --dry-run=server')).toContain(denied);
    await k('delete validatingadmissionpolicybinding few');
    await k('patch deployment some -p {"spec":{"replicas":9}}');
    await k('delete validatingadmissionpolicy few');
  });

  it('say why, in their own words', async () => {
    const { k, refused } = world();
    const variables = [{ name: 'owner', expression: "object.metadata.?labels['owner'].orValue('')" }];
    const validations = [
      { expression: "variables.owner != ''", messageExpression: "object.metadata.name + ' has no owner'" },
      { expression: "variables.owner != 'nobody'", message: 'somebody must own it', reason: 'Forbidden' },
    ];
    await k('apply -f -', policy('owned', { variables, validations }));
    await k('apply -f -', binding('owned'));
    expect(await refused('create deployment lost --image=a')).toContain('denied request: lost has no owner');
    const labelled = (owner: string) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: mine, labels: {owner: ${owner}}}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}`;
    expect(await refused('apply -f -', labelled('nobody'))).toMatch(/\(Forbidden\).*somebody must own it/);
    await k('apply -f -', labelled('ann'));
    await k('delete validatingadmissionpolicy,validatingadmissionpolicybinding owned');
  });

  it('compare with the parameters of their binding', async () => {
    const { k, refused } = world();
    await k('create namespace shop');
    await k(
      'apply -f -',
      policy('limited', {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'object.spec.replicas <= int(params.data.most)' }],
      }),
    );
    await k('apply -f -', binding('limited', { paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } }));
    expect(await refused('create deployment web -n shop --image=a')).toContain('no params found for policy binding');
    await k('create configmap limits -n shop --from-literal=most=2');
    await k('create deployment web -n shop --image=a --replicas=2');
    expect(await refused('create deployment more -n shop --image=a --replicas=3')).toContain('denied request');
    await k('delete validatingadmissionpolicy,validatingadmissionpolicybinding limited');
  });

  it('may warn only, and look at the namespace', async () => {
    const { k, run } = world();
    await k('label namespace shop stage=test');
    await k(
      'apply -f -',
      policy('stage', {
        validations: [{ expression: "namespaceObject.metadata.labels.stage == 'live'", message: 'a test' }],
      }),
    );
    await k('apply -f -', binding('stage', { validationActions: ['Warn'] }));
    const { code, err } = await run('create deployment warned -n shop --image=a'.split(' '));
    expect([code, err]).toEqual([
      0,
      "Warning: Validation failed for ValidatingAdmissionPolicy 'stage' with binding 'stage': a test\n",
    ]);
    await k('delete validatingadmissionpolicy,validatingadmissionpolicybinding stage');
  });

  it('failurePolicy says what becomes of what cannot be told', async () => {
    const { k, refused } = world();
    const validations = [{ expression: 'object.spec.none == 1' }];
    await k('apply -f -', binding('broken'));
    await k('apply -f -', policy('broken', { validations }));
    expect(await refused('create deployment any --image=a')).toMatch(/resulted in error: no such key: none/);
    await k('apply -f -', policy('broken', { validations, failurePolicy: 'Ignore' }));
    await k('create deployment any --image=a');
    const matchConditions = [{ name: 'never', expression: 'false' }];
    await k('apply -f -', policy('broken', { validations, matchConditions }));
    await k('create deployment other --image=a');
    await k('delete validatingadmissionpolicy,validatingadmissionpolicybinding broken');
  });

  it.each([
    [
      'an expression that is wrong',
      { validations: [{ expression: 'object.' }] },
      /validations\[0\]\.expression.*compilation failed/s,
    ],
    ['one that gives no bool', { validations: [{ expression: '1 + 1' }] }, /must evaluate to bool/],
    ['an unknown variable', { validations: [{ expression: 'params.x == 1' }] }, /undeclared reference to 'params'/],
    ['nothing to hold', { validations: [] }, /spec.validations: Required value/],
  ])('%s is refused', async (_, spec, message) => {
    expect(await world().refused('apply -f -', policy('wrong', spec))).toMatch(message);
  });

  it('a binding that says nothing is refused', async () => {
    expect(await world().refused('apply -f -', binding('wrong', { validationActions: [] }))).toContain(
      'spec.validationActions: Required value',
    );
    expect(await world().refused('apply -f -', binding('wrong', { validationActions: ['Deny', 'Warn'] }))).toContain(
      'must not contain both Deny and Warn',
    );
  });

  it('get and explain', async () => {
    const { k } = world();
    await k('apply -f -', policy('shown', { validations: [{ expression: 'true' }] }));
    expect(await k('get validatingadmissionpolicies')).toMatch(/NAME +VALIDATIONS +PARAMKIND +AGE\nshown +1 +<unset>/);
    expect(await k('explain validatingadmissionpolicy.spec.validations')).toContain('messageExpression');
    await k('delete validatingadmissionpolicy shown');
  });

  it('judge who looks into pods', async () => {
    const { k, refused } = world();
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: ['pods/exec'] }];
    const asked = "request.operation == 'CONNECT' && request.kind.kind == 'PodExecOptions' && request.name == 'closed'";
    const spec = {
      matchConstraints: { resourceRules: rules },
      validations: [{ expression: `!(${asked} && 'sh' in object.command)`, message: 'no shells here' }],
    };
    await k('apply -f -', policy('shells', spec));
    await k('apply -f -', binding('shells'));
    await k('run closed --image=a');
    await k('wait --for=condition=Ready pod/closed --timeout=10s');
    expect(await refused('exec closed -- sh')).toContain('no shells here');
    // Simulated pods run nothing; that is another refusal.
    expect(await refused('exec closed -- ls')).toContain('runs no programs');
    await k('delete validatingadmissionpolicy,validatingadmissionpolicybinding shells');
    await k('delete pod closed --force --grace-period=0');
  });
});
