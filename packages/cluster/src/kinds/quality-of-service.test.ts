import { describe, expect, it } from 'vitest';

import type { Pod } from '@argosy/kube';

import { qualityOfService, type QualityOfService } from './quality-of-service.ts';

type Amounts = Readonly<Record<string, string>>;
type Case = readonly [
  reason: string,
  containers: readonly { readonly limits?: Amounts; readonly requests?: Amounts }[],
  want: QualityOfService,
];

const BOTH = { cpu: '1', memory: '1Gi' };
const cases: readonly Case[] = [
  ['nothing is asked for', [{}], 'BestEffort'],
  ['zero is nothing', [{ requests: { cpu: '0' } }], 'BestEffort'],
  ['other resources do not count', [{ limits: { 'example.com/gpu': '1' } }], 'BestEffort'],
  ['limits alone are requests as well', [{ limits: BOTH }], 'Guaranteed'],
  ['equal in another notation', [{ limits: BOTH, requests: { cpu: '1000m', memory: '1024Mi' } }], 'Guaranteed'],
  ['memory is not limited', [{ limits: { cpu: '1' } }], 'Burstable'],
  ['requests are below limits', [{ limits: BOTH, requests: { cpu: '500m' } }], 'Burstable'],
  ['one container of two asks for nothing', [{ limits: BOTH }, {}], 'Burstable'],
];

describe('qualityOfService', () => {
  it.each(cases)('%s', (_reason, containers, want) => {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: containers.map((resources, at) => ({ name: `c${at}`, image: 'i', resources })) },
    };
    expect(qualityOfService(pod)).toBe(want);
  });
  it('passes over what has the wrong shape', () => {
    const spec = { containers: 'none', initContainers: [7, { name: 'i', resources: { limits: [] } }] };
    expect(qualityOfService({ metadata: { name: 'p' }, spec } as unknown as Pod)).toBe('BestEffort');
  });
  it('looks at init containers too', () => {
    const spec = {
      initContainers: [{ name: 'i', image: 'i' }],
      containers: [{ name: 'c', image: 'i', resources: { limits: BOTH } }],
    };
    expect(qualityOfService({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })).toBe('Burstable');
  });
});
