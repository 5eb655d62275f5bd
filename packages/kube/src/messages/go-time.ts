/** What Go says of a text that is no time. @upstream Go time/format.go#Parse, time/format_rfc3339.go */

const LAYOUTS = { seconds: '2006-01-02T15:04:05Z07:00', micros: '2006-01-02T15:04:05.000000Z07:00' } as const;

/** The layout's parts in order: how Go calls each, and what fits it. */
const PARTS: readonly (readonly [name: string, fits: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d{2}/],
  ['-', /^-/],
  ['02', /^\d{2}/],
  ['T', /^T/],
  ['15', /^\d{1,2}/],
  [':', /^:/],
  ['04', /^\d{2}/],
  [':', /^:/],
  ['05', /^\d{2}/],
  ['.000000', /^([.,]\d+)?/],
  ['Z07:00', /^(Z|[+-]\d{2}:\d{2})/],
];

/** Numbers that may be too large, in the order Go finds them, each by its place among the parts. */
const RANGES: readonly (readonly [name: string, at: number, least: number, most: number])[] = [
  ['month', 2, 1, 12],
  ['day', 4, 1, 31],
  ['hour', 6, 0, 23],
  ['minute', 8, 0, 59],
  ['second', 10, 0, 59],
];

/** Where microseconds are asked for there must be six digits of them. */
const MICROS = /^[.,]\d{6}(?!\d)/;

/** Tells most times there are from the rest at once: as this server writes them, on a day every month has. */
export const isUsualTime = (text: string): boolean => USUAL.test(text);

const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** The sentence about a text that is no time of RFC 3339; absent when it is one. */
export const timeProblem = (text: string, precision: keyof typeof LAYOUTS): string | undefined => {
  if (precision === 'seconds' && isUsualTime(text)) return undefined;
  const read: string[] = [];
  let rest = text;
  for (const [name, usual] of PARTS) {
    const fits = name === '.000000' && precision === 'micros' ? MICROS : usual;
    const found = fits.exec(rest)?.[0];
    if (found === undefined)
      return `parsing time ${JSON.stringify(text)} as "${LAYOUTS[precision]}": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(name)}`;
    read.push(found);
    rest = rest.slice(found.length);
    const range = RANGES.find(([, at]) => at === read.length - 1);
    if (range && isOutside(Number.parseInt(found, 10), range)) return outOfRange(text, range[0]);
  }
  if (rest !== '') return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
  const [year, , month, , day] = read.map((part) => Number.parseInt(part, 10));
  return Number(day) > daysOf(Number(year), Number(month)) ? outOfRange(text, 'day') : undefined;
};

const daysOf = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

const isOutside = (
  number: number,
  [, , least, most]: readonly [name: string, at: number, least: number, most: number],
): boolean => number < least || number > most;

const outOfRange = (text: string, name: string): string => `parsing time ${JSON.stringify(text)}: ${name} out of range`;
