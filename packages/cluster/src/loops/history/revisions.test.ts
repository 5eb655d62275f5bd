import { describe, expect, it } from 'vitest';

import type { ControllerRevision, KubeObject, PodTemplateSpec } from '@argosy/kube';

import { planHistory, templateOf } from './revisions.ts';

const object: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'ds', namespace: 'a', uid: 'u' },
};
const template: PodTemplateSpec = {
  metadata: { labels: { app: 'ds' } },
  spec: { dnsPolicy: 'ClusterFirst', containers: [{ name: 'c', image: 'one' }] },
};
const plan = (of: PodTemplateSpec, revisions: readonly ControllerRevision[] = []) =>
  planHistory({ object, template: of, labels: {}, collisions: 0 }, revisions);

describe('the data of a revision', () => {
  it('is what programs written in Go make of the set', () => {
    expect(JSON.stringify(plan(template).update.data)).toBe(
      '{"spec":{"template":{"$patch":"replace","metadata":{"creationTimestamp":null,"labels":{"app":"ds"}},' +
        '"spec":{"containers":[{"image":"one","name":"c","resources":{}}],"dnsPolicy":"ClusterFirst"}}}}',
    );
  });
  it('gives the template back', () => {
    const back = templateOf(plan(template).update);
    expect(back).toEqual({
      metadata: { labels: { app: 'ds' } },
      spec: { dnsPolicy: 'ClusterFirst', containers: [{ name: 'c', image: 'one', resources: {} }] },
    });
  });
  it('in the form of before is the same revision still', () => {
    const { update } = plan(template);
    const old = { ...update, data: { spec: { template: { ...template, $patch: 'replace' } } } as never };
    expect(plan(template, [old]).actions).toEqual([]);
    const other = { ...template, metadata: { labels: { app: 'other' } } };
    expect(plan(other, [old]).actions).toHaveLength(1);
  });
});
