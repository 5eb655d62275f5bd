/**
 * Go's time layouts: writing and reading times by the example `Mon Jan 2 15:04:05 MST 2006`.
 * @spec https://pkg.go.dev/time#pkg-constants
 */

const TOKEN =
  /January|Jan|Monday|Mon|MST|2006|-07:00|-0700|-07|Z07:00|Z0700|01|02|03|04|05|06|15|002|PM|pm|[.,]0+|[.,]9+|_2|1|2|3|4|5/y;
const SHORT_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LONG_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Minutes east of UTC in a zone at an instant. Throws RangeError for an unknown zone. `+02:00` is a zone too. */
export const zoneOffsetMinutes = (instant: number, zone: string): number => {
  if (zone === 'UTC' || zone === '' || zone === 'Local') return 0;
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return Math.round((wall - Math.floor(instant / 1000) * 1000) / 60_000);
};

/** The instant of a wall clock in a zone. */
export const instantOfWall = (wallMs: number, zone: string): number => {
  const first = wallMs - zoneOffsetMinutes(wallMs, zone) * 60_000;
  return wallMs - zoneOffsetMinutes(first, zone) * 60_000;
};

/** Splits a layout into tokens and the text between. */
export const splitLayout = (layout: string): readonly { readonly token: boolean; readonly text: string }[] => {
  const parts: { token: boolean; text: string }[] = [];
  for (let index = 0; index < layout.length;) {
    TOKEN.lastIndex = index;
    const match = TOKEN.exec(layout)?.[0];
    const isFraction = match !== undefined && /^[.,]/.test(match);
    if (match !== undefined && !(isFraction && /\d/.test(layout[index + match.length] ?? ''))) {
      parts.push({ token: true, text: match });
      index += match.length;
      continue;
    }
    parts.push({ token: false, text: layout[index] ?? '' });
    index += 1;
  }
  return parts;
};

/** Writes an instant. */
export const formatLayout = (layout: string, instant: number, zone: string): string => {
  const offset = zoneOffsetMinutes(instant, zone);
  const wall = new Date(instant + offset * 60_000);
  return splitLayout(layout)
    .map((part) => (part.token ? formatToken(part.text, wall, { instant, zone, offset }) : part.text))
    .join('');
};

interface ZoneView {
  readonly instant: number;
  readonly zone: string;
  readonly offset: number;
}

const two = (value: number): string => String(value).padStart(2, '0');

