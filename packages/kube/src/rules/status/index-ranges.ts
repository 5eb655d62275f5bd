/**
 * Indexes of a job as its status writes them: `0,2-4`.
 * @upstream k8s.io/kubernetes/pkg/apis/batch/validation/validation.go#validateIndexesFormat
 */

/** A range of indexes, both ends included. */
type Range = readonly [first: number, last: number];

/** The ranges of a text, all below `completions`; a sentence when they cannot be read. */
export const parseIndexRanges = (text: string, completions: number): readonly Range[] | string => {
  if (text === '') return [];
  const ranges: Range[] = [];
  for (const part of text.split(',')) {
    const range = parseRange(part, completions);
    if (typeof range === 'string') return range;
    const previous = ranges.at(-1)?.[1];
    if (previous !== undefined && previous >= range[0]) return outOfOrder(previous, range[0]);
    ranges.push(range);
  }
  return ranges;
};

/** The first index that stands in both, each in rising order. */
export const firstShared = (left: readonly Range[], right: readonly Range[]): number | undefined => {
  let [at, other] = [0, 0];
  while (at < left.length && other < right.length) {
    const [[first, last], [begin, end]] = [left[at] as Range, right[other] as Range];
    if (first <= end && begin <= last) return Math.max(first, begin);
    if (last < end) at += 1;
    else other += 1;
  }
  return undefined;
};

const outOfOrder = (previous: number, current: number): string =>
  `non-increasing order, previous: ${previous}, current: ${current}`;

const parseRange = (part: string, completions: number): Range | string => {
  const ends = part.split('-');
  if (ends.length > 2)
    return `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`;
  const numbers: number[] = [];
  for (const end of ends) {
    if (!/^[+-]?\d+$/.test(end)) return `cannot convert string to integer for index: ${JSON.stringify(end)}`;
    if (Number(end) >= completions) return `too large index: ${JSON.stringify(end)}`;
    numbers.push(Number(end));
  }
  const [first = 0, last = first] = numbers;
  return numbers.length > 1 && first >= last ? outOfOrder(first, last) : [first, last];
};
