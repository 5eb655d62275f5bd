/**
 * Time filters: a window of the day, judged by the time of the event. @spec EV-FLT-08
 */
import { createZoneClock, parseTimestamp } from '@argosy/base';

import type { TimeFilterSpec } from '../api/sensor.ts';
import { errorOf, verdictOf, type Verdict } from './verdict.ts';

/** Judges the time of an event (RFC 3339). Start is in the window, stop is not; a stop before the start is the next day's. */
export const filterTime = (filter: TimeFilterSpec, eventTime: string): Verdict => {
  const start = parseTimeOfDay(filter.start);
  if (start === undefined) return errorOf(`time filter: start ${JSON.stringify(filter.start ?? '')} is not HH:MM:SS`);
  const stop = parseTimeOfDay(filter.stop);
  if (stop === undefined) return errorOf(`time filter: stop ${JSON.stringify(filter.stop ?? '')} is not HH:MM:SS`);
  const zone = createZoneClock(filter.timezone ?? '');
  if (!zone.ok) return errorOf(`time filter: ${zone.error}`);
  const instant = parseTimestamp(eventTime);
  if (instant === undefined) return errorOf(`time filter: ${eventTime} is not a time`);
  const wall = zone.value.wallAt(instant);
  const second = wall.hour * 3600 + wall.minute * 60 + wall.second;
  if (start === stop) return verdictOf(true);
  return verdictOf(start < stop ? start <= second && second < stop : start <= second || second < stop);
};

/** Seconds since midnight of `HH:MM:SS`; `undefined` for anything else. */
export const parseTimeOfDay = (text: string | undefined): number | undefined => {
  const parts = /^(\d{1,2}):(\d{2}):(\d{2})$/.exec(text ?? '');
  const [hour, minute, second] = [Number(parts?.[1]), Number(parts?.[2]), Number(parts?.[3])];
  return parts && hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : undefined;
};
