/**
 * The wait before a failed sync is tried again. @spec CD-AUTO-06
 */
import { parseGoDuration } from '@argosy/base';

import type { ApplicationOperation } from '../api/application.ts';

/** Milliseconds to wait after `retries` (≥ 0) retries; `undefined` when the texts are no durations. */
export const retryWaitMs = (retry: ApplicationOperation['retry'], retries: number): number | undefined => {
  const duration = readDuration(retry?.backoff?.duration ?? '5s');
  const longest = readDuration(retry?.backoff?.maxDuration ?? '3m');
  if (duration === undefined || longest === undefined) return undefined;
  return Math.min(longest, duration * (retry?.backoff?.factor ?? 2) ** Math.min(retries, 1000));
};

/** A bare number is seconds. */
const readDuration = (text: string): number | undefined =>
  /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
