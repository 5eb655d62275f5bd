import type { Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { createClaims } from './pod-claims.ts';

const aPod = (...requests: readonly Readonly<Record<string, string>>[]): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: requests.map((of, at) => ({ name: `c${at}`, resources: { requests: of } })) },
});

it('gives pods that ask for the same one claim', () => {
  const claimOf = createClaims();
  const claim = claimOf(aPod({ cpu: '1', memory: '1Gi' }));
  expect(claimOf(aPod({ cpu: '500m', memory: '512Mi' }, { cpu: '500m', memory: '512Mi' }))).toBe(claim);
  expect(claimOf(aPod({ cpu: '1', memory: '1Gi' }, {}))).not.toBe(claim);
  expect(claimOf(aPod({ cpu: '1' }))).not.toBe(claim);
  // The same requests, but another container of ordinary size.
  expect(claimOf(aPod({}))).not.toBe(claimOf(aPod({}, {})));
  expect(claimOf(aPod({}))).toBe(claimOf(aPod({})));
});

it('stays right with more different claims than it keeps', () => {
  const claimOf = createClaims();
  for (let at = 1; at <= 2500; at += 1)
    expect(claimOf(aPod({ cpu: `${at}` })).requests.get('cpu')).toBe(BigInt(at) * 1_000_000_000n);
});
