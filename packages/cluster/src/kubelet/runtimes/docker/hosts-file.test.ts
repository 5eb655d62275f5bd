import { describe, expect, it } from 'vitest';

import type { Pod } from '@argosy/kube';

import { managedHosts } from './hosts-file.ts';

const aPod = (spec: object): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-0', namespace: 'shop' },
  spec: { containers: [], ...spec },
});
const lines = (spec: object, names: readonly (readonly [string, string])[] = []): readonly string[] =>
  managedHosts(aPod(spec), { podIP: '172.18.0.9', names }).split('\n');

describe('the hosts file of a pod', () => {
  it('says whose it is, and knows the pod by its name', () => {
    expect(lines({})[0]).toBe('# Kubernetes-managed hosts file.');
    expect(lines({})).toContain('172.18.0.9\tweb-0');
  });
  it('has the full name first where there is a subdomain', () => {
    expect(lines({ hostname: 'a', subdomain: 'db' })).toContain('172.18.0.9\ta.db.shop.svc.cluster.local\ta');
  });
  it('has each alias in one line, and names of the cluster', () => {
    const found = lines({ hostAliases: [{ ip: '10.0.0.1', hostnames: ['foo', 'bar'] }] }, [
      ['kubernetes', '10.96.0.1'],
    ]);
    expect(found).toContain('10.0.0.1\tfoo\tbar');
    expect(found).toContain('10.96.0.1\tkubernetes');
  });
});
