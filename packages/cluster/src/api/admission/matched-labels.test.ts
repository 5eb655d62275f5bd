import { deepFreeze } from '@argosy/base';
import type { Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { withMatchedLabels } from './matched-labels.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const aPod = (affinity?: object): Pod =>
  deepFreeze({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { app: 'a', hash: '7' } },
    spec: { containers: [{ name: 'c', image: 'c' }], ...(affinity ? { affinity } : {}) },
  } as Pod);
const term = (more: object) => ({ topologyKey: 'zone', ...more });
const mine = { key: 'app', operator: 'Exists' };

it('labels of the pod become requirements, after those it has', () => {
  const affinity = {
    podAffinity: {
      [REQUIRED]: [term({ labelSelector: { matchExpressions: [mine] }, matchLabelKeys: ['hash', 'missing'] })],
    },
    podAntiAffinity: {
      [PREFERRED]: [{ weight: 1, podAffinityTerm: term({ labelSelector: {}, mismatchLabelKeys: ['app'] }) }],
    },
  };
  expect(withMatchedLabels(aPod(affinity)).spec?.['affinity']).toEqual({
    podAffinity: {
      [REQUIRED]: [
        term({
          labelSelector: { matchExpressions: [mine, { key: 'hash', operator: 'In', values: ['7'] }] },
          matchLabelKeys: ['hash', 'missing'],
        }),
      ],
    },
    podAntiAffinity: {
      [PREFERRED]: [
        {
          weight: 1,
          podAffinityTerm: term({
            labelSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] },
            mismatchLabelKeys: ['app'],
          }),
        },
      ],
    },
  });
});

it('a term without a selector selects nobody, whatever keys it names', () => {
  const affinity = { podAffinity: { [REQUIRED]: [term({ matchLabelKeys: ['hash'] })] } };
  expect(withMatchedLabels(aPod(affinity))).toEqual(aPod(affinity));
});

it('a pod without affinity stays the same', () => {
  const pod = aPod();
  expect(withMatchedLabels(pod)).toBe(pod);
});
