import type { KubeObject } from '@argosy/kube';
import { expect, it } from 'vitest';

import { decideClaims } from './decide-claims.ts';

const anObject = (name: string, labels: Readonly<Record<string, string>>, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels, ...metadata },
});
const SELECTOR = { matchLabels: { app: 'a' } };
const GOING = { deletionTimestamp: '2026-01-01T00:00:00Z' };

it.each([
  { reason: 'orphans that match are adopted', orphans: [anObject('x', { app: 'a' })], adopt: ['x'], release: [] },
  { reason: 'others are not', orphans: [anObject('x', { app: 'b' })], adopt: [], release: [] },
  { reason: 'nor those that are going', orphans: [anObject('x', { app: 'a' }, GOING)], adopt: [], release: [] },
  { reason: 'owned ones that match stay', owned: [anObject('x', { app: 'a', more: 'm' })], adopt: [], release: [] },
  { reason: 'owned ones that do not match are let go', owned: [anObject('x', {})], adopt: [], release: ['x'] },
  {
    reason: 'an owner that goes claims nothing',
    owner: GOING,
    owned: [anObject('x', {})],
    orphans: [anObject('y', { app: 'a' })],
    adopt: [],
    release: [],
  },
  {
    reason: 'an empty selector claims nothing',
    selector: {},
    owned: [anObject('x', {})],
    orphans: [anObject('y', {})],
    adopt: [],
    release: [],
  },
])('$reason', ({ owner = {}, selector = SELECTOR, owned = [], orphans = [], adopt, release }) => {
  const claims = decideClaims(anObject('owner', {}, owner), { selector, owned, orphans });
  const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);
  expect({ adopt: names(claims.adopt), release: names(claims.release) }).toEqual({ adopt, release });
});
