import type { Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { withDefaultTolerations } from './default-tolerations.ts';

const [NOT_READY, UNREACHABLE] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const aPod = (tolerations?: readonly object[]): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'ns' },
  spec: { containers: [], ...(tolerations ? { tolerations } : {}) },
});
const forAWhile = (key: string | undefined) => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});

it.each([
  { reason: 'none are given', given: undefined, added: [NOT_READY, UNREACHABLE] },
  { reason: 'others are given', given: [{ key: 'a', operator: 'Exists' }], added: [NOT_READY, UNREACHABLE] },
  {
    reason: 'one is given',
    given: [{ key: NOT_READY, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
    added: [UNREACHABLE],
  },
  { reason: 'one is given of every effect', given: [{ key: UNREACHABLE, operator: 'Exists' }], added: [NOT_READY] },
  { reason: 'one is given of a value', given: [{ key: UNREACHABLE, value: 'x' }], added: [NOT_READY] },
  {
    reason: 'one is given of another effect',
    given: [{ key: NOT_READY, operator: 'Exists', effect: 'NoSchedule' }],
    added: [NOT_READY, UNREACHABLE],
  },
  { reason: 'all is tolerated', given: [{ operator: 'Exists' }], added: [] },
  { reason: 'all evictions are tolerated', given: [{ operator: 'Exists', effect: 'NoExecute' }], added: [] },
])('adds $added when $reason', ({ given, added }) => {
  expect(withDefaultTolerations(aPod(given)).spec?.['tolerations']).toEqual([
    ...(given ?? []),
    ...added.map(forAWhile),
  ]);
});

it('gives back the same pod when there is nothing to add', () => {
  const pod = aPod([{ operator: 'Exists' }]);
  expect(withDefaultTolerations(pod)).toBe(pod);
});
