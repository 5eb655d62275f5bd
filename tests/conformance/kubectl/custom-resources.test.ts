import { expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

const crd = (rule: string) => `
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
      subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
      additionalPrinterColumns: [{name: Size, type: string, jsonPath: .spec.size}]
      schema: &schema
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-validations:
                - {rule: "${rule}", message: at most as many as the limit}
                - {rule: "self.size == oldSelf.size", message: size is immutable, fieldPath: .size}
              properties:
                size: {type: string, enum: [small, large], default: small}
                replicas: {type: integer, default: 1}
                limit: {type: integer, default: 5}
            status: {type: object, properties: {replicas: {type: integer}}}
    - name: v1beta1
      served: true
      storage: false
      schema: *schema
`;
const widget = (spec: string) => `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: ${spec}`;

describeKubectl('custom resources', {}, (world) => {
  it('a CRD whose rule is wrong is refused, with the place', async () =>
    expect(await world().refused('apply -f -', crd('self.nope > 1'))).toMatch(
      /spec\.validation\.openAPIV3Schema\.properties\[spec\]\.x-kubernetes-validations\[0\]\.rule: .*undefined field 'nope'/,
    ));
  it('a CRD is served at once', async () => {
    await world().k('apply -f -', crd('self.replicas <= self.limit'));
    await world().k('wait --for=condition=Established crd/widgets.example.com --timeout=5s');
  });
  it('defaults, pruning, columns', async () => {
    const { k } = world();
    await k('apply --validate=false -f -', widget('{replicas: 2, unknown: 1}'));
    expect(await k('get wd w -o jsonpath={.spec}')).toBe('{"limit":5,"replicas":2,"size":"small"}');
    expect(await k('get wd')).toMatch(/NAME +SIZE\nw +small$/);
  });
  it('rules: an object that breaks one is refused', async () =>
    expect(await world().refused('apply -f -', widget('{replicas: 6}'))).toContain(
      'spec: Invalid value: "object": at most as many as the limit',
    ));
  it('transition rules: what may not change does not', async () => {
    expect(await world().refused('apply -f -', widget('{replicas: 2, size: large}'))).toMatch(
      /spec\.size: Invalid value: .*size is immutable/,
    );
    await world().k('apply -f -', widget('{replicas: 3}'));
  });
  it('schema: wrong values are refused, with the place', async () =>
    expect(await world().refused('apply -f -', widget('{size: huge}').replace('name: w', 'name: x'))).toContain(
      'spec.size: Unsupported value: "huge": supported values: "small", "large"',
    ));
  it('status and scale subresources', async () => {
    const { k } = world();
    await k('scale wd w --replicas=4');
    expect(await k('get wd w -o jsonpath={.spec.replicas}')).toBe('4');
    await k('patch wd w --subresource=status --type=merge -p {"status":{"replicas":4},"spec":{"replicas":5}}');
    expect(await k('get wd w -o jsonpath={.spec.replicas},{.status.replicas}')).toBe('4,4');
    expect(await world().refused('scale wd w --replicas=9')).toContain('at most as many as the limit');
  });
  it('two served versions are the same objects', async () =>
    expect(await world().k('get widgets.v1beta1.example.com w -o jsonpath={.apiVersion},{.spec.size}')).toBe(
      'example.com/v1beta1,small',
    ));
  it('delete crd takes its objects along', async () => {
    await world().k('delete crd widgets.example.com --timeout=10s');
    expect(await world().refused('get wd')).toMatch(
      /doesn't have a resource type|could not find the requested resource/,
    );
  });
});