const formatToken = (token: string, wall: Date, view: ZoneView): string => {
  const hour12 = wall.getUTCHours() % 12 === 0 ? 12 : wall.getUTCHours() % 12;
  switch (token) {
    case '2006':
      return String(wall.getUTCFullYear()).padStart(4, '0');
    case '06':
      return two(wall.getUTCFullYear() % 100);
    case 'January':
      return LONG_MONTHS[wall.getUTCMonth()] ?? '';
    case 'Jan':
      return SHORT_MONTHS[wall.getUTCMonth()] ?? '';
    case '01':
      return two(wall.getUTCMonth() + 1);
    case '1':
      return String(wall.getUTCMonth() + 1);
    case '02':
      return two(wall.getUTCDate());
    case '_2':
      return String(wall.getUTCDate()).padStart(2, ' ');
    case '2':
      return String(wall.getUTCDate());
    case '002':
      return String(Math.floor((wall.getTime() - Date.UTC(wall.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(
        3,
        '0',
      );
    case 'Monday':
      return LONG_DAYS[wall.getUTCDay()] ?? '';
    case 'Mon':
      return (LONG_DAYS[wall.getUTCDay()] ?? '').slice(0, 3);
    case '15':
      return two(wall.getUTCHours());
    case '03':
      return two(hour12);
    case '3':
      return String(hour12);
    case '04':
      return two(wall.getUTCMinutes());
    case '4':
      return String(wall.getUTCMinutes());
    case '05':
      return two(wall.getUTCSeconds());
    case '5':
      return String(wall.getUTCSeconds());
    case 'PM':
      return wall.getUTCHours() >= 12 ? 'PM' : 'AM';
    case 'pm':
      return wall.getUTCHours() >= 12 ? 'pm' : 'am';
    case 'MST':
      return zoneName(view);
    case 'Z07:00':
      return view.offset === 0 ? 'Z' : offsetText(view.offset, ':');
    case 'Z0700':
      return view.offset === 0 ? 'Z' : offsetText(view.offset, '');
    case '-07:00':
      return offsetText(view.offset, ':');
    case '-0700':
      return offsetText(view.offset, '');
    case '-07':
      return offsetText(view.offset, '').slice(0, 3);
    default:
      return fraction(token, wall);
  }
};

const offsetText = (offset: number, separator: string): string => {
  const absolute = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}${separator}${two(absolute % 60)}`;
};

const zoneName = (view: ZoneView): string => {
  if (view.zone === 'UTC' || view.zone === '' || view.zone === 'Local') return 'UTC';
  if (/^[+-]/.test(view.zone)) return offsetText(view.offset, '');
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: view.zone, timeZoneName: 'short' }).formatToParts(
    view.instant,
  );
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
  return name.startsWith('GMT') && name !== 'GMT'
    ? offsetText(view.offset, '').slice(0, view.offset % 60 === 0 ? 3 : 5)
    : name;
};

const fraction = (token: string, wall: Date): string => {
  const digits = String(wall.getUTCMilliseconds())
    .padStart(3, '0')
    .padEnd(9, '0')
    .slice(0, token.length - 1);
  if (token[1] === '0') return `${token[0]}${digits}`;
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : `${token[0]}${kept}`;
};

/** Reads a time by a layout; `undefined` when the text does not follow it. A zone in the text wins over `zone`. */
export const parseLayout = (
  layout: string,
  text: string,
  zone: string,
): { readonly instant: number; readonly zone: string } | undefined => {
  const fields = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    millisecond: 0,
    pm: undefined as boolean | undefined,
    offset: undefined as string | undefined,
  };
  let pattern = '^';
  const readers: ((found: string) => void)[] = [];
  for (const part of splitLayout(layout)) {
    if (!part.token) {
      pattern += part.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      continue;
    }
    const reader = TOKEN_READERS[part.text] ?? {
      pattern: '([.,]\\d+)?',
      read: (found: string, into: typeof fields) => {
        into.millisecond = Math.floor(Number(`0.${found.slice(1)}`) * 1000);
      },
    };
    pattern += reader.pattern;
    readers.push((found) => reader.read(found, fields));
    // Go accepts a fraction after the seconds even if the layout has none.
    if (part.text === '05' && !/[.,][09]/.test(layout)) pattern += '(?:[.,]\\d+)?';
  }
  const match = new RegExp(`${pattern}$`).exec(text);
  if (!match) return undefined;
  readers.forEach((read, index) => {
    if (match[index + 1] !== undefined) read(match[index + 1] ?? '');
  });
  const hour = fields.pm === undefined ? fields.hour : (fields.hour % 12) + (fields.pm ? 12 : 0);
  const wall = Date.UTC(
    fields.year,
    fields.month - 1,
    fields.day,
    hour,
    fields.minute,
    fields.second,
    fields.millisecond,
  );
  const date = new Date(wall);
  const isReal =
    date.getUTCMonth() === fields.month - 1 &&
    date.getUTCDate() === fields.day &&
    hour < 24 &&
    fields.minute < 60 &&
    fields.second < 60;
  if (!isReal) return undefined;
  const seenFrom = fields.offset ?? zone;
  return { instant: instantOfWall(wall, seenFrom), zone: seenFrom };
};

interface LayoutFields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  pm: boolean | undefined;
  offset: string | undefined;
}

const number = (pattern: string, set: (into: LayoutFields, value: number) => void) => ({
  pattern,
  read: (found: string, into: LayoutFields): void => set(into, Number(found)),
});
const zoneReader = (pattern: string) => ({
  pattern,
  read: (found: string, into: LayoutFields): void => {
    into.offset = found === 'Z' ? 'UTC' : found.length === 3 ? `${found}:00` : found;
  },
});
const ignored = (pattern: string) => ({ pattern, read: (): void => undefined });

const TOKEN_READERS: Readonly<
  Record<string, { readonly pattern: string; readonly read: (found: string, into: LayoutFields) => void }>
> = {
  2006: number('(\\d{4})', (into, value) => {
    into.year = value;
  }),
  '06': number('(\\d{2})', (into, value) => {
    into.year = value < 69 ? 2000 + value : 1900 + value;
  }),
  January: {
    pattern: `(${LONG_MONTHS.join('|')})`,
    read: (found, into) => {
      into.month = LONG_MONTHS.indexOf(found) + 1;
    },
  },
  Jan: {
    pattern: `(${SHORT_MONTHS.join('|')})`,
    read: (found, into) => {
      into.month = SHORT_MONTHS.indexOf(found) + 1;
    },
  },
  '01': number('(\\d{2})', (into, value) => {
    into.month = value;
  }),
  1: number('(\\d{1,2})', (into, value) => {
    into.month = value;
  }),
  '02': number('(\\d{2})', (into, value) => {
    into.day = value;
  }),
  _2: number('\\s?(\\d{1,2})', (into, value) => {
    into.day = value;
  }),
  2: number('(\\d{1,2})', (into, value) => {
    into.day = value;
  }),
  Monday: ignored(`(${LONG_DAYS.join('|')})`),
  Mon: ignored(`(${LONG_DAYS.map((day) => day.slice(0, 3)).join('|')})`),
  15: number('(\\d{2})', (into, value) => {
    into.hour = value;
  }),
  '03': number('(\\d{2})', (into, value) => {
    into.hour = value;
  }),
  3: number('(\\d{1,2})', (into, value) => {
    into.hour = value;
  }),
  '04': number('(\\d{2})', (into, value) => {
    into.minute = value;
  }),
  4: number('(\\d{1,2})', (into, value) => {
    into.minute = value;
  }),
  '05': number('(\\d{2})', (into, value) => {
    into.second = value;
  }),
  5: number('(\\d{1,2})', (into, value) => {
    into.second = value;
  }),
  PM: {
    pattern: '([AP]M)',
    read: (found, into) => {
      into.pm = found === 'PM';
    },
  },
  pm: {
    pattern: '([ap]m)',
    read: (found, into) => {
      into.pm = found === 'pm';
    },
  },
  'Z07:00': zoneReader('(Z|[+-]\\d{2}:\\d{2})'),
  Z0700: zoneReader('(Z|[+-]\\d{4})'),
  '-07:00': zoneReader('([+-]\\d{2}:\\d{2})'),
  '-0700': zoneReader('([+-]\\d{4})'),
  '-07': zoneReader('([+-]\\d{2})'),
  MST: ignored('([A-Z]{3,4}|[+-]\\d{2,4})'),
};
