import { deepFreeze } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import { expect, it } from 'vitest';

import { daemonSets } from './daemon-sets.ts';

const COUNT = 'deprecated.daemonset.template.generation';
const aSet = (image: string, annotations?: object) =>
  deepFreeze({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 's', ...(annotations ? { annotations } : {}) },
    spec: { template: { spec: { containers: [{ name: 'c', image }] } } },
  }) as unknown as KubeObject;

it('templates are counted', () => {
  expect(daemonSets.prepare?.(aSet('a'), undefined).metadata.annotations).toEqual({ [COUNT]: '1' });
  expect(daemonSets.prepare?.(aSet('a'), aSet('a', { [COUNT]: '3' })).metadata.annotations).toEqual({ [COUNT]: '3' });
  expect(daemonSets.prepare?.(aSet('b'), aSet('a', { [COUNT]: '3' })).metadata.annotations).toEqual({ [COUNT]: '4' });
});

it('who writes a status keeps the count', () => {
  const of = { subresource: 'status', now: '2024-01-01T00:00:00Z' };
  const previous = aSet('a', { [COUNT]: '3' });
  expect(daemonSets.prepareStatus?.(aSet('a', { x: 'y' }), previous, of).metadata.annotations).toEqual({
    x: 'y',
    [COUNT]: '3',
  });
  expect(daemonSets.prepareStatus?.(previous, previous, of)).toBe(previous);
});
