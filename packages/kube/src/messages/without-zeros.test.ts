import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { messageNameOf, MESSAGES } from './message-table.ts';
import { withoutZeros } from './without-zeros.ts';

const kept = (kind: string, value: object, apiVersion = 'v1'): unknown =>
  withoutZeros(MESSAGES, MESSAGES.find(messageNameOf(apiVersion, kind))!, deepFreeze(value) as never);

describe('withoutZeros', () => {
  it.each([
    ['a flag', { spec: { paused: false, minReadySeconds: 0 } }, { spec: {} }],
    ['a number behind a pointer', { spec: { replicas: 0 } }, { spec: { replicas: 0 } }],
    [
      'a policy that was left empty',
      { spec: { template: { spec: { containers: [{ name: 'c', imagePullPolicy: '', args: [], stdin: false }] } } } },
      { spec: { template: { spec: { containers: [{ name: 'c' }] } } } },
    ],
    ['a struct', { spec: { strategy: {}, template: { spec: { securityContext: {} } } } }, undefined],
    ['labels', { metadata: { name: 'd', labels: {} } }, { metadata: { name: 'd' } }],
    ['what is always written', { spec: { template: { spec: { containers: [] } } } }, undefined],
  ])('of a deployment: %s', (_, value, want) => expect(kept('Deployment', value, 'apps/v1')).toEqual(want ?? value));

  it('reads a null in a list as an item that is empty', () => {
    const spec = { containers: [null, { name: 'c', args: ['a', null] }], hostAliases: [{ hostnames: [null] }] };
    expect(kept('Pod', { spec })).toEqual({
      spec: { containers: [{}, { name: 'c', args: ['a', ''] }], hostAliases: [{ hostnames: [''] }] },
    });
  });

  it('leaves texts of maps, and flags behind pointers', () => {
    const map = { data: { a: '' }, immutable: false };
    expect(kept('ConfigMap', map)).toBe(map);
    expect(kept('ConfigMap', { data: {}, binaryData: {} })).toEqual({});
  });

  it('leaves an empty list where members belong, and the other way round', () => {
    const odd = { data: [], spec: { ipFamilies: {}, selector: [] } };
    expect(kept('Service', odd)).toBe(odd);
  });

  it('writes quantities as Go does', () => {
    const limits = { cpu: 2, memory: '1024Mi', a: 'x' };
    expect(kept('Pod', { spec: { containers: [{ resources: { limits } }] } })).toEqual({
      spec: { containers: [{ resources: { limits: { cpu: '2', memory: '1Gi', a: 'x' } } }] },
    });
  });

  it('shares what has no zeros', () => {
    const role = { rules: [] };
    expect(kept('Role', role, 'rbac.authorization.k8s.io/v1')).toBe(role);
  });
});
