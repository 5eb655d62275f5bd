import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { parseTimestamp, toTimestamp } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { shouldStop } from './expressions.ts';
import { missedRun, readSchedules } from './schedules.ts';

const FOLDER = fileURLToPath(new URL('../../../../../shared/conformance/vectors/', import.meta.url));

const vectors = <In, Out>(file: string, count: number, check: (input: In, out: Out) => void): void => {
  describe.skipIf(!existsSync(FOLDER))(`vectors ${file}`, () => {
    const cases = existsSync(FOLDER)
      ? (
          JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as {
            cases: readonly { name: string; in: In; out: Out }[];
          }
        ).cases
      : [];
    it('are all there', () => expect(cases.length).toBe(count));
    it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => check(one.in, one.out));
  });
};

interface Missed {
  readonly schedules: string[];
  readonly timezone: string;
  readonly lastScheduledTime: string | null;
  readonly now: string;
  readonly startingDeadlineSeconds: number | null;
  readonly scheduleJustChanged: boolean;
}

vectors<Missed, { run: string | null }>('wf-cron-missed', 14, (given, out) => {
  const schedules = readSchedules(given);
  const run = missedRun({
    schedules: schedules.ok ? schedules.value : [],
    lastScheduledAt: parseTimestamp(given.lastScheduledTime),
    startingDeadlineSeconds: given.startingDeadlineSeconds ?? undefined,
    scheduleJustChanged: given.scheduleJustChanged,
    now: parseTimestamp(given.now)!,
  });
  expect({ run: run === undefined ? null : toTimestamp(run) }).toEqual(out);
});

interface Stop {
  readonly expression: string;
  readonly cronworkflow: {
    failed: number;
    succeeded: number;
    name: string;
    namespace: string;
    labels: Record<string, string>;
  };
}

vectors<Stop, object>('wf-cron-stop', 7, ({ expression, cronworkflow }, out) => {
  const stop = shouldStop(expression, { ...cronworkflow, annotations: {}, lastScheduledAt: undefined }, 0);
  expect(stop.ok ? { stop: stop.value } : { error: true }).toEqual(out);
});
