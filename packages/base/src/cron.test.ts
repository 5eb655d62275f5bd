import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { nextAfter, parseCron, previousBefore, toTimestamp, type CronOptions } from './index.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/conformance/vectors/', import.meta.url));

const vectors = <In, Out>(file: string, check: (input: In, out: Out) => void): void => {
  describe.skipIf(!existsSync(FOLDER))(`vectors ${file}`, () => {
    const cases = existsSync(FOLDER)
      ? (
          JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as {
            cases: readonly { readonly name: string; readonly in: In; readonly out: Out }[];
          }
        ).cases
      : [];
    it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => check(one.in, one.out));
  });
};

vectors<{ schedule: string; after: string; zone: string; count: number }, object>('lang-cron', (input, out) => {
  const schedule = parseCron(input.schedule, { zone: input.zone });
  if (!schedule.ok) return expect({ error: true }).toEqual(out);
  const next: string[] = [];
  let at: number | undefined = Date.parse(input.after);
  while (next.length < input.count && (at = nextAfter(schedule.value, at)) !== undefined) next.push(toTimestamp(at));
  expect({ next }).toEqual(out);
});

vectors<{ schedule: string; before: string }, object>('ev-cron-previous', (input, out) => {
  const schedule = parseCron(input.schedule, { seconds: 'required', dayOfWeekOptional: true });
  const previous = schedule.ok ? previousBefore(schedule.value, Date.parse(input.before)) : undefined;
  expect(previous === undefined ? { error: true } : { previous: toTimestamp(previous) }).toEqual(out);
});

describe('parseCron', () => {
  const cases: readonly (readonly [text: string, options: CronOptions, error: string])[] = [
    ['', {}, 'empty schedule'],
    ['* * * *', {}, 'expected exactly 5 fields, found 4: "* * * *"'],
    ['* * * * * * *', { seconds: 'optional' }, 'expected 5 to 6 fields, found 7: "* * * * * * *"'],
    ['99 * * * *', {}, 'end of range (99) above maximum (59): 99'],
    ['9-3 * * * *', {}, 'beginning of range (9) beyond end of range (3): 9-3'],
    ['*/0 * * * *', {}, 'step of range should be a positive number: */0'],
    ['TZ=UTC', {}, 'schedule "TZ=UTC" has a time zone only'],
    ['TZ=+01:00 @daily', {}, 'unknown time zone +01:00'],
    ['@every soon', {}, 'not a duration in "@every soon": write e.g. @every 1h30m'],
  ];
  it.each(cases)('refuses %j %j', (text, options, error) =>
    expect(parseCron(text, options)).toEqual({ ok: false, error }),
  );

  it('takes a field for seconds where allowed', () => {
    const schedule = parseCron('*/20 * * * * *', { seconds: 'optional' });
    expect(schedule.ok && nextAfter(schedule.value, Date.UTC(2026, 0, 1, 0, 0, 5))).toBe(
      Date.UTC(2026, 0, 1, 0, 0, 20),
    );
  });

  it('finds an activation in the same second as a fraction of it', () => {
    const schedule = parseCron('@daily');
    expect(schedule.ok && previousBefore(schedule.value, Date.UTC(2026, 0, 2) + 1)).toBe(Date.UTC(2026, 0, 2));
  });
});
