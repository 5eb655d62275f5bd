/**
 * Sprig's functions of dates. `Local` is UTC: what a manifest renders to must not depend on where it is rendered.
 * @spec https://masterminds.github.io/sprig/date.html
 */
import { formatDuration, parseDuration, roundDuration } from '../../../go-time/duration.ts';
import {
  formatMoment,
  isZone,
  momentOf,
  parseMoment,
  secondsOf,
  ZERO_MOMENT,
  type Moment,
} from '../../../go-time/moment.ts';
import { goFunction } from '../../functions/signature.ts';
import { GoError, GoNumber, GoObject, type CallContext, type GoFunctions, type GoValue } from '../../values.ts';
import { momentFrom, timeObject } from './time-object.ts';

const SECOND = 1_000_000_000n;

const nowOf = (context: CallContext, name: string): Moment => {
  const { now } = context.ports;
  if (!now) throw new GoError(`${name} needs the clock, which is not available here`);
  return momentOf(now());
};

/** A time, or seconds since 1970; anything else is the present. */
const momentOfAny = (value: GoValue, context: CallContext, name: string): Moment => {
  if (value instanceof GoObject && value.type === 'time.Time') return momentFrom(value);
  const seconds = value instanceof GoNumber && /^int(?:32|64)$/.test(value.type) ? value.value : value;
  return typeof seconds === 'bigint' ? { nanoseconds: seconds * SECOND, zone: 'UTC' } : nowOf(context, name);
};

const inZone = (layout: string, value: GoValue, zone: string, context: CallContext): string => {
  const known = zone !== 'Local' && isZone(zone) ? zone : 'UTC';
  return formatMoment({ ...momentOfAny(value, context, 'date'), zone: known }, layout);
};

const dateInZone = goFunction(['string', 'any', 'string'], ([layout, value, zone], context) =>
  inZone(layout, value, zone, context),
);

const moved = (moment: Moment, by: bigint): GoObject => timeObject({ ...moment, nanoseconds: moment.nanoseconds + by });

const dateModify = goFunction(['string', 'time'], ([text, time]) => {
  const by = parseDuration(text);
  return moved(momentFrom(time), by.ok ? by.value : 0n);
});
const mustDateModify = goFunction(['string', 'time'], ([text, time]) => {
  const by = parseDuration(text);
  if (!by.ok) throw new GoError(by.error);
  return moved(momentFrom(time), by.value);
});

const secondsIn = (value: GoValue): bigint => {
  if (typeof value === 'string') return /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : 0n;
  return value instanceof GoNumber && value.type === 'int64' && typeof value.value === 'bigint' ? value.value : 0n;
};

const spanIn = (value: GoValue, context: CallContext): bigint => {
  if (typeof value === 'string') {
    const parsed = parseDuration(value);
    return parsed.ok ? parsed.value : 0n;
  }
  if (value instanceof GoNumber && value.type === 'int64' && typeof value.value === 'bigint') return value.value;
  if (value instanceof GoObject && value.type === 'time.Time')
    return nowOf(context, 'durationRound').nanoseconds - momentFrom(value).nanoseconds;
  return 0n;
};

const HOUR = 3600n * SECOND;
const SPANS: readonly (readonly [string, bigint])[] = [
  ['y', 365n * 24n * HOUR],
  ['mo', 30n * 24n * HOUR],
  ['d', 24n * HOUR],
  ['h', HOUR],
  ['m', 60n * SECOND],
  ['s', SECOND],
];

const roundSpan = (span: bigint): string => {
  const magnitude = span < 0n ? -span : span;
  const unit = SPANS.find(([, size]) => magnitude > size);
  return unit ? `${magnitude / unit[1]}${unit[0]}` : '0s';
};

/** Functions of dates. */
export const DATE_FUNCTIONS: GoFunctions = {
  ago: goFunction(['any'], ([value], context) => {
    const now = nowOf(context, 'ago');
    const span = now.nanoseconds - momentOfAny(value, context, 'ago').nanoseconds;
    return formatDuration(roundDuration(span, SECOND));
  }),
  date: goFunction(['string', 'any'], ([layout, value], context) => inZone(layout, value, 'Local', context)),
  dateInZone,
  dateModify,
  date_in_zone: dateInZone,
  date_modify: dateModify,
  duration: goFunction(['any'], ([value]) => formatDuration(BigInt.asIntN(64, secondsIn(value) * SECOND))),
  durationRound: goFunction(['any'], ([value], context) => roundSpan(spanIn(value, context))),
  htmlDate: goFunction(['any'], ([value], context) => inZone('2006-01-02', value, 'Local', context)),
  htmlDateInZone: goFunction(['any', 'string'], ([value, zone], context) => inZone('2006-01-02', value, zone, context)),
  mustDateModify,
  mustToDate: goFunction(['string', 'string'], ([layout, text]) => {
    const parsed = parseMoment(text, layout, 'UTC');
    if (!parsed.ok) throw new GoError(parsed.error);
    return timeObject(parsed.value);
  }),
  must_date_modify: mustDateModify,
  now: goFunction([], (_, context) => timeObject(nowOf(context, 'now'))),
  toDate: goFunction(['string', 'string'], ([layout, text]) => {
    const parsed = parseMoment(text, layout, 'UTC');
    return timeObject(parsed.ok ? parsed.value : ZERO_MOMENT);
  }),
  unixEpoch: goFunction(['time'], ([time]) => String(secondsOf(momentFrom(time)))),
};
