import { toTimestamp } from '@argosy/base';
import type { CoreEvent } from '@argosy/kube';
import { expect, it } from 'vitest';

import { EVENT_TTL_MS, eventTimeLeft } from './decide.ts';

const NOW = Date.UTC(2026, 0, 1);
const ago = (ms: number): string => toTimestamp(NOW - ms);
const anEvent = (created: string, extra: object = {}): CoreEvent => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'a', creationTimestamp: created },
  involvedObject: {},
  ...extra,
});
const HOUR = 3_600_000;

it.each([
  { event: anEvent(ago(0)), left: EVENT_TTL_MS, why: 'new' },
  { event: anEvent(ago(2 * HOUR)), left: 0, why: 'old' },
  { event: anEvent(ago(9 * HOUR), { lastTimestamp: ago(HOUR / 2) }), left: HOUR / 2, why: 'told again' },
  {
    event: anEvent(ago(9 * HOUR), { eventTime: null, series: { lastObservedTime: ago(0) } }),
    left: HOUR,
    why: 'a series',
  },
  { event: anEvent(ago(9 * HOUR), { lastTimestamp: ago(-99 * HOUR) }), left: 0, why: 'of a time that is yet to come' },
  { event: anEvent('nonsense'), left: 0, why: 'of no time' },
])('$why', ({ event, left }) => expect(eventTimeLeft(event, NOW)).toBe(left));
