/**
 * When an event is over: an hour after it was last told, so that a cluster that runs for months does not keep them all.
 * Pure. @upstream kubernetes cmd/kube-apiserver (--event-ttl)
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { CoreEvent } from '@argosy/kube';

/** How long events stay, in milliseconds. */
export const EVENT_TTL_MS = 3_600_000;

/** How long an event still has, in milliseconds; 0 when it is over. */
export const eventTimeLeft = (event: CoreEvent, now: Instant): number =>
  Math.max(0, lastTold(event, now) + EVENT_TTL_MS - now);

/** Times are their author's: one that is yet to come keeps no event. */
const lastTold = ({ metadata, lastTimestamp, eventTime, ...event }: CoreEvent, now: Instant): Instant => {
  const { series } = event as { readonly series?: { readonly lastObservedTime?: string } | null };
  const times = [metadata.creationTimestamp, lastTimestamp, eventTime ?? undefined, series?.lastObservedTime]
    .map(parseTimestamp)
    .filter((time) => time !== undefined && time <= now);
  return Math.max(0, ...times.map(Number));
};
