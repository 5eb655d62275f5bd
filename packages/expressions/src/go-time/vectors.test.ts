import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { formatDuration, parseDuration, roundDuration, truncateDuration } from './duration.ts';
import { formatMoment, parseMoment } from './moment.ts';

const FILE = fileURLToPath(new URL('../../../../../shared/conformance/vectors/lang-go-time.json', import.meta.url));

interface TimeCase {
  readonly name: string;
  readonly in: {
    readonly op: string;
    readonly text?: string;
    readonly ns?: string;
    readonly duration?: string;
    readonly to?: string;
    readonly time?: string;
    readonly zone?: string;
    readonly layout?: string;
  };
  readonly out: Readonly<Record<string, unknown>>;
}

const cases = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly TimeCase[] }).cases : [];
const RFC3339 = '2006-01-02T15:04:05.999999999Z07:00';

const duration = (text: string | undefined): bigint => {
  const result = parseDuration(text ?? '');
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

const run = ({
  op,
  text = '',
  ns = '0',
  duration: from,
  to,
  time = '',
  zone,
  layout = '',
}: TimeCase['in']): unknown => {
  switch (op) {
    case 'parseDuration': {
      const result = parseDuration(text);
      return result.ok ? { ns: String(result.value), text: formatDuration(result.value) } : { error: true };
    }
    case 'durationString':
      return { text: formatDuration(BigInt(ns)) };
    case 'round':
      return {
        round: formatDuration(roundDuration(duration(from), duration(to))),
        truncate: formatDuration(truncateDuration(duration(from), duration(to))),
      };
    case 'format':
    case 'string': {
      const moment = parseMoment(time, RFC3339, 'UTC');
      if (!moment.ok) return { error: moment.error };
      const shown = op === 'string' ? '2006-01-02 15:04:05.999999999 -0700 MST' : layout;
      return { text: formatMoment({ ...moment.value, zone: zone ?? 'UTC' }, shown) };
    }
    default: {
      const moment = parseMoment(text, layout, zone ?? 'UTC');
      return moment.ok ? { utc: formatMoment({ ...moment.value, zone: 'UTC' }, RFC3339) } : { error: true };
    }
  }
};

describe.skipIf(cases.length === 0)('vectors lang-go-time', () => {
  it.each(cases.map((one, index) => [`${index} ${one.name} ${JSON.stringify(one.in)}`, one] as const))(
    '%s',
    (_, one) => {
      expect(run(one.in)).toEqual(one.out);
    },
  );
});
