import { generateKeyPairSync } from 'node:crypto';
import { createVirtualClock, type Random } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import { expect, it } from 'vitest';

import type { Store } from '../store/store.ts';
import { createServiceAccountTokens } from './service-account-tokens.ts';

const account: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'sa', namespace: 'a', uid: 'u-sa' },
};
const pod = (more: object = {}, nodeName?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'a', uid: 'u-pod', ...more },
  spec: { containers: [], ...(nodeName ? { nodeName } : {}) },
});
const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'u-node' } };
const START = Date.parse('2030-01-01T00:00:00Z');
const EXTRA = 'authentication.kubernetes.io';

const opened = (objects: Readonly<Record<string, KubeObject | undefined>>) => {
  const known: Record<string, KubeObject | undefined> = { '/serviceaccounts': account, ...objects };
  const store = { get: (resource: string) => known[resource] } as unknown as Store;
  const clock = createVirtualClock(START);
  const random = { uuid: () => 'one' } as unknown as Random;
  const tokens = createServiceAccountTokens(
    { store, clock, random },
    { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }), id: 'key' },
  );
  const issue = (bound: object): string =>
    tokens.issue({ account, audiences: ['x'], expiresAt: START + 3_600_000, ...bound });
  return { known, issue, extraOf: (token: string) => tokens.accept(token)?.caller.extra };
};
const ofPod = { pod: { name: 'p', uid: 'u-pod' } };

it('a token of a pod names the pod and its node', () => {
  const { issue, extraOf } = opened({ '/pods': pod({}, 'n'), '/nodes': node });
  expect(extraOf(issue(ofPod))).toEqual({
    [`${EXTRA}/credential-id`]: ['JTI=one'],
    [`${EXTRA}/pod-name`]: ['p'],
    [`${EXTRA}/pod-uid`]: ['u-pod'],
    [`${EXTRA}/node-name`]: ['n'],
    [`${EXTRA}/node-uid`]: ['u-node'],
  });
});

it('a pod without a node has none, and a node nobody knows has no uid', () => {
  const placed = opened({ '/pods': pod({}, 'n') });
  expect(placed.extraOf(placed.issue(ofPod))).toMatchObject({ [`${EXTRA}/node-name`]: ['n'] });
  expect(placed.extraOf(placed.issue(ofPod))).not.toHaveProperty([`${EXTRA}/node-uid`]);
  const waiting = opened({ '/pods': pod() });
  expect(waiting.extraOf(waiting.issue(ofPod))).not.toHaveProperty([`${EXTRA}/node-name`]);
});

it('a token of a pod outlives the node, one of the node does not', () => {
  const { known, issue, extraOf } = opened({ '/pods': pod({}, 'n'), '/nodes': node });
  const [podToken, nodeToken] = [issue(ofPod), issue({ node: { name: 'n', uid: 'u-node' } })];
  expect(extraOf(nodeToken)).toMatchObject({ [`${EXTRA}/node-uid`]: ['u-node'] });
  known['/nodes'] = undefined;
  expect(extraOf(podToken)).toBeDefined();
  expect(extraOf(nodeToken)).toBeUndefined();
});

it('a pod on its way out has its token until its time is over', () => {
  const { known, issue, extraOf } = opened({ '/pods': pod() });
  const token = issue(ofPod);
  known['/pods'] = pod({ deletionTimestamp: '2029-12-31T23:59:30Z' });
  expect(extraOf(token)).toBeDefined();
  known['/pods'] = pod({ deletionTimestamp: '2029-12-31T23:58:30Z' });
  expect(extraOf(token)).toBeUndefined();
});
